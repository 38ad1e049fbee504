// A few facts and some blocks of bytes as one run of bytes: how caches and finished windows lie on the disk.
import { crc32 } from "node:zlib";
import { z } from "zod";

type Json = z.infer<ReturnType<typeof z.json>>;

export type Pack = { readonly facts: Json; readonly blocks: readonly Uint8Array[] };

const magic = new TextEncoder().encode("DUBPACK1");
const preludeBytes = 16;

const headerSchema = z.strictObject({ facts: z.json(), sizes: z.array(z.int().nonnegative()) });

/** Magic, CRC-32 of all that follows it, length of the header, header as JSON, then the blocks. */
export function encodePack({ facts, blocks }: Pack): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ facts, sizes: blocks.map((block) => block.byteLength) }));
  const bodyBytes = blocks.reduce((sum, block) => sum + block.byteLength, 0);
  const bytes = new Uint8Array(preludeBytes + header.byteLength + bodyBytes);
  bytes.set(magic);
  const view = new DataView(bytes.buffer);
  view.setUint32(12, header.byteLength, true);
  bytes.set(header, preludeBytes);
  let at = preludeBytes + header.byteLength;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.byteLength;
  }
  view.setUint32(8, crc32(bytes.subarray(12)), true);
  return bytes;
}

/** Undefined for what is no whole pack: a cache makes it again. Blocks are copies, so that floats may lie over them. */
export function decodePack(bytes: Uint8Array): Pack | undefined {
  if (bytes.byteLength < preludeBytes || magic.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8, true) !== crc32(bytes.subarray(12))) return undefined;
  let at = preludeBytes + view.getUint32(12, true);
  const header = headerSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes.subarray(preludeBytes, at))));
  if (!header.success) return undefined;
  const blocks = header.data.sizes.map((sizeBytes) => {
    at += sizeBytes;
    return new Uint8Array(bytes.subarray(at - sizeBytes, at));
  });
  return { facts: header.data.facts, blocks };
}

export const bytesOfFloats = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Over a block of a decoded pack. */
export const floatsOfBytes = (bytes: Uint8Array): Float32Array =>
  new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
