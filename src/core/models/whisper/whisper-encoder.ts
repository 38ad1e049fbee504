// Whisper's audio encoder, as LatentSync listens with it: the states before and after every block, stacked. Dossier 1.9.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { conv, layerNorm, linear, projection } from "../layers.ts";

export type WhisperConfig = {
  readonly melBins: number;
  /** Positions after the second convolution halves the mel frames: 1500 for 30 s. */
  readonly positions: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
};

export const whisperTiny: WhisperConfig = { melBins: 80, positions: 1500, width: 384, heads: 6, blocks: 4 };
export const whisperSmall: WhisperConfig = { melBins: 80, positions: 1500, width: 768, heads: 12, blocks: 12 };

/** Read from `encoder.` of the file; the final LayerNorm is there but not used. */
export const whisperUnusedKeys = ["encoder.ln_post.weight", "encoder.ln_post.bias"];

/**
 * Input: log_mel [batch, 80, 3000] (30 s). Output: embeddings [batch, blocks + 1, 1500, width]: after convolutions and
 * position, then after each block.
 */
export function whisperEncoderGraph({ config, weights }: { config: WhisperConfig; weights: Weights }): Graph {
  return graph(
    "whisper-encoder",
    (root) => {
      const g = root.scope("encoder");
      const { width, positions } = config;
      const mel = root.input("log_mel", "float32", ["batch", config.melBins, 2 * positions]);
      const first = g.gelu(conv(g, "conv1", mel, { channels: width, kernel: 3, padding: 1 }));
      const second = g.gelu(conv(g, "conv2", first, { channels: width, kernel: 3, stride: 2, padding: 1 }));
      let x = g.add(g.transpose(second, [0, 2, 1]), g.weight("positional_embedding", [positions, width]));
      const states = [x];
      for (let index = 0; index < config.blocks; index++) {
        x = block(g.scope(`blocks.${index}`), x, config);
        states.push(x);
      }
      return {
        embeddings: g.concat(
          states.map((state) => g.unsqueeze(state, 1)),
          1,
        ),
      };
    },
    { weights },
  );
}

/** Pre-norm attention and an MLP of four times the width; the key projection has no bias. */
function block(g: Builder, x: Value, { width, heads }: WhisperConfig): Value {
  const normal = layerNorm(g, "attn_ln", x);
  const query = linear(g, "attn.query", normal, width);
  const key = projection(g, "attn.key", normal, width);
  const value = linear(g, "attn.value", normal, width);
  const attended = g.add(x, linear(g, "attn.out", g.attention(query, key, value, { heads }), width));
  const hidden = g.gelu(linear(g, "mlp.0", layerNorm(g, "mlp_ln", attended), 4 * width));
  return g.add(attended, linear(g, "mlp.2", hidden, width));
}
