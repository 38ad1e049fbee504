// The smallest reader of safetensors, for reference vectors only; the product's own reader is core/weights.
import { readFileSync } from "node:fs";

export type VectorTensor = { readonly dims: readonly number[]; readonly data: Float32Array };

type Entry = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

/** All float32 tensors of a file by name: 8 bytes header length, JSON header, data. */
export function readFloatVectors(file: string): ReadonlyMap<string, VectorTensor> {
  const bytes = readFileSync(file);
  const dataStart = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, dataStart)) as Record<string, Entry>;
  const tensors = Object.entries(header).filter(([name, entry]) => name !== "__metadata__" && entry.dtype === "F32");
  return new Map(
    tensors.map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        const copy = new Uint8Array(bytes.subarray(dataStart + from, dataStart + to));
        return [name, { dims: shape, data: new Float32Array(copy.buffer) }];
      },
    ),
  );
}
