// Whisper's audio encoder, as LatentSync listens with it: the states before and after every block, stacked. Dossier 1.9.
import { assert } from "../../../shared/failure/index.ts";
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
  /** Of an encoder that was taught to tell phones: what is heard is how likely each one is, in place of its states. */
  readonly phones?: PhonesHeard;
};

export type PhonesHeard = {
  readonly count: number;
  /** Rows, counted from the row itself, whose phones stand side by side in it: what was before and comes after. */
  readonly contextRows: readonly number[];
};

/** What one position of the encoder's answer holds: so many states of that width. */
export const heardOf = ({
  blocks,
  width,
  phones,
}: WhisperConfig): { readonly states: number; readonly width: number } =>
  phones ? { states: 1, width: phones.count * phones.contextRows.length } : { states: blocks + 1, width };

export const whisperTiny: WhisperConfig = { melBins: 80, positions: 1500, width: 384, heads: 6, blocks: 4 };
export const whisperSmall: WhisperConfig = { melBins: 80, positions: 1500, width: 768, heads: 12, blocks: 12 };

/** Read from `encoder.` of the file; the final LayerNorm is there but not used. */
export const whisperUnusedKeys = ["encoder.ln_post.weight", "encoder.ln_post.bias"];

type WhisperOptions = { readonly config: WhisperConfig; readonly weights: Weights };

/**
 * Input: log_mel [batch, 80, 3000] (30 s). Output: embeddings [batch, blocks + 1, 1500, width]: after convolutions and
 * position, then after each block. Of an encoder of phones: [batch, 1, positions, phones * context], rows beyond the ends
 * repeated.
 */
export function whisperEncoderGraph({ config, weights }: WhisperOptions): Graph {
  return graph(
    "whisper-encoder",
    (g) => {
      const states = statesOf(g, config);
      if (config.phones) {
        const likely = g.softmax(phoneLogits(g.scope("encoder"), states, config.phones));
        return { embeddings: g.unsqueeze(inContext(g, likely, config), 1) };
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

/** What an encoder of phones is taught by. Input: log_mel as above. Output: logits [batch, positions, phones]. */
export function phoneLogitsGraph({ config, weights }: WhisperOptions): Graph {
  const { phones } = config;
  assert(phones !== undefined, "an encoder that tells no phones has no logits");
  return graph("phone-logits", (g) => ({ logits: phoneLogits(g.scope("encoder"), statesOf(g, config), phones) }), {
    weights,
  });
}

/** [batch, positions, width] before the first block and after each. */
function statesOf(root: Builder, config: WhisperConfig): readonly Value[] {
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
  return states;
}

function phoneLogits(g: Builder, states: readonly Value[], { count }: PhonesHeard): Value {
  const last = states.at(-1);
  assert(last !== undefined, "an encoder has states");
  return linear(g, "phones", layerNorm(g, "ln_post", last), count);
}

/** Each row of x [batch, positions, phones] with its neighbours beside it. */
function inContext(g: Builder, x: Value, { positions, phones }: WhisperConfig): Value {
  const rows = (offsetRows: number) =>
    Array.from({ length: positions }, (_, row) => Math.min(positions - 1, Math.max(0, row + offsetRows)));
  return g.concat(phones?.contextRows.map((offsetRows) => g.gather(x, g.ints(rows(offsetRows)), 1)) ?? [x], 2);
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
