// Once per step: the U-Net over what a window has prepared, guided or not, whole or only its last layer.
import { assert } from "../../../shared/failure/index.ts";
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { attend, fixedSize, layerNorm } from "../layers.ts";
import type { Surroundings } from "./blocks.ts";
import { deepPart, shallowPart } from "./body.ts";
import { foldFrames, unfoldFrames } from "./frames.ts";
import { latentSides } from "./unet-config.ts";
import type { UnetConfig } from "./unet-config.ts";
import { latentsConvolution } from "./unet-prepare.ts";
import { placesOf } from "./window-pair.ts";
import type { Places } from "./window-pair.ts";

export type UnetStepOptions = {
  readonly config: UnetConfig;
  readonly weights: Weights;
  /** guided: with audio and without, for classifier-free guidance; unguided: with audio alone. */
  readonly guidance: "guided" | "unguided";
  /** full: all of the network; shallow: its last layer over the `deep_features` of an earlier full step (DeepCache). */
  readonly depth: "full" | "shallow";
};

/**
 * Inputs: latents [batch, 4, frames, 8 height, 8 width], the rest as `unetStepFeeds` gives it. Outputs: noise, as large as the
 * latents; guided also noise_without_audio; full also deep_features [batch * frames, channels, 8 height, 8 width], twice as
 * many when guided, for shallow steps: ask for it only where one follows.
 *
 * Equal to `unetGraph` up to rounding, with less work: both branches share everything up to the first audio attention;
 * without audio (zero tokens, no biases in to_q, to_k, to_v) an audio attention gives exactly its output bias.
 */
export function unetStepGraph({ config, weights, guidance, depth }: UnetStepOptions): Graph {
  const places = placesOf(config);
  const channels = config.levelChannels[0] ?? 0;
  return graph(
    `unet-${depth}-${guidance}`,
    (g) => {
      const latents = g.input("latents", "float32", ["batch", config.outChannels, "frames", ...latentSides(config)]);
      const condition = g.input("condition_features", "float32", ["batch*frames", channels, ...latentSides(config)]);
      const shift = g.input("time_shift", "float32", [1, places.shiftWidth]);
      const around: Surroundings = {
        config,
        frames: "frames",
        timeShift: preparedShift(shift, places),
        hearAudio: (at, tokens) => hearPrepared(g, at, tokens, { config, guidance }),
      };
      const first = g.add(latentsConvolution(g, foldFrames(g, latents), config), condition);
      const pictures = guidance === "guided" ? "2*batch*frames" : "batch*frames";
      const deep =
        depth === "full"
          ? deepPart(g, first, around)
          : g.input("deep_features", "float32", [pictures, fixedSize(first, 1), ...latentSides(config)]);
      const noise = unfoldFrames(g, shallowPart(g, { deep, first }, around), "frames");
      return { ...namedNoise(g, noise, guidance), ...(depth === "full" && { deep_features: deep }) };
    },
    { weights },
  );
}

function namedNoise(g: Builder, noise: Value, guidance: UnetStepOptions["guidance"]): Readonly<Record<string, Value>> {
  if (guidance === "unguided") return { noise };
  return {
    noise: g.slice(noise, { axis: 0, from: "batch", to: "2*batch" }),
    noise_without_audio: g.slice(noise, { axis: 0, to: "batch" }),
  };
}

/** A residual block's own stretch of the prepared row. */
function preparedShift(row: Value, { shifts }: Places): Surroundings["timeShift"] {
  const byPath = new Map(shifts.map((place) => [place.path, place.from]));
  return (g, channels) => {
    const from = byPath.get(g.path);
    assert(from !== undefined, `${g.path} has prepared time shifts`);
    return g.slice(row, { axis: 1, from, to: from + channels });
  };
}

type Hearing = Pick<UnetStepOptions, "config" | "guidance">;

/** `top` declares the inputs, `g` is the transformer block; tokens as in `Surroundings.hearAudio`. */
function hearPrepared(top: Builder, g: Builder, tokens: Value, { config, guidance }: Hearing): Value {
  const { audioKeys, heads } = config;
  const at = g.scope(audioKeys.attention);
  const width = fixedSize(tokens, -1);
  const heardDims = ["batch*frames", "tokens", width];
  const heard = {
    keys: top.input(`${at.path}.keys`, "float32", heardDims),
    values: top.input(`${at.path}.values`, "float32", heardDims),
  };
  const hear = (hearing: Value): Value => {
    const x = layerNorm(g, audioKeys.norm, hearing);
    return g.add(hearing, attend(g, audioKeys.attention, { x, heard }, { heads, bias: "no-bias" }));
  };
  if (guidance === "unguided") return hear(tokens);
  const [silent = tokens, hearing = tokens] = isShared(tokens) ? [] : g.split(tokens, 0, 2);
  const unheard = g.add(silent, at.scope("to_out.0").weight("bias", [width]));
  return g.concat([unheard, hear(hearing)], 0);
}

/** Not yet parted into branches. */
const isShared = (tokens: Value): boolean => tokens.dims[0] === "batch*frames";
