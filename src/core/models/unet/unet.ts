// The denoising U-Net of LatentSync, all releases: noisy latents, mask, masked and reference latents, audio -> noise.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { attention, layerNorm, linear } from "../layers.ts";
import { deepPart, firstConvolution, shallowPart } from "./body.ts";
import type { Surroundings } from "./blocks.ts";
import { foldFrames, unfoldFrames } from "./frames.ts";
import { latentSides } from "./unet-config.ts";
import type { UnetConfig } from "./unet-config.ts";

export type UnetOptions = {
  readonly config: UnetConfig;
  readonly weights: Weights;
  /** One timestep for the whole batch, as in inference, or one for each item, as in training. */
  readonly timesteps?: "shared" | "per-item";
};

/**
 * The network as it was trained, in one piece; for inference the pair `unetPrepareGraph` and `unetStepGraph` computes the
 * same with less work. Inputs: sample [batch, 13, frames, 8 height, 8 width] (noisy latents 4, mask 1 with 1 = keep, masked
 * latents 4, reference latents 4), timestep int64 [1] or [batch], audio [batch * frames, tokens, audio width].
 * Output: noise [batch, 4, frames, 8 height, 8 width].
 */
export function unetGraph({ config, weights, timesteps = "shared" }: UnetOptions): Graph {
  return graph(
    "unet",
    (g) => {
      const sample = g.input("sample", "float32", ["batch", config.inChannels, "frames", ...latentSides(config)]);
      const timestep = g.input("timestep", "int64", [timesteps === "shared" ? 1 : "batch"]);
      const audio = g.input("audio", "float32", ["batch*frames", "tokens", config.audioWidth]);
      const activated = g.silu(timeEmbedding(g, timestep, config));
      const around: Surroundings = {
        config,
        frames: "frames",
        timeShift: (at, channels) => linear(at, "time_emb_proj", activated, channels),
        hearAudio: (at, tokens) => hearTokens(at, tokens, { audio, config }),
      };
      const first = firstConvolution(g, foldFrames(g, sample), config);
      const noise = shallowPart(g, { deep: deepPart(g, first, around), first }, around);
      return { noise: unfoldFrames(g, noise, "frames") };
    },
    { weights },
  );
}

type Audible = { readonly audio: Value; readonly config: UnetConfig };

/** Cross-attention of each picture's tokens to the audio tokens of its frame. */
function hearTokens(g: Builder, tokens: Value, { audio, config }: Audible): Value {
  const { audioKeys, heads } = config;
  const x = layerNorm(g, audioKeys.norm, tokens);
  return g.add(tokens, attention(g, audioKeys.attention, { x, context: audio }, { heads, bias: "no-bias" }));
}

/**
 * Sinusoid of the timesteps [n], then Linear, SiLU, Linear: [n, 4 * first level's channels]. Half cosines first:
 * flip_sin_to_cos, freq_shift 0.
 */
export function timeEmbedding(g: Builder, timestep: Value, { levelChannels }: UnetConfig): Value {
  const channels = levelChannels[0] ?? 0;
  const half = channels / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => Math.exp((-Math.log(10_000) * i) / half));
  const angles = g.mul(g.unsqueeze(g.cast(timestep, "float32"), 1), g.floats([1, half], frequencies));
  const waves = g.concat([g.cos(angles), g.sin(angles)], 1);
  const at = g.scope("time_embedding");
  return linear(at, "linear_2", at.silu(linear(at, "linear_1", waves, 4 * channels)), 4 * channels);
}
