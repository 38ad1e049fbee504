// Writes safetensors as a stream: header first, then each tensor's bytes in order, so that no network must fit in memory.
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { assert } from "../../shared/failure/index.ts";
import { weightByteCount } from "../onnx/index.ts";
import type { Weight } from "../onnx/index.ts";
import type { DType } from "../tensor/index.ts";

const names: Readonly<Record<DType, string>> = {
  float32: "F32",
  float16: "F16",
  int64: "I64",
  int32: "I32",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

/** Data begins at a multiple of this, and so does every tensor's place relative to it: the header is padded with spaces. */
const alignmentBytes = 64;

export type WriteSafetensorsOptions = {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (doneBytes: number, totalBytes: number) => void;
  /** Sees every byte of the file in order, header included: for its hash. */
  readonly onChunk?: (bytes: Uint8Array) => void;
};

/** The header's bytes, its length in front, for tensors laid one after another in the given order. */
export function safetensorsHeader(weights: readonly Weight[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let offsetBytes = 0;
  const entries = weights.map(({ key, dtype, dims }): [string, object] => {
    const beginBytes = offsetBytes;
    offsetBytes += weightByteCount({ dtype, dims });
    return [key, { dtype: names[dtype], shape: dims, data_offsets: [beginBytes, offsetBytes] }];
  });
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const textBytes = new TextEncoder().encode(text);
  const paddedLength = Math.ceil((8 + textBytes.byteLength) / alignmentBytes) * alignmentBytes - 8;
  const header = new Uint8Array(8 + paddedLength).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(paddedLength), true);
  header.set(textBytes, 8);
  return header;
}

/**
 * Writes `path` and makes it durable. Wide elements come first, so that every tensor lies at a multiple of its element's
 * width. The file must not exist; the caller renames it into place.
 */
export async function writeSafetensors(
  path: string,
  weights: Iterable<Weight>,
  options: WriteSafetensorsOptions = {},
): Promise<void> {
  const { metadata = {}, signal, onBytes, onChunk } = options;
  const ordered = [...weights].toSorted((a, b) => elementBytes(b) - elementBytes(a));
  const totalBytes = safetensorsByteCount(ordered);
  const descriptor = openSync(path, "wx");
  const put = (bytes: Uint8Array) => {
    writeFully(descriptor, bytes);
    onChunk?.(bytes);
  };
  try {
    put(safetensorsHeader(ordered, metadata));
    let doneBytes = 0;
    for (const weight of ordered)
      for await (const chunk of weight.read(signal)) {
        signal?.throwIfAborted();
        put(chunk);
        doneBytes += chunk.byteLength;
        onBytes?.(doneBytes, totalBytes);
      }
    assert(doneBytes === totalBytes, `the weights gave ${doneBytes} bytes instead of ${totalBytes}`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Of the tensors alone; the header comes on top. */
export const safetensorsByteCount = (weights: readonly Weight[]): number =>
  weights.reduce((sum, weight) => sum + weightByteCount(weight), 0);

const elementBytes = (weight: Weight): number => weightByteCount({ dtype: weight.dtype, dims: [] });

function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.byteLength;) done += writeSync(descriptor, bytes, done, bytes.byteLength - done);
}
