// Reads safetensors: 8-byte little-endian header length, JSON header, data. Strict: no holes, no overlap, no slack.
import { z } from "zod";
import { refused } from "../../shared/failure/index.ts";
import { readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { duplicateKey } from "./json-keys.ts";
import { elementCount, mustHave, readInChunks, weightDtypes } from "./tensor-file.ts";
import type { TensorEntry, TensorFile, WeightDtype } from "./tensor-file.ts";

/** The reference reader allows 100 MB; a network of 1,246 tensors needs 150 KB. */
const maxHeaderBytes = 16 << 20;
const maxTensors = 100_000;

const dtypeNames: Readonly<Record<string, WeightDtype>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U8: "uint8",
  BOOL: "bool",
};

const tensorHeaderSchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(z.number()),
  data_offsets: z.tuple([z.number(), z.number()]),
});
const metadataSchema = z.record(z.string(), z.string());

type Placed = TensorEntry & { readonly offsetBytes: number };

/** Takes the source over: disposing the file closes it. */
export function readSafetensors(source: ByteSource): TensorFile {
  const { header, dataOffsetBytes } = readHeader(source);
  const scalars = new Map<string, string>();
  const placed = new Map<string, Placed>();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__")
      for (const [key, text] of Object.entries(parseOrRefuse(source, name, metadataSchema, value)))
        scalars.set(key, text);
    else placed.set(name, place(source, name, value, dataOffsetBytes));
  }
  if (placed.size > maxTensors) throw bad(source, `it has ${placed.size} tensors, more than ${maxTensors}`);
  checkTiling(source, [...placed.values()], dataOffsetBytes);
  return {
    format: "safetensors",
    entries: placed,
    scalars,
    chunks: (name, chunkBytes) => {
      mustHave({ entries: placed }, name);
      const { offsetBytes, byteLength } = placed.get(name) ?? { offsetBytes: 0, byteLength: 0 };
      return readInChunks(source, { offsetBytes, byteLength, chunkBytes });
    },
    place: (name) => {
      const found = placed.get(name);
      return found && source.path !== undefined ? { path: source.path, byteOffset: found.offsetBytes } : undefined;
    },
    [Symbol.dispose]: () => source[Symbol.dispose](),
  };
}

function readHeader(source: ByteSource): { header: Record<string, unknown>; dataOffsetBytes: number } {
  if (source.sizeBytes < 10) throw bad(source, `it has ${source.sizeBytes} bytes, too few for a header`);
  const lengthBytes = readRange(source, { offsetBytes: 0, byteLength: 8 });
  const headerLength = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (headerLength > BigInt(maxHeaderBytes))
    throw bad(source, `its header claims ${headerLength} bytes, more than ${maxHeaderBytes}`);
  const headerBytes = readRange(source, { offsetBytes: 8, byteLength: Number(headerLength) });
  if (headerBytes[0] !== 0x7b) throw bad(source, "its header does not begin with {");
  const text = decodeUtf8(source, headerBytes);
  const header = parseJson(source, text);
  const doubled = duplicateKey(text);
  if (doubled !== undefined) throw bad(source, `its header has the key "${doubled}" twice`);
  return { header, dataOffsetBytes: 8 + Number(headerLength) };
}

function decodeUtf8(source: ByteSource, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw bad(source, "its header is not UTF-8", cause);
  }
}

function parseJson(source: ByteSource, text: string): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (cause) {
    throw bad(source, "its header is not a JSON object", cause);
  }
}

function parseOrRefuse<Value>(source: ByteSource, name: string, schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw bad(source, `its header entry "${name}" is malformed`, parsed.error);
}

function place(source: ByteSource, name: string, value: unknown, dataOffsetBytes: number): Placed {
  const entry = parseOrRefuse(source, name, tensorHeaderSchema, value);
  const dtype = Object.hasOwn(dtypeNames, entry.dtype) ? dtypeNames[entry.dtype] : undefined;
  if (!dtype) throw bad(source, `the tensor "${name}" has the unknown type ${entry.dtype}`);
  const [begin, end] = entry.data_offsets;
  const byteLength = elementCount(name, entry.shape) * weightDtypes[dtype];
  if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || begin < 0 || end < begin)
    throw bad(source, `the tensor "${name}" lies at the impossible range ${begin} to ${end}`);
  if (end - begin !== byteLength)
    throw bad(
      source,
      `the tensor "${name}" needs ${byteLength} bytes by its shape and type, but lies on ${end - begin}`,
    );
  return { name, dtype, dims: entry.shape, byteLength, offsetBytes: dataOffsetBytes + begin };
}

/** Ranges must follow each other without a hole or an overlap, and the last must end the file. */
function checkTiling(source: ByteSource, placed: readonly Placed[], dataOffsetBytes: number): void {
  let expected = dataOffsetBytes;
  for (const entry of placed.toSorted((a, b) => a.offsetBytes - b.offsetBytes || a.byteLength - b.byteLength)) {
    if (entry.offsetBytes !== expected)
      throw bad(
        source,
        `there is ${entry.offsetBytes > expected ? "a hole" : "an overlap"} before the tensor "${entry.name}"`,
      );
    expected += entry.byteLength;
  }
  if (expected !== source.sizeBytes)
    throw bad(source, `its tensors end at byte ${expected}, but the file has ${source.sizeBytes} bytes`);
}

const bad = (source: ByteSource, why: string, cause?: unknown) =>
  refused("weights.bad-safetensors", {
    message: `${source.name} is not a sound safetensors file: ${why}.`,
    hint: "Fetch the file again from its source.",
    details: { why },
    cause,
  });
