// The way through the U-Net from its first convolution's features to the noise: down, middle, up, output.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import { conv } from "../layers.ts";
import { downsample, forBothBranches, motionModule, residualBlock, spatialTransformer, upsample } from "./blocks.ts";
import type { Surroundings } from "./blocks.ts";
import { groupNormOverFrames } from "./frames.ts";
import type { UnetConfig } from "./unet-config.ts";

/**
 * Everything but the last layer of the last block: `first` (conv_in's result, also the one skip that is left) to the
 * features of that layer, which change little from one step to the next (DeepCache, Ma et al. 2023; dossier 1.11).
 */
export function deepPart(g: Builder, first: Value, around: Surroundings): Value {
  const skips = [first];
  let x = downPath(g, first, { around, skips });
  x = middle(g.scope("mid_block"), x, around);
  return upPath(g, x, { around, skips });
}

/** The last layer of the last block over `deep` and the skip `first`, and the output convolution. */
export function shallowPart(
  g: Builder,
  { deep, first }: { readonly deep: Value; readonly first: Value },
  around: Surroundings,
): Value {
  const { config, frames } = around;
  const { layersPerLevel, levelChannels } = config;
  const last = { level: levelChannels.length - 1, layer: layersPerLevel };
  const x = upLayer(g, { x: deep, skip: first }, { ...last, around });
  const norm = { groups: config.normGroups, epsilon: 1e-5, activation: "silu" } as const;
  const normal = groupNormOverFrames(g, "conv_norm_out", { x, frames }, norm);
  return conv(g, "conv_out", normal, { channels: config.outChannels, kernel: 3, padding: 1 });
}

/** conv_in over all channels of a sample [batch * frames, inChannels, height, width]. */
export const firstConvolution = (g: Builder, sample: Value, { levelChannels }: UnetConfig): Value =>
  conv(g, "conv_in", sample, { channels: levelChannels[0] ?? 0, kernel: 3, padding: 1 });

/** Skips are kept in a stack, last in, first out. */
type Path = { readonly around: Surroundings; readonly skips: Value[] };

/** Every layer and every downsampling leaves a skip. */
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

/** Up to the last layer of the last block, which is the shallow part's. */
function upPath(g: Builder, input: Value, { around, skips }: Path): Value {
  const { levelChannels, layersPerLevel } = around.config;
  let x = input;
  levelChannels.forEach((_, level) => {
    const isLast = level === levelChannels.length - 1;
    const layers = isLast ? layersPerLevel : layersPerLevel + 1;
    for (let layer = 0; layer < layers; layer++) {
      const skip = skips.pop();
      assert(skip, "every layer on the way up has its skip");
      x = upLayer(g, { x, skip }, { level, layer, around });
    }
    if (!isLast) x = upsample(g.scope(`up_blocks.${level}`), x);
  });
  return x;
}

type UpLayer = { readonly level: number; readonly layer: number; readonly around: Surroundings };

/** One layer on the way up; level 0 is the deepest and has no transformer. */
function upLayer(
  g: Builder,
  { x, skip }: { readonly x: Value; readonly skip: Value },
  { level, layer, around }: UpLayer,
): Value {
  const { levelChannels, motion } = around.config;
  const channels = levelChannels.toReversed()[level] ?? 0;
  const block = g.scope(`up_blocks.${level}`);
  const joined = g.concat([x, forBothBranches(g, skip, x)], 1);
  let y = residualBlock(block.scope(`resnets.${layer}`), joined, { channels, around });
  if (level > 0) y = spatialTransformer(block.scope(`attentions.${layer}`), y, around);
  return motion === "none" ? y : motionModule(block.scope(`motion_modules.${layer}`), y, around);
}
