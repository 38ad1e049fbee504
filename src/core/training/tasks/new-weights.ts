// Weights of a network that nobody has trained yet: drawn from a seed, each tensor by its own key.
import { randomFrom } from "../../base/index.ts";
import type { Weight, Weights } from "../../onnx/index.ts";
import { weightOf } from "../../onnx/index.ts";
import { elementCount, tensorOf } from "../../tensor/index.ts";
import { seedOf } from "../loop/dataset.ts";

/** FNV-1a of a text. */
const numberOf = (key: string): number =>
  Buffer.from(key).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);

/**
 * Matrices and kernels uniform with variance 1 / fan-in (LeCun et al. 1998), norms 1, biases 0, and positions small. Every
 * tensor follows from seed and key, whatever is asked for first.
 */
export function newWeights(seed: number): Weights {
  const made = new Map<string, Weight>();
  return {
    keys: () => made.keys(),
    find: (key, dims) => {
      const known = made.get(key);
      if (known !== undefined || dims === undefined) return known;
      const weight = lazily(key, dims, () => drawn(seed, key, dims));
      made.set(key, weight);
      return weight;
    },
  };
}

/** Drawn when it is read, and again when it is read again: a large network is never whole in memory. */
const lazily = (key: string, dims: readonly number[], draw: () => Float32Array): Weight => ({
  key,
  dtype: "float32",
  dims,
  read: (signal) => weightOf(key, tensorOf("float32", dims, draw())).read(signal),
});

function drawn(seed: number, key: string, dims: readonly number[]): Float32Array {
  const count = elementCount(dims);
  if (dims.length < 2) return new Float32Array(count).fill(key.endsWith("weight") ? 1 : 0);
  const fanIn = elementCount(dims.slice(1));
  const random = randomFrom(seedOf(seed, numberOf(key)));
  const bound = key.endsWith("pos_encoder.pe") ? 0.1 : Math.sqrt(3 / fanIn);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 1) values[i] = bound * (2 * random.uniform() - 1);
  return values;
}
