// Weights of any network without a checkpoint: seeded, and scaled so that activations keep about their size on the way.
import { randomFrom } from "../../../src/core/base/index.ts";
import type { ParameterList } from "../../../src/core/models/index.ts";
import type { Weight, Weights } from "../../../src/core/onnx/index.ts";

/** Prime, so that rows of a matrix take different stretches of the table. */
const tableLength = 1_048_573;
const chunkElements = 1 << 20;

/** Uniform numbers of mean 0 and variance 1. */
function uniformTable(seed: number): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from({ length: tableLength }, () => Math.sqrt(12) * (random.uniform() - 0.5));
}

/** FNV-1a: a start in the table for each key. */
const hashOf = (key: string): number =>
  Buffer.from(key).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);

/** value = mean + deviation * u: norms near 1, small biases, matrices and kernels by their fan-in (He et al. 2015). */
function scaleOf(key: string, dims: readonly number[]): { readonly mean: number; readonly deviation: number } {
  if (dims.length >= 2 && !key.endsWith("pos_encoder.pe")) {
    const fanIn = dims.slice(1).reduce((product, size) => product * size, 1);
    return { mean: 0, deviation: 1 / Math.sqrt(fanIn) };
  }
  return key.endsWith("weight") ? { mean: 1, deviation: 0.1 } : { mean: 0, deviation: 0.1 };
}

function seededWeight(table: Float32Array, key: string, dims: readonly number[]): Weight {
  const { mean, deviation } = scaleOf(key, dims);
  const elements = dims.reduce((product, size) => product * size, 1);
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    let at = hashOf(key) % tableLength;
    for (let done = 0; done < elements; done += chunkElements) {
      signal?.throwIfAborted();
      const chunk = new Float32Array(Math.min(chunkElements, elements - done));
      for (let i = 0; i < chunk.length; i++) {
        chunk[i] = mean + deviation * (table[at] ?? 0);
        at = at + 1 === tableLength ? 0 : at + 1;
      }
      yield new Uint8Array(chunk.buffer);
    }
  }
  return { key, dtype: "float32", dims, read };
}

/** A source that has every tensor a network asks for, in the shape it asks for. */
export function seededWeights(seed: number): Weights {
  const table = uniformTable(seed);
  const made = new Map<string, Weight>();
  return {
    keys: () => made.keys(),
    find: (key, dims) => {
      const known = made.get(key);
      if (known || !dims) return known;
      const weight = seededWeight(table, key, dims);
      made.set(key, weight);
      return weight;
    },
  };
}

/** The tensors of a list, in its order. */
export function seededTensors(parameters: ParameterList, seed: number): readonly Weight[] {
  const table = uniformTable(seed);
  return [...parameters].map(([key, dims]) => seededWeight(table, key, dims));
}
