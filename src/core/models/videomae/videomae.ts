// VideoMAE-v2: a plain vision transformer over space-time patches; its features measure temporal quality. Dossier 4.2.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { conv, layerNorm, linear } from "../layers.ts";

export type VideoMaeConfig = {
  readonly imageSizePx: number;
  readonly patchSizePx: number;
  readonly tubeletFrames: number;
  readonly frames: number;
  readonly width: number;
  readonly blocks: number;
  readonly heads: number;
  readonly mlpWidth: number;
};

/** ViT-g/14, fine-tuned on Something-Something v2: what the published training uses. */
export const videoMaeGiant: VideoMaeConfig = {
  imageSizePx: 224,
  patchSizePx: 14,
  tubeletFrames: 2,
  frames: 16,
  width: 1408,
  blocks: 40,
  heads: 16,
  mlpWidth: 6144,
};

/** Input: clip [batch, 3, frames, size, size], 0..1. Output: features [batch, width], mean over patches, then LayerNorm. */
export function videoMaeGraph({ config, weights }: { config: VideoMaeConfig; weights: Weights }): Graph {
  const { imageSizePx, patchSizePx, tubeletFrames, frames, width } = config;
  return graph(
    "videomae",
    (g) => {
      const clip = g.input("clip", "float32", ["batch", 3, frames, imageSizePx, imageSizePx]);
      const patch = [tubeletFrames, patchSizePx, patchSizePx];
      const patches = conv(g, "patch_embed.proj", clip, { channels: width, kernel: patch, stride: patch });
      const tokens = g.transpose(g.reshape(patches, ["batch", width, -1]), [0, 2, 1]);
      const count = (frames / tubeletFrames) * (imageSizePx / patchSizePx) ** 2;
      let x = g.add(tokens, g.floats([1, count, width], sinusoidTable(count, width)));
      for (let index = 0; index < config.blocks; index++) x = block(g.scope(`blocks.${index}`), x, config);
      return { features: layerNorm(g, "fc_norm", g.reduceMean(x, [1], "drop"), 1e-6) };
    },
    { weights },
  );
}

/** Pre-norm; query, key and value in one matrix, a bias for query and value alone. */
function block(g: Builder, x: Value, { width, heads, mlpWidth }: VideoMaeConfig): Value {
  const normal = layerNorm(g, "norm1", x, 1e-6);
  const at = g.scope("attn");
  const noBias = g.floats([width], new Float32Array(width));
  const biases = at.concat([at.weight("q_bias", [width]), noBias, at.weight("v_bias", [width])], 0);
  const qkv = at.linear(normal, at.weight("qkv.weight", [3 * width, width]), biases);
  const [query = qkv, key = qkv, value = qkv] = at.split(qkv, 2, 3);
  const attended = g.add(x, linear(at, "proj", at.attention(query, key, value, { heads }), width));
  const hidden = g.gelu(linear(g, "mlp.fc1", layerNorm(g, "norm2", attended, 1e-6), mlpWidth));
  return g.add(attended, linear(g, "mlp.fc2", hidden, width));
}

/** Fixed positions of "Attention is all you need": sine in even columns, cosine in odd ones, base 10000. */
function sinusoidTable(count: number, width: number): Float32Array {
  const table = new Float32Array(count * width);
  for (let position = 0; position < count; position++)
    for (let column = 0; column < width; column++) {
      const angle = position / 10_000 ** ((2 * Math.floor(column / 2)) / width);
      table[position * width + column] = column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  return table;
}
