// How well the U-Net follows speech, measured in latents: unseen people, driven by the sentence of their other performance.
import { appendFileSync } from "node:fs";
import path from "node:path";
import { randomFrom } from "../../../../src/core/base/index.ts";
import { decompose, noiseSchedule, samplers, timeGrid, windowNoise } from "../../../../src/core/diffusion/index.ts";
import { unetGraph } from "../../../../src/core/models/index.ts";
import { bakeSizes, weightsInMemory } from "../../../../src/core/onnx/index.ts";
import { int64s } from "../../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../../src/core/tensor/index.ts";
import type { Parameters } from "../../../../src/core/training/index.ts";
import { clipFolders, openingsOf } from "../clips.ts";
import { byChannel, cellsOf, heardBy, keepOf, readClipLatents, sampleOf } from "../clip-latents.ts";
import type { ClipLatents } from "../clip-latents.ts";
import { mouthCells } from "../face-regions.ts";
import type { Family } from "../family.ts";
import { openNetwork } from "../networks.ts";
import type { Network } from "../networks.ts";
import { correlation, fitRidge, readProbe, spreadOf } from "../ridge.ts";
import type { Probe } from "../ridge.ts";
import type { Shop } from "../stage.ts";
import { encodedFrames, latentFile } from "./latents.ts";

export type Figures = {
  readonly step: number;
  /** Pearson's r of the generated opening with that of the driving performance, and with that of the frames' own. */
  readonly drive: number;
  readonly leak: number;
  /** Spread of the generated opening over the truth's. */
  readonly amplitude: number;
  /** Mean squared error of the mouth's latents against the paired performance. */
  readonly mouthError: number;
};

const strength = 0.1;
const probeClips = 150;
const seed = 99;

/** The mouth's latents of one frame of [channels, frames, cells, cells]. */
function mouthOf(latents: Float32Array, frame: number, frames: number, side: number): Float32Array {
  const cells = mouthCells(side);
  const area = side * side;
  const channels = latents.length / (frames * area);
  return Float32Array.from({ length: channels * cells.length }, (_, at) => {
    const channel = Math.floor(at / cells.length);
    return latents[(channel * frames + frame) * area + (cells[at % cells.length] ?? 0)] ?? 0;
  });
}

/** From true latents of training clips to the true opening: it is nearly a straight line. */
export function fitProbe(shop: Shop, family: Family): Probe {
  const clips = clipFolders(path.join(shop.folder, "clips", "train")).slice(0, probeClips);
  const features: Float32Array[] = [];
  const targets: number[] = [];
  for (const [clipIndex, clip] of clips.entries()) {
    const openings = openingsOf(clip, "a");
    const { clean } = readClipLatents(latentFile(shop, "train", clip, "a"));
    for (const [row, frame] of encodedFrames(family, clipIndex).entries()) {
      if (frame % 4 !== 0) continue;
      features.push(mouthOf(byChannel(clean, [row]).data, 0, 1, cellsOf(family)));
      targets.push(openings[frame] ?? 0);
    }
  }
  return fitRidge(features, targets, strength);
}

/** Inputs of the U-Net for one window: clip a's frames, itself as reference, and the sound of b. */
type Window = { readonly context: readonly Tensor<"float32">[]; readonly audio: Tensor<"float32"> };

function windowOf(family: Family, a: ClipLatents, b: ClipLatents, rows: readonly number[]): Window {
  const context = [keepOf(family, rows.length), byChannel(a.masked, rows), byChannel(a.clean, rows)];
  return { context, audio: heardBy(b.audio, rows) };
}

