// The losses on decoded pictures, each as a graph of its own: loss and slope for given frames.
import { assert } from "../../../shared/failure/index.ts";
import { backward } from "../../autodiff/index.ts";
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value } from "../../onnx/index.ts";
import { likenessLoss } from "./likeness.ts";
import type { LikenessLoss } from "./likeness.ts";
import { syncLoss } from "./synchrony.ts";
import type { SyncNetLoss } from "./synchrony.ts";
import { temporalLoss } from "./temporal.ts";
import type { TemporalLoss } from "./temporal.ts";

/** Losses by name; one that is left out is not computed. Weights as published: 0.05, 0.1, 10. */
export type PictureLosses = {
  readonly sync?: SyncNetLoss & { readonly weight: number; readonly space: "pixels" | "latents" };
  readonly likeness?: LikenessLoss & { readonly weight: number };
  readonly temporal?: TemporalLoss & { readonly weight: number };
};

export type PictureSizes = {
  readonly frames: number;
  readonly latentChannels: number;
  readonly latentHeight: number;
  readonly latentWidth: number;
  /** Pixels a latent cell is wide and high. */
  readonly scale: number;
};

export type PictureLossGraph = {
  readonly name: keyof PictureLosses;
  readonly weight: number;
  /** What its frames are: decoded pictures, or latents. */
  readonly space: "pixels" | "latents";
  /** How many frames it sees at once; losses of single frames take few at a time. */
  readonly framesAtOnce: number;
  /** Inputs: "frames", and "truth" or "mel". Outputs: "loss", "grad/frames". */
  readonly graph: Graph;
};

/** LPIPS looks at frames one by one, so its memory need not grow with the window. */
const likenessFramesAtOnce = 4;

type Part = Omit<PictureLossGraph, "graph"> & { readonly build: (g: Builder, frames: Value) => Value };

const divisorUpTo = (count: number, most: number): number => {
  for (let each = Math.min(count, most); each > 1; each -= 1) if (count % each === 0) return each;
  return 1;
};

/** The graphs of the losses that are asked for. */
export function pictureLossGraphs(losses: PictureLosses, sizes: PictureSizes): readonly PictureLossGraph[] {
  const pictureDims = [3, sizes.scale * sizes.latentHeight, sizes.scale * sizes.latentWidth] as const;
  const latentDims = [sizes.latentChannels, sizes.latentHeight, sizes.latentWidth] as const;
  return partsOf(losses, sizes).map(({ build, ...part }) => {
    const dims = [part.framesAtOnce, ...(part.space === "pixels" ? pictureDims : latentDims)];
    const forward = graph(`loss-${part.name}`, (g) => ({ loss: build(g, g.input("frames", "float32", dims)) }));
    return { ...part, graph: backward(forward, { loss: "loss", of: ["frames"] }) };
  });
}

function partsOf({ sync, likeness, temporal }: PictureLosses, { frames }: PictureSizes): readonly Part[] {
  const parts: Part[] = [];
  const truthOf = (g: Builder, like: Value) => g.input("truth", "float32", like.dims);
  if (sync) {
    assert(sync.config.audio.inChannels === 1, "sound has one channel");
    const mel = (g: Builder) => g.input("mel", "float32", [1, 1, ...sync.config.audioSize]);
    const build = (g: Builder, x: Value) => syncLoss(g, sync, { frames: x, mel: mel(g), space: sync.space });
    parts.push({ name: "sync", weight: sync.weight, space: sync.space, framesAtOnce: frames, build });
  }
  if (likeness) {
    const build = (g: Builder, x: Value) => likenessLoss(g, likeness, { frames: x, truth: truthOf(g, x) });
    const framesAtOnce = divisorUpTo(frames, likenessFramesAtOnce);
    parts.push({ name: "likeness", weight: likeness.weight, space: "pixels", framesAtOnce, build });
  }
  if (temporal) {
    const build = (g: Builder, x: Value) => temporalLoss(g, temporal, { frames: x, truth: truthOf(g, x) });
    parts.push({ name: "temporal", weight: temporal.weight, space: "pixels", framesAtOnce: frames, build });
  }
  return parts;
}
