// The layout of a take's file: magic, length of the header, header as JSON, then the faces one after another.
//
//   bytes 0..7    "DUBTAKE1"
//   bytes 8..11   length of the header, little endian
//   then          the header, UTF-8; see `takeHeaderSchema`
//   then          a block per frame that has a face, in the order of `frames`, each as `compressFace` wrote it
import { z } from "zod";
import { failed } from "../../../shared/failure/index.ts";
import { frameRateSchema } from "../../../shared/time/index.ts";

export const takeMagic = "DUBTAKE1";
export const takeExtension = ".take";
/** Magic and the header's length. */
export const preludeBytes = 12;
/** A day of film at 60 frames a second has a header of this order; more is no take. */
export const mostHeaderBytes = 1 << 30;

const finite = z.number();

const storedFaceSchema = z.strictObject({
  /** Row by row: x' = a x + b y + c, y' = d x + e y + f, from the frame's pixels to the face's. */
  frameToFace: z.tuple([finite, finite, finite, finite, finite, finite]),
  sizeBytes: z.int().positive(),
  /** Of the block as it is stored. */
  crc32: z.int().nonnegative(),
});

export const takeHeaderSchema = z.strictObject({
  format: z.literal(1),
  /** Side of every face. */
  faceSizePx: z.int().positive().max(4096),
  /** Of each colour; full range, R, G, B. */
  depthBits: z.int().min(8).max(14),
  frameRate: frameRateSchema,
  /** Of the reel. */
  startFrame: z.int().nonnegative(),
  /** One entry per frame from `startFrame` on; null where the source's own face stays. */
  frames: z.array(storedFaceSchema.nullable()),
  /** Everything that decides the pictures: settings, hashes of inputs and models. Plain JSON, no times, no paths. */
  madeFrom: z.json(),
});

export type TakeHeader = z.infer<typeof takeHeaderSchema>;
export type StoredFace = z.infer<typeof storedFaceSchema>;

export function headerBytes(header: TakeHeader): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(preludeBytes + text.byteLength);
  bytes.set(new TextEncoder().encode(takeMagic));
  new DataView(bytes.buffer).setUint32(8, text.byteLength, true);
  bytes.set(text, preludeBytes);
  return bytes;
}

/** The header's length, from a file's first bytes. */
export function headerLengthOf(prelude: Uint8Array, path: string): number {
  const isOurs = prelude.byteLength === preludeBytes && new TextDecoder().decode(prelude.subarray(0, 8)) === takeMagic;
  if (!isOurs) throw damaged(path, "it is no take's file");
  const lengthBytes = new DataView(prelude.buffer, prelude.byteOffset).getUint32(8, true);
  if (lengthBytes > mostHeaderBytes) throw damaged(path, "its header cannot be so long");
  return lengthBytes;
}

export function parseHeader(text: Uint8Array, path: string): TakeHeader {
  try {
    const parsed = takeHeaderSchema.safeParse(JSON.parse(new TextDecoder().decode(text)));
    if (parsed.success) return parsed.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw damaged(path, "its header is malformed");
}

export const damaged = (path: string, why: string) =>
  failed("takes.damaged", {
    message: `The take in ${path} cannot be read: ${why}.`,
    hint: "Restore the file from a backup, or generate the take again with the same settings and seed: it comes out the same.",
    details: { path, why },
  });
