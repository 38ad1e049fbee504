// Once per window: what the U-Net computes of mask, pictures, audio and timesteps alone, before any noise is there.
import { assert } from "../../../shared/failure/index.ts";
import { graph, mapWeight } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { keysAndValues, linear } from "../layers.ts";
import { foldFrames } from "./frames.ts";
import { latentSides } from "./unet-config.ts";
import type { UnetConfig } from "./unet-config.ts";
import { timeEmbedding } from "./unet.ts";
import { placesOf } from "./window-pair.ts";
import type { PreparedName } from "./window-pair.ts";

/**
 * Inputs: condition [batch, 9, frames, 8 height, 8 width] (mask 1 with 1 = keep, masked latents 4, reference latents 4),
 * audio [batch * frames, tokens, audio width], timesteps int64 [steps]. Outputs, for `unetStepFeeds`: condition_features
 * [batch * frames, channels, 8 height, 8 width], keys and values of every audio attention [batch * frames, tokens, its width],
 * time_shifts [steps, channels of all residual blocks].
 */
export function unetPrepareGraph({
  config,
  weights,
}: {
  readonly config: UnetConfig;
  readonly weights: Weights;
}): Graph {
  const { hearings, shifts } = placesOf(config);
  const outputs = (g: Builder): Record<PreparedName, Value> => {
    const known = config.inChannels - config.outChannels;
    const condition = g.input("condition", "float32", ["batch", known, "frames", ...latentSides(config)]);
    const audio = g.input("audio", "float32", ["batch*frames", "tokens", config.audioWidth]);
    const timesteps = g.input("timesteps", "int64", ["steps"]);
    const activated = g.silu(timeEmbedding(g, timesteps, config));
    const shiftRows = shifts.map(({ path, channels }) => linear(g.scope(path), "time_emb_proj", activated, channels));
    return {
      condition_features: conditionConvolution(g, foldFrames(g, condition), config),
      time_shifts: g.concat(shiftRows, 1),
      ...Object.fromEntries(
        hearings.flatMap(({ path, width }) => {
          const { keys, values } = keysAndValues(g, path, audio, { bias: "no-bias", width });
          return [
            [`${path}.keys`, keys],
            [`${path}.values`, values],
          ];
        }),
      ),
    };
  };
  return graph("unet-prepare", outputs, { weights });
}

// conv_in is linear in its input channels: conv(noisy, W[:, :4]) + (conv(known, W[:, 4:]) + bias).

/** conv_in over the noisy latents alone, without its bias. */
export const latentsConvolution = (g: Builder, latents: Value, config: UnetConfig): Value =>
  g.conv(latents, kernelOver(g, config, [0, config.outChannels]), { padding: 1 });

/** conv_in over what is known before the first step, with its bias. */
function conditionConvolution(g: Builder, condition: Value, config: UnetConfig): Value {
  const bias = g.scope("conv_in").weight("bias", [config.levelChannels[0] ?? 0]);
  return g.conv(condition, kernelOver(g, config, [config.outChannels, config.inChannels]), { bias, padding: 1 });
}

/** conv_in's kernel over input channels from (inclusive) to (exclusive), cut out when the file is written. */
function kernelOver(
  g: Builder,
  { levelChannels, inChannels }: UnetConfig,
  [from, to]: readonly [number, number],
): Value {
  const channels = levelChannels[0] ?? 0;
  const { name, origin } = g.scope("conv_in").weight("weight", [channels, inChannels, 3, 3]);
  assert(origin.kind === "weight", `${name} is a weight`);
  const dims = [channels, to - from, 3, 3];
  const made = { key: `${origin.weight.key} (channels ${from} to ${to})`, dtype: origin.weight.dtype, dims };
  const cut = mapWeight(origin.weight, made, ({ data }) =>
    Float32Array.from({ length: channels * (to - from) * 9 }, (_, i) => {
      const [row, within] = [Math.floor(i / ((to - from) * 9)), i % ((to - from) * 9)];
      return Number(data[(row * inChannels + from) * 9 + within] ?? 0);
    }),
  );
  return g.adopt(cut);
}
