// The picture autoencoder of Stable Diffusion (sd-vae-ft-mse): 8 pixels a cell, 4 latent channels. Dossier 1.7.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { attention, conv, fixedSize, fromTokens, groupNorm, toTokens } from "../layers.ts";

export type VaeConfig = {
  readonly pictureChannels: number;
  readonly latentChannels: number;
  /** Channels of the levels, from full size down; each level but the last halves the picture. */
  readonly levelChannels: readonly number[];
  readonly layersPerLevel: number;
  readonly normGroups: number;
};

export const stableDiffusionVae: VaeConfig = {
  pictureChannels: 3,
  latentChannels: 4,
  levelChannels: [128, 256, 512, 512],
  layersPerLevel: 2,
  normGroups: 32,
};

/** Latents are multiplied by this after encoding and divided by it before decoding. */
export const vaeScalingFactor = 0.18215;

type VaeOptions = { readonly config: VaeConfig; readonly weights: Weights };

const scaleOf = (config: VaeConfig): number => 2 ** (config.levelChannels.length - 1);

/**
 * Input: image [batch, 3, 8 height, 8 width], -1..1. Outputs: latent_mean and latent_logvar [batch, 4, height, width] of
 * the posterior, unscaled; the logarithm of the variance is clamped to -30..20 as published.
 */
export function vaeEncoderGraph({ config, weights }: VaeOptions): Graph {
  const scale = scaleOf(config);
  return graph(
    "vae-encoder",
    (g) => {
      const image = g.input("image", "float32", ["batch", config.pictureChannels, `${scale}*height`, `${scale}*width`]);
      const moments = encode(g.scope("encoder"), image, config);
      const both = conv(g, "quant_conv", moments, { channels: 2 * config.latentChannels, kernel: 1 });
      const [mean, logvar] = g.split(both, 1, 2);
      return { latent_mean: mean ?? both, latent_logvar: g.clip(logvar ?? both, -30, 20) };
    },
    { weights },
  );
}

/** Input: latent [batch, 4, height, width], unscaled. Output: image [batch, 3, 8 height, 8 width], about -1..1. */
export function vaeDecoderGraph({ config, weights }: VaeOptions): Graph {
  return graph(
    "vae-decoder",
    (g) => {
      const latent = g.input("latent", "float32", ["batch", config.latentChannels, "height", "width"]);
      const spread = conv(g, "post_quant_conv", latent, { channels: config.latentChannels, kernel: 1 });
      return { image: decode(g.scope("decoder"), spread, config) };
    },
    { weights },
  );
}

const epsilon = 1e-6;

function encode(g: Builder, image: Value, config: VaeConfig): Value {
  const { levelChannels, layersPerLevel } = config;
  let x = conv(g, "conv_in", image, { channels: levelChannels[0] ?? 0, kernel: 3, padding: 1 });
  levelChannels.forEach((channels, level) => {
    const block = g.scope(`down_blocks.${level}`);
    for (let layer = 0; layer < layersPerLevel; layer++)
      x = residual(block.scope(`resnets.${layer}`), x, { channels, config });
    // Padding below and to the right alone: [top, left, bottom, right].
    const halving = { channels, kernel: 3, stride: 2, padding: [0, 0, 1, 1] };
    if (level < levelChannels.length - 1) x = conv(block, "downsamplers.0.conv", x, halving);
  });
  x = middle(g.scope("mid_block"), x, config);
  const normal = groupNorm(g, "conv_norm_out", x, { groups: config.normGroups, epsilon, activation: "silu" });
  return conv(g, "conv_out", normal, { channels: 2 * config.latentChannels, kernel: 3, padding: 1 });
}

function decode(g: Builder, latent: Value, config: VaeConfig): Value {
  const { levelChannels, layersPerLevel } = config;
  let x = conv(g, "conv_in", latent, { channels: levelChannels.at(-1) ?? 0, kernel: 3, padding: 1 });
  x = middle(g.scope("mid_block"), x, config);
  levelChannels.toReversed().forEach((channels, level) => {
    const block = g.scope(`up_blocks.${level}`);
    for (let layer = 0; layer <= layersPerLevel; layer++)
      x = residual(block.scope(`resnets.${layer}`), x, { channels, config });
    if (level === levelChannels.length - 1) return;
    const larger = g.resize(x, [1, 1, 2, 2], { mode: "nearest" });
    x = conv(block, "upsamplers.0.conv", larger, { channels, kernel: 3, padding: 1 });
  });
  const normal = groupNorm(g, "conv_norm_out", x, { groups: config.normGroups, epsilon, activation: "silu" });
  return conv(g, "conv_out", normal, { channels: config.pictureChannels, kernel: 3, padding: 1 });
}

/** h = shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x)))))). */
function residual(g: Builder, x: Value, { channels, config }: { channels: number; config: VaeConfig }): Value {
  const norm = { groups: config.normGroups, epsilon, activation: "silu" } as const;
  const first = conv(g, "conv1", groupNorm(g, "norm1", x, norm), { channels, kernel: 3, padding: 1 });
  const second = conv(g, "conv2", groupNorm(g, "norm2", first, norm), { channels, kernel: 3, padding: 1 });
  return g.add(fixedSize(x, 1) === channels ? x : conv(g, "conv_shortcut", x, { channels, kernel: 1 }), second);
}

/** Residual block, one-headed self-attention over all places, residual block. */
function middle(g: Builder, input: Value, config: VaeConfig): Value {
  const channels = fixedSize(input, 1);
  const x = residual(g.scope("resnets.0"), input, { channels, config });
  const normal = groupNorm(g, "attentions.0.group_norm", x, { groups: config.normGroups, epsilon });
  const attended = attention(g, "attentions.0", { x: toTokens(g, normal) }, { heads: 1, bias: "bias" });
  return residual(g.scope("resnets.1"), g.add(fromTokens(g, attended, x), x), { channels, config });
}

/**
 * The published file of 2022 calls the attention's parts query, key, value and proj_attn; our definition uses the names
 * that came later. New key -> key in such a file.
 */
export const earlierVaeKey = (key: string): string =>
  key
    .replace(/(attentions\.0)\.to_q\./, "$1.query.")
    .replace(/(attentions\.0)\.to_k\./, "$1.key.")
    .replace(/(attentions\.0)\.to_v\./, "$1.value.")
    .replace(/(attentions\.0)\.to_out\.0\./, "$1.proj_attn.");
