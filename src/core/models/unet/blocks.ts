// The blocks of the U-Net: residual block, spatial transformer with audio, motion module. Dossier 2.2, 2.3, 2.5.
import type { Builder, Value } from "../../onnx/index.ts";
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
import { fromSequences, groupNormOverFrames, toSequences } from "./frames.ts";
import type { Folded } from "./frames.ts";
import type { UnetConfig } from "./unet-config.ts";

/** What every block is given besides its picture. */
export type Surroundings = {
  readonly config: UnetConfig;
  readonly folded: Folded;
  /** silu(time embedding) [1 or batch, 4 * first level's channels]. */
  readonly activatedTime: Value;
  /** Audio tokens [batch * frames, tokens, audio width]. */
  readonly audio: Value;
};

/** h = shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))) + time))); x [batch * frames, channels, height, width]. */
export function residualBlock(
  g: Builder,
  x: Value,
  { channels, around }: { channels: number; around: Surroundings },
): Value {
  const { config, folded } = around;
  const norm = { groups: config.normGroups, epsilon: 1e-5, activation: "silu" } as const;
  const first = conv(g, "conv1", groupNormOverFrames(g, "norm1", { x, folded }, norm), {
    channels,
    kernel: 3,
    padding: 1,
  });
  const time = linear(g, "time_emb_proj", around.activatedTime, channels);
  const timed = addPerItem(g, first, time, folded);
  const normal = groupNormOverFrames(g, "norm2", { x: timed, folded }, norm);
  const second = conv(g, "conv2", normal, { channels, kernel: 3, padding: 1 });
  return g.add(fixedSize(x, 1) === channels ? x : conv(g, "conv_shortcut", x, { channels, kernel: 1 }), second);
}

/** Adds [1, channels] to every picture, or [batch, channels] to the pictures of each batch item. */
function addPerItem(g: Builder, x: Value, shift: Value, { batch, frames }: Folded): Value {
  if (shift.dims[0] === 1) return g.add(x, g.unsqueeze(shift, 2, 3));
  const [pictures = 0, channels = 0, height = 0, width = 0] = x.dims;
  const byItem = g.reshape(x, [batch, frames, channels, height, width]);
  return g.reshape(g.add(byItem, g.unsqueeze(shift, 1, 3, 4)), [pictures, channels, height, width]);
}

/** Self-attention, cross-attention to this frame's audio, feed-forward, over the places of each picture. */
export function spatialTransformer(g: Builder, x: Value, { config, audio }: Surroundings): Value {
  const channels = fixedSize(x, 1);
  const { heads } = config;
  const normal = groupNorm(g, "norm", x, { groups: config.normGroups, epsilon: 1e-6 });
  let tokens = toTokens(g, conv(g, "proj_in", normal, { channels, kernel: 1 }));
  const block = g.scope("transformer_blocks.0");
  const keys = config.audioKeys;
  tokens = g.add(
    tokens,
    attention(block, "attn1", { x: layerNorm(block, "norm1", tokens) }, { heads, bias: "no-bias" }),
  );
  tokens = g.add(
    tokens,
    attention(
      block,
      keys.attention,
      { x: layerNorm(block, keys.norm, tokens), context: audio },
      { heads, bias: "no-bias" },
    ),
  );
  tokens = g.add(tokens, gegluFeedForward(block, "ff", layerNorm(block, "norm3", tokens)));
  return g.add(conv(g, "proj_out", fromTokens(g, tokens, x), { channels, kernel: 1 }), x);
}

/** Two self-attentions over the frames of each place, each with frame positions, and a feed-forward. */
export function motionModule(g: Builder, x: Value, { config, folded }: Surroundings): Value {
  const at = g.scope("temporal_transformer");
  const channels = fixedSize(x, 1);
  const pictures = toTokens(g, groupNorm(at, "norm", x, { groups: config.normGroups, epsilon: 1e-6 }));
  const projected = linear(at, "proj_in", pictures, channels);
  const tokens = projected.dims[1] ?? 0;
  const block = at.scope("transformer_blocks.0");
  let sequences = toSequences(g, projected, folded);
  for (const index of [0, 1]) {
    const positions = block.weight(`attention_blocks.${index}.pos_encoder.pe`, [1, config.maxFrames, channels]);
    const placed = g.add(
      layerNorm(block, `norms.${index}`, sequences),
      g.slice(positions, { axis: 1, to: folded.frames }),
    );
    const spec = { heads: config.motionHeads, bias: "no-bias" } as const;
    sequences = g.add(sequences, attention(block, `attention_blocks.${index}`, { x: placed }, spec));
  }
  sequences = g.add(sequences, gegluFeedForward(block, "ff", layerNorm(block, "ff_norm", sequences)));
  const back = linear(at, "proj_out", fromSequences(g, sequences, { ...folded, tokens }), channels);
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
