// The denoising U-Net of LatentSync, all releases: noisy latents, mask, masked and reference latents, audio -> noise.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { conv, linear } from "../layers.ts";
import { downsample, motionModule, residualBlock, spatialTransformer, upsample } from "./blocks.ts";
import type { Surroundings } from "./blocks.ts";
import { foldFrames, groupNormOverFrames, unfoldFrames } from "./frames.ts";
import type { UnetConfig } from "./unet-config.ts";

export type UnetOptions = {
  readonly config: UnetConfig;
  readonly weights: Weights;
  /** One timestep for the whole batch, as in inference, or one for each item, as in training. */
  readonly timesteps?: "shared" | "per-item";
};

/**
 * Inputs: sample [batch, 13, frames, 8 height, 8 width] (noisy latents 4, mask 1 with 1 = keep, masked latents 4, reference
 * latents 4), timestep int64 [1] or [batch], audio [batch * frames, tokens, audio width].
 * Output: noise [batch, 4, frames, 8 height, 8 width].
 */
export function unetGraph({ config, weights, timesteps = "shared" }: UnetOptions): Graph {
  return graph(
    "unet",
    (g) => {
      const sample = g.input("sample", "float32", ["batch", config.inChannels, "frames", "8*height", "8*width"]);
      const timestep = g.input("timestep", "int64", [timesteps === "shared" ? 1 : "batch"]);
      const audio = g.input("audio", "float32", ["batch*frames", "tokens", config.audioWidth]);
      const folded = { batch: "batch", frames: "frames" };
      const activatedTime = g.silu(timeEmbedding(g, timestep, config));
      const around = { config, folded, activatedTime, audio };
      const noise = unetBody(g, foldFrames(g, sample), around);
      return { noise: unfoldFrames(g, noise, folded) };
    },
    { weights },
  );
}

/** Sinusoid of the timestep, then Linear, SiLU, Linear. Half cosines first: flip_sin_to_cos, freq_shift 0. */
export function timeEmbedding(g: Builder, timestep: Value, { levelChannels }: UnetConfig): Value {
  const channels = levelChannels[0] ?? 0;
  const half = channels / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10_000) * i) / half));
  const angles = g.mul(g.unsqueeze(g.cast(timestep, "float32"), 1), g.floats([1, half], frequencies));
  const waves = g.concat([g.cos(angles), g.sin(angles)], 1);
  const at = g.scope("time_embedding");
  return linear(at, "linear_2", at.silu(linear(at, "linear_1", waves, 4 * channels)), 4 * channels);
}

/** Folded pictures in, folded pictures out; skips are kept in a stack, last in, first out. */
function unetBody(g: Builder, sample: Value, around: Surroundings): Value {
  const { config, folded } = around;
  const first = config.levelChannels[0] ?? 0;
  let x = conv(g, "conv_in", sample, { channels: first, kernel: 3, padding: 1 });
  const skips = [x];
  x = downPath(g, x, { around, skips });
  x = middle(g.scope("mid_block"), x, around);
  x = upPath(g, x, { around, skips });
  const norm = { groups: config.normGroups, epsilon: 1e-5, activation: "silu" } as const;
  const normal = groupNormOverFrames(g, "conv_norm_out", { x, folded }, norm);
  return conv(g, "conv_out", normal, { channels: config.outChannels, kernel: 3, padding: 1 });
}

type Path = { readonly around: Surroundings; readonly skips: Value[] };

function downPath(g: Builder, input: Value, { around, skips }: Path): Value {
  const { levelChannels, layersPerLevel, motion } = around.config;
  let x = input;
  levelChannels.forEach((channels, level) => {
    const block = g.scope(`down_blocks.${level}`);
    const isLast = level === levelChannels.length - 1;
    for (let layer = 0; layer < layersPerLevel; layer++) {
      x = residualBlock(block.scope(`resnets.${layer}`), x, { channels, around });
      if (!isLast) x = spatialTransformer(block.scope(`attentions.${layer}`), x, around);
      if (motion === "all") x = motionModule(block.scope(`motion_modules.${layer}`), x, around);
      skips.push(x);
    }
    if (!isLast) {
      x = downsample(block, x);
      skips.push(x);
    }
  });
  return x;
}

/** Never a motion module here, in any release. */
function middle(g: Builder, input: Value, around: Surroundings): Value {
  const channels = around.config.levelChannels.at(-1) ?? 0;
  let x = residualBlock(g.scope("resnets.0"), input, { channels, around });
  x = spatialTransformer(g.scope("attentions.0"), x, around);
  return residualBlock(g.scope("resnets.1"), x, { channels, around });
}

function upPath(g: Builder, input: Value, { around, skips }: Path): Value {
  const { levelChannels, layersPerLevel, motion } = around.config;
  let x = input;
  levelChannels.toReversed().forEach((channels, level) => {
    const block = g.scope(`up_blocks.${level}`);
    for (let layer = 0; layer <= layersPerLevel; layer++) {
      const skip = skips.pop();
      if (skip) x = g.concat([x, skip], 1);
      x = residualBlock(block.scope(`resnets.${layer}`), x, { channels, around });
      if (level > 0) x = spatialTransformer(block.scope(`attentions.${layer}`), x, around);
      if (motion !== "none") x = motionModule(block.scope(`motion_modules.${layer}`), x, around);
    }
    if (level < levelChannels.length - 1) x = upsample(block, x);
  });
  return x;
}
