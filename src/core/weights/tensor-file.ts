// What every reader of this room yields: named tensors with dtype, dims and bytes, whatever the file's format.
import { refused } from "../../shared/failure/index.ts";
import { readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";

/** Bytes of one element. */
export const weightDtypes = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const;

export type WeightDtype = keyof typeof weightDtypes;

export type TensorEntry = {
  /** Keys from the outside in, joined by dots: "state_dict.conv_in.weight". */
  readonly name: string;
  readonly dtype: WeightDtype;
  readonly dims: readonly number[];
  /** Of the tensor's own elements, row-major and dense. */
  readonly byteLength: number;
};

export type TensorFileFormat = "torch-zip" | "torch-legacy" | "safetensors";

/** Tensors of one open file. Reading is synchronous and positional; nothing is kept in memory. */
export type TensorFile = Disposable & {
  readonly format: TensorFileFormat;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  /** Numbers, strings and flags that stand beside the tensors: "dims.n_mels", "global_step", the header's metadata. */
  readonly scalars: ReadonlyMap<string, string | number | boolean>;
  /** The elements as they are stored (little-endian), row-major, in chunks of at most `chunkBytes`, each a fresh array. */
  readonly chunks: (name: string, chunkBytes: number) => Iterable<Uint8Array<ArrayBuffer>>;
  /** Where the tensor's bytes lie in one dense run; undefined where they don't, or in no file. */
  readonly place?: (name: string) => { readonly path: string; readonly byteOffset: number } | undefined;
};

/** No tensor of a network has more axes. */
export const maxAxes = 8;

/** How many elements a tensor has; refuses negative, fractional and overflowing dims by name. */
export function elementCount(name: string, dims: readonly number[]): number {
  if (dims.length > maxAxes) throw badShape(name, `it has ${dims.length} axes, more than ${maxAxes}`);
  let count = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) throw badShape(name, `${dim} is no length of an axis`);
    count *= dim;
    if (!Number.isSafeInteger(count * 8)) throw badShape(name, "its size overflows");
  }
  return count;
}

/** A whole tensor in one fresh array. */
export function readTensorBytes(file: TensorFile, name: string): Uint8Array<ArrayBuffer> {
  const entry = mustHave(file, name);
  const bytes = new Uint8Array(entry.byteLength);
  let offsetBytes = 0;
  for (const chunk of file.chunks(name, 64 << 20)) {
    bytes.set(chunk, offsetBytes);
    offsetBytes += chunk.byteLength;
  }
  return bytes;
}

/** The tensors below `prefix`, by the rest of their names: `below(file, "state_dict.")`. The file stays the owner. */
export function below(file: TensorFile, prefix: string): TensorFile {
  const shorten = <Value>(map: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map(
      [...map].filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]),
    );
  const entries = new Map([...shorten(file.entries)].map(([name, entry]) => [name, { ...entry, name }]));
  return {
    format: file.format,
    entries,
    scalars: shorten(file.scalars),
    chunks: (name, chunkBytes) => file.chunks(prefix + name, chunkBytes),
    [Symbol.dispose]: () => undefined,
  };
}

export function mustHave(file: Pick<TensorFile, "entries">, name: string): TensorEntry {
  const entry = file.entries.get(name);
  if (entry) return entry;
  throw refused("weights.missing-tensor", {
    message: `The file has no tensor "${name}".`,
    hint: "It may belong to another network or version.",
    details: { name },
  });
}

type Region = { readonly offsetBytes: number; readonly byteLength: number; readonly chunkBytes: number };

/** Reads a dense region of a source piece by piece. */
export function* readInChunks(source: ByteSource, region: Region): Iterable<Uint8Array<ArrayBuffer>> {
  for (let done = 0; done < region.byteLength; done += region.chunkBytes) {
    const byteLength = Math.min(region.chunkBytes, region.byteLength - done);
    yield readRange(source, { offsetBytes: region.offsetBytes + done, byteLength });
  }
}

export const badShape = (name: string, why: string) =>
  refused("weights.bad-shape", {
    message: `The tensor "${name}" has an impossible shape: ${why}.`,
    hint: "The file is damaged or was made to do harm; do not use it.",
    details: { name },
  });