async function drawWindow(unet: Network, family: Family, { context, audio }: Window): Promise<Float32Array> {
  const { model, measure } = family;
  const cells = cellsOf(family);
  const { latentChannels: channels } = model.vae;
  const frames = audio.dims[0] ?? 0;
  const start = windowNoise(
    { channels, frames, height: cells, width: cells },
    { random: randomFrom(seed), alpha: Infinity },
  );
  const grid = timeGrid(noiseSchedule(model.schedule), measure.inferenceSteps, model.spacing);
  return await samplers.ddim(
    async (latents, { timestep, alphaBar }) => {
      const feeds = { sample: sampleOf(latents, context), timestep: int64s([1], [timestep]), audio };
      const prediction = await unet.run(feeds, "noise");
      return decompose({ latents, prediction, predicts: "clean", alphaBar });
    },
    start,
    { grid },
  );
}

/** Draws windows of each clip and reads the mouth off their latents. */
async function measureClips(shop: Shop, family: Family, { clips, probe, unet, step }: Measuring): Promise<Figures> {
  const { windowFrames: frames } = family.model;
  const side = cellsOf(family);
  const each: Omit<Figures, "step">[] = [];
  for (const clip of clips) {
    const [a, b] = (["a", "b"] as const).map((name) => readClipLatents(latentFile(shop, "validation", clip, name)));
    if (!a || !b) continue;
    const [own, driving] = [openingsOf(clip, "a"), openingsOf(clip, "b")];
    const found: number[] = [];
    let [error, count] = [0, 0];
    const windows = Math.floor(driving.length / frames);
    for (let window = 0; window < windows; window += 1) {
      const rows = Array.from({ length: frames }, (_, at) => window * frames + at);
      const drawn = await drawWindow(unet, family, windowOf(family, a, b, rows));
      const truth = byChannel(b.clean, rows).data;
      for (let frame = 0; frame < frames; frame += 1) {
        const mouth = mouthOf(drawn, frame, frames, side);
        const wanted = mouthOf(truth, frame, frames, side);
        found.push(readProbe(probe, mouth));
        error += mouth.reduce((sum, value, at) => sum + (value - (wanted[at] ?? 0)) ** 2, 0);
        count += mouth.length;
      }
    }
    each.push({
      drive: correlation(found, driving.slice(0, found.length)),
      leak: correlation(found, own.slice(0, found.length)),
      amplitude: spreadOf(found) / Math.max(1e-6, spreadOf(driving.slice(0, found.length))),
      mouthError: error / Math.max(1, count),
    });
  }
  const mean = (pick: (one: Omit<Figures, "step">) => number) =>
    each.reduce((sum, one) => sum + pick(one), 0) / Math.max(1, each.length);
  return {
    step,
    drive: mean((one) => one.drive),
    leak: mean((one) => one.leak),
    amplitude: mean((one) => one.amplitude),
    mouthError: mean((one) => one.mouthError),
  };
}

type Measuring = {
  readonly clips: readonly string[];
  readonly probe: Probe;
  readonly unet: Network;
  readonly step: number;
};

/** A look at the U-Net; each adds a line to measure.jsonl. */
export function openMeasure(shop: Shop, family: Family, validationClips: string) {
  let probe: Probe | undefined;
  return async (parameters: Parameters, step: number): Promise<void> => {
    probe ??= fitProbe(shop, family);
    const clips = clipFolders(validationClips).slice(0, family.measure.clips);
    const graph = unetGraph({ config: family.model.unet, weights: weightsInMemory(parameters) });
    const frames = family.model.windowFrames;
    const eighths = cellsOf(family) / 8;
    const tokens = family.model.hearing.rowsBefore + 1 + family.model.hearing.rowsAfter;
    const sizes = { batch: 1, frames, height: eighths, width: eighths, tokens };
    await using unet = await openNetwork(shop, bakeSizes(graph, sizes));
    const figures = await measureClips(shop, family, { clips, probe, unet, step });
    appendFileSync(path.join(shop.folder, "measure.jsonl"), `${JSON.stringify(figures)}\n`);
    const shown = (value: number) => value.toFixed(3);
    shop.say(
      `unet at ${step}: r with driving speech ${shown(figures.drive)}, leak ${shown(figures.leak)}, ` +
        `amplitude ${shown(figures.amplitude)}, mouth error ${shown(figures.mouthError)}`,
    );
  };
}
