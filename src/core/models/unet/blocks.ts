// The blocks of the U-Net: residual block, spatial transformer with audio, motion module. Dossier 2.2, 2.3, 2.5.
import type { Builder, Dim, Value } from "../../onnx/index.ts";
import {
  attention,
  conv,
  fixedSize,
  fromTokens,
  gegluFeedForward,
  groupNorm,
  layerNorm,
  linear,
  toTokens,
} from "../layers.ts";
import { byFrame, fromSequences, groupNormOverFrames, toSequences } from "./frames.ts";
import type { UnetConfig } from "./unet-config.ts";

/** What every block is given besides its pictures. Variants of the network differ in the two functions alone. */
export type Surroundings = {
  readonly config: UnetConfig;
  readonly frames: Dim;
  /** What the timestep adds to the channels of the residual block at `g`: [1 or batch, channels]. */
  readonly timeShift: (g: Builder, channels: number) => Value;
  /**
   * Tokens [pictures, tokens, channels] of the transformer block at `g` after they have heard the audio. Where pictures with
   * and without audio part ways, twice as many come out: first those without.
   */
  readonly hearAudio: (g: Builder, tokens: Value) => Value;
};

/** h = shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))) + time))); x [batch * frames, channels, height, width]. */
export function residualBlock(
  g: Builder,
  x: Value,
  { channels, around }: { channels: number; around: Surroundings },
): Value {
  const { config, frames } = around;
  const norm = { groups: config.normGroups, epsilon: 1e-5, activation: "silu" } as const;
  const first = conv(g, "conv1", groupNormOverFrames(g, "norm1", { x, frames }, norm), {
    channels,
    kernel: 3,
    padding: 1,
  });
  const timed = addPerItem(g, first, around.timeShift(g, channels), frames);
  const normal = groupNormOverFrames(g, "norm2", { x: timed, frames }, norm);
  const second = conv(g, "conv2", normal, { channels, kernel: 3, padding: 1 });
  return g.add(fixedSize(x, 1) === channels ? x : conv(g, "conv_shortcut", x, { channels, kernel: 1 }), second);
}

/** Adds [1, channels] to every picture, or [batch, channels] to the pictures of each batch item. */
function addPerItem(g: Builder, x: Value, shift: Value, frames: Dim): Value {
  if (shift.dims[0] === 1) return g.add(x, g.unsqueeze(shift, 2, 3));
  return g.reshape(g.add(byFrame(g, x, frames), g.unsqueeze(shift, 1, 3, 4)), x.dims);
}

/** Self-attention, cross-attention to this frame's audio, feed-forward, over the places of each picture. */
export function spatialTransformer(g: Builder, x: Value, around: Surroundings): Value {
  const { heads, normGroups: groups } = around.config;
  const channels = fixedSize(x, 1);
  const normal = groupNorm(g, "norm", x, { groups, epsilon: 1e-6 });
  let tokens = toTokens(g, conv(g, "proj_in", normal, { channels, kernel: 1 }));
  const block = g.scope("transformer_blocks.0");
  const attended = attention(block, "attn1", { x: layerNorm(block, "norm1", tokens) }, { heads, bias: "no-bias" });
  tokens = around.hearAudio(block, g.add(tokens, attended));
  tokens = g.add(tokens, gegluFeedForward(block, "ff", layerNorm(block, "norm3", tokens)));
  const result = conv(g, "proj_out", fromTokens(g, tokens, x), { channels, kernel: 1 });
  return g.add(result, forBothBranches(g, x, result));
}

/** Pictures that both branches share, twice when `like` has parted into branches. */
export const forBothBranches = (g: Builder, x: Value, like: Value): Value =>
  x.dims[0] === like.dims[0] ? x : g.concat([x, x], 0);

/** Two self-attentions over the frames of each place, each with frame positions, and a feed-forward. */
export function motionModule(g: Builder, x: Value, { config, frames }: Surroundings): Value {
  const at = g.scope("temporal_transformer");
  const channels = fixedSize(x, 1);
  const groups = config.motionNormGroups ?? config.normGroups;
  const pictures = toTokens(g, groupNorm(at, "norm", x, { groups, epsilon: 1e-6 }));
  const projected = linear(at, "proj_in", pictures, channels);
  const tokens = projected.dims[1] ?? 0;
  const block = at.scope("transformer_blocks.0");
  let sequences = toSequences(g, projected, frames);
  for (const index of [0, 1]) {
    const positions = block.weight(`attention_blocks.${index}.pos_encoder.pe`, [1, config.maxFrames, channels]);
    const placed = g.add(layerNorm(block, `norms.${index}`, sequences), g.slice(positions, { axis: 1, to: frames }));
    const spec = { heads: config.motionHeads, bias: "no-bias" } as const;
    sequences = g.add(sequences, attention(block, `attention_blocks.${index}`, { x: placed }, spec));
  }
  sequences = g.add(sequences, gegluFeedForward(block, "ff", layerNorm(block, "ff_norm", sequences)));
  const back = linear(at, "proj_out", fromSequences(g, sequences, tokens), channels);
  return g.add(fromTokens(g, back, x), x);
}

/** Halves height and width. */
export const downsample = (g: Builder, x: Value): Value =>
  conv(g, "downsamplers.0.conv", x, { channels: fixedSize(x, 1), kernel: 3, stride: 2, padding: 1 });

/** Doubles height and width: nearest, then a convolution. */
export function upsample(g: Builder, x: Value): Value {
  const larger = g.resize(x, [1, 1, 2, 2], { mode: "nearest" });
  return conv(g, "upsamplers.0.conv", larger, { channels: fixedSize(x, 1), kernel: 3, padding: 1 });
}
