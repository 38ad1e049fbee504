// Where big tensors come from: named, typed, and read as a stream, so that no checkpoint has to fit in memory.
import type { DType, Tensor } from "../../tensor/index.ts";
import { elementCount } from "../../tensor/index.ts";
import { bytesOf, dtypes, tensorOverBuffer } from "./dtype.ts";

/** One tensor of a checkpoint. Reading it again gives the same bytes. */
export type Weight = {
  readonly key: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  /** Little-endian, row-major, in pieces of at most a few megabytes; together exactly the tensor's bytes. */
  readonly read: (signal?: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Where these very bytes lie in a file, so that a model beside it can refer to them instead of holding them again. */
  readonly place?: { readonly path: string; readonly byteOffset: number };
};

/** A checkpoint as the graph builder sees it. core/weights has one for each file format. */
export type Weights = {
  readonly keys: () => Iterable<string>;
  /** `dims` is the shape that the network needs there; a source of yet unborn weights makes them of it. */
  readonly find: (key: string, dims?: readonly number[]) => Weight | undefined;
};

export const weightByteCount = (weight: Pick<Weight, "dtype" | "dims">): number =>
  elementCount(weight.dims) * dtypes[weight.dtype].bytes;

/** A weight over a tensor in memory. */
export function weightOf(key: string, tensor: Tensor): Weight {
  async function* read(): AsyncIterable<Uint8Array> {
    yield bytesOf(tensor);
  }
  return { key, dtype: tensor.dtype, dims: tensor.dims, read };
}

/** Weights over tensors in memory: small networks and tests. */
export function weightsInMemory(tensors: Readonly<Record<string, Tensor>>): Weights {
  const weights = new Map(Object.entries(tensors).map(([key, tensor]) => [key, weightOf(key, tensor)]));
  return { keys: () => weights.keys(), find: (key) => weights.get(key) };
}

/** The whole weight in memory; for small ones. */
export async function readWeight(weight: Weight, signal?: AbortSignal): Promise<Tensor> {
  const bytes = new Uint8Array(weightByteCount(weight));
  let at = 0;
  for await (const piece of weight.read(signal)) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return tensorOverBuffer(weight.dtype, weight.dims, bytes.buffer);
}
