// StableSyncNet: do these frames and this sound belong together? Two encoders, one cosine. Dossier 3.1.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { attention, conv, fixedSize, fromTokens, gegluFeedForward, groupNorm, layerNorm, toTokens } from "../layers.ts";

export type EncoderConfig = {
  readonly inChannels: number;
  /** One entry a stage: how many channels it has, by how much it shrinks [height, width], whether it ends in attention. */
  readonly stages: readonly EncoderStage[];
};

export type EncoderStage = {
  readonly channels: number;
  readonly shrink: readonly [height: number, width: number];
  readonly attends: "attends" | "plain";
};

export type SyncNetConfig = {
  readonly visual: EncoderConfig;
  readonly audio: EncoderConfig;
  /** Height and width of what each encoder sees. */
  readonly visualSize: readonly [height: number, width: number];
  readonly audioSize: readonly [height: number, width: number];
};

const stages = (
  channels: readonly number[],
  shrinks: readonly (readonly [number, number])[],
  attending: readonly number[],
): readonly EncoderStage[] =>
  channels.map((width, index) => ({
    channels: width,
    shrink: shrinks[index] ?? [2, 2],
    attends: attending.includes(index) ? "attends" : "plain",
  }));

const half = [2, 2] as const;
const audioShrinks = [[2, 1], half, half, [1, 1], half, half, [2, 3]] as const;
const pixelShrinks = [[1, 2], half, half, half, half, half, half, half] as const;
const audioChannels = [32, 64, 128, 256, 512, 1024, 2048];
const pixelChannels = [64, 128, 256, 256, 512, 1024, 2048, 2048];

/** 16 frames of the lower half of a 256 px crop, and 52 mel columns. The 1.5 and 1.6 file. */
export const syncNetPixelAttention: SyncNetConfig = {
  visual: { inChannels: 48, stages: stages(pixelChannels, pixelShrinks, [4, 5]) },
  audio: { inChannels: 1, stages: stages(audioChannels, audioShrinks, [3, 4]) },
  visualSize: [128, 256],
  audioSize: [80, 52],
};

/** The same without attention: the 1.0 file. */
export const syncNetPixelPlain: SyncNetConfig = {
  ...syncNetPixelAttention,
  visual: { inChannels: 48, stages: stages(pixelChannels, pixelShrinks, []) },
  audio: { inChannels: 1, stages: stages(audioChannels, audioShrinks, []) },
};

/** On the latents of 16 whole faces of 256 px instead of pixels: the paper's comparison. */
export const syncNetLatent: SyncNetConfig = {
  visual: {
    inChannels: 64,
    stages: stages([64, 128, 256, 256, 512, 1024], [half, half, half, [1, 1], half, half], []),
  },
  audio: {
    inChannels: 1,
    stages: stages([32, 64, 128, 256, 512, 1024], [[2, 1], half, half, half, half, [2, 3]], []),
  },
  visualSize: [32, 32],
  audioSize: [80, 52],
};

const normGroups = 32;
const epsilon = 1e-6;

/**
 * Inputs: visual [batch, 3 frames, height, width], -1..1, channels frame by frame; mel [batch, 1, 80, columns].
 * Outputs: visual_embedding and audio_embedding [batch, width] of length 1 and without negatives, cosine [batch] in 0..1.
 */
export function syncNetGraph({ config, weights }: { config: SyncNetConfig; weights: Weights }): Graph {
  return graph(
    "stable-syncnet",
    (g) => {
      const visual = g.input("visual", "float32", ["batch", config.visual.inChannels, ...config.visualSize]);
      const mel = g.input("mel", "float32", ["batch", config.audio.inChannels, ...config.audioSize]);
      const seen = embedding(g.scope("visual_encoder"), visual, config.visual);
      const heard = embedding(g.scope("audio_encoder"), mel, config.audio);
      const cosine = g.reduceSum(g.mul(seen, heard), [1], "drop");
      return { visual_embedding: seen, audio_embedding: heard, cosine };
    },
    { weights },
  );
}

function embedding(g: Builder, input: Value, config: EncoderConfig): Value {
  let x = conv(g, "conv_in", input, { channels: config.stages[0]?.channels ?? 0, kernel: 3, padding: 1 });
  let index = 0; // attention blocks are counted among the down blocks
  for (const stage of config.stages) {
    x = downBlock(g.scope(`down_blocks.${index++}`), x, stage);
    if (stage.attends === "attends") x = attentionBlock(g.scope(`down_blocks.${index++}`), x);
  }
  const rectified = g.relu(groupNorm(g, "norm_out", x, { groups: normGroups, epsilon }));
  const flat = g.reshape(rectified, [input.dims[0] ?? 0, -1]);
  return unitLength(g, flat);
}

/** x / max(|x|, 1e-12), as torch's normalize. */
function unitLength(g: Builder, x: Value): Value {
  return g.div(x, g.max(g.reduceL2(x, [1]), g.scalar("float32", 1e-12)));
}

/** Residual pair of convolutions, then a strided one that pads unevenly. */
function downBlock(g: Builder, x: Value, { channels, shrink }: EncoderStage): Value {
  const norm = { groups: normGroups, epsilon, activation: "silu" } as const;
  const first = conv(g, "conv1", groupNorm(g, "norm1", x, norm), { channels, kernel: 3, padding: 1 });
  const second = conv(g, "conv2", groupNorm(g, "norm2", first, norm), { channels, kernel: 3, padding: 1 });
  const shortcut = fixedSize(x, 1) === channels ? x : conv(g, "conv_shortcut", x, { channels, kernel: 1 });
  const sum = g.add(shortcut, second);
  if (shrink[0] === 1 && shrink[1] === 1) return sum;
  return conv(g, "downsample_conv", sum, { channels, kernel: 3, stride: shrink, padding: padsOf(shrink) });
}

/** [top, left, bottom, right]: an axis that keeps its size is padded on both sides, one that shrinks at its end only. */
const padsOf = ([down, across]: EncoderStage["shrink"]): readonly number[] => [
  down === 1 ? 1 : 0,
  across === 1 ? 1 : 0,
  1,
  1,
];

/** Self-attention with biases and a GEGLU feed-forward over the places of the picture. */
function attentionBlock(g: Builder, x: Value): Value {
  const channels = fixedSize(x, 1);
  const normal = groupNorm(g, "norm1", x, { groups: normGroups, epsilon });
  let tokens = toTokens(g, conv(g, "conv_in", normal, { channels, kernel: 1 }));
  tokens = g.add(tokens, attention(g, "attn", { x: layerNorm(g, "norm2", tokens) }, { heads: 8, bias: "bias" }));
  tokens = g.add(tokens, gegluFeedForward(g, "ff", layerNorm(g, "norm3", tokens)));
  return g.add(conv(g, "conv_out", fromTokens(g, tokens, x), { channels, kernel: 1 }), x);
}
