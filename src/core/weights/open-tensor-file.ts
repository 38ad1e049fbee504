// Opens a file of weights by what it is, not by what it is called.
import { refused } from "../../shared/failure/index.ts";
import { openByteSource, readRange } from "./byte-source.ts";
import type { ByteSource } from "./byte-source.ts";
import { readSafetensors } from "./safetensors.ts";
import type { TensorFile } from "./tensor-file.ts";
import { legacyMagic, readTorchLegacy } from "./torch-legacy.ts";
import { readTorchZip } from "./torch-zip.ts";

/** Opens a torch checkpoint or a safetensors file. The caller disposes it. */
export function openTensorFile(path: string): TensorFile {
  const source = openByteSource(path);
  try {
    return readTensorFile(source);
  } catch (error) {
    source[Symbol.dispose]();
    throw error;
  }
}

/** The same over any source of bytes. */
export function readTensorFile(source: ByteSource): TensorFile {
  const head = readRange(source, { offsetBytes: 0, byteLength: Math.min(16, source.sizeBytes) });
  const format = formats.find(({ fits }) => fits(head));
  if (format) return format.read(source);
  throw refused("weights.unknown-format", {
    message: `${source.name} is neither a torch checkpoint nor a safetensors file.`,
    hint: "Choose a file that ends in .pt, .pth or .safetensors as its publisher offers it.",
    details: { head: [...head].map((byte) => byte.toString(16).padStart(2, "0")).join(" ") },
  });
}

type Format = { readonly fits: (head: Uint8Array) => boolean; readonly read: (source: ByteSource) => TensorFile };

const startsWith = (head: Uint8Array, bytes: readonly number[], at = 0) =>
  bytes.every((byte, index) => head[at + index] === byte);

const formats: readonly Format[] = [
  { fits: (head) => startsWith(head, [0x50, 0x4b, 3, 4]), read: readTorchZip },
  { fits: (head) => startsWith(head, legacyMagic.slice(0, 14)), read: readTorchLegacy },
  { fits: (head) => startsWith(head, [0x7b], 8), read: readSafetensors },
];
