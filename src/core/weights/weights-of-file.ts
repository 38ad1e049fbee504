// A file of tensors as the weights that a graph is built over: keys as the network says them, one dtype, streamed.
import { refused } from "../../shared/failure/index.ts";
import type { Weight, Weights } from "../onnx/index.ts";
import type { DType } from "../tensor/index.ts";
import { convertElements } from "./convert-elements.ts";
import type { FloatDtype } from "./convert-elements.ts";
import { weightDtypes } from "./tensor-file.ts";
import type { TensorEntry, TensorFile } from "./tensor-file.ts";

export type WeightsOptions = {
  /** What floating-point tensors are turned into while they are read; integers stay as they are. */
  readonly dtype: "float32" | "float16";
  /** The network's key -> the file's, where they differ. */
  readonly keyInFile?: (key: string) => string;
};

const chunkBytes = 4 << 20;

/** Weights over an open file, which must stay open as long as they are read. */
export function weightsOf(file: TensorFile, { dtype, keyInFile = (key) => key }: WeightsOptions): Weights {
  const made = new Map<string, Weight>();
  const find = (key: string): Weight | undefined => {
    const known = made.get(key);
    if (known) return known;
    const entry = file.entries.get(keyInFile(key));
    if (!entry) return undefined;
    const weight = weightOfEntry(file, { key, entry, dtype });
    made.set(key, weight);
    return weight;
  };
  return { keys: () => file.entries.keys(), find };
}

/** Weights of several files together; the first that has a key gives it. */
export function joinWeights(...sources: readonly Weights[]): Weights {
  return {
    keys: () => sources.flatMap((source) => [...source.keys()]),
    find: (key, dims) => {
      for (const source of sources) {
        const weight = source.find(key, dims);
        if (weight) return weight;
      }
      return undefined;
    },
  };
}

type Entry = { readonly key: string; readonly entry: TensorEntry; readonly dtype: WeightsOptions["dtype"] };

function weightOfEntry(file: TensorFile, { key, entry, dtype }: Entry): Weight {
  const from = floatDtype(entry);
  const to = from ? dtype : integerDtype(entry);
  async function* read(signal?: AbortSignal): AsyncIterable<Uint8Array> {
    for (const chunk of file.chunks(entry.name, chunkBytes)) {
      signal?.throwIfAborted();
      yield from && from !== dtype ? convertElements(chunk, from, dtype) : chunk;
    }
  }
  // Only bytes that are taken as they are can be referred to.
  const place = from === undefined || from === dtype ? file.place?.(entry.name) : undefined;
  return { key, dtype: to, dims: entry.dims, read, ...(place === undefined ? {} : { place }) };
}

const floatDtypes: Readonly<Partial<Record<keyof typeof weightDtypes, FloatDtype>>> = {
  float64: "float64",
  float32: "float32",
  float16: "float16",
  bfloat16: "bfloat16",
};

const floatDtype = (entry: TensorEntry): FloatDtype | undefined => floatDtypes[entry.dtype];

const integerDtypes = ["int64", "int32", "int8", "uint8", "bool"] as const satisfies readonly DType[];

function integerDtype(entry: TensorEntry): DType {
  const found = integerDtypes.find((dtype) => dtype === entry.dtype);
  if (found) return found;
  throw refused("weights.unsupported-dtype", {
    message: `The tensor "${entry.name}" is of type ${entry.dtype}, which no network here uses.`,
    details: { name: entry.name, dtype: entry.dtype },
  });
}
