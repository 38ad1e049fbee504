// Reads a take: any frame by its number, without ffmpeg and without reading the others.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { failed } from "../../../shared/failure/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import type { FloatPicture } from "../../faces/index.ts";
import type { Affine } from "../../models/index.ts";
import { expandFace, faceOfCodes } from "./face-codes.ts";
import { damaged, headerLengthOf, parseHeader, preludeBytes } from "./take-header.ts";
import type { StoredFace, TakeHeader } from "./take-header.ts";

/** A face as the model made it, and where it belongs. */
export type TakeFrame = {
  /** Of the reel. */
  readonly frameIndex: number;
  /** R, G, B, -1..1, all of the crop: what is outside the mask is the model's idea and not to be shown. */
  readonly face: FloatPicture;
  readonly frameToFace: Affine;
};

export type TakeFile = AsyncDisposable & {
  readonly header: TakeHeader;
  /** Frames of the reel that the take covers, faces or not. */
  readonly range: FrameRange;
  /** Undefined where the source's own face stays: no eligible face there, or a frame outside the take. */
  readonly readFrame: (frameIndex: number) => Promise<TakeFrame | undefined>;
  /** The frame as it is stored, for copying. */
  readonly readBlock: (
    frameIndex: number,
  ) => Promise<{ readonly bytes: Uint8Array; readonly stored: StoredFace } | undefined>;
};

/** Throws `takes.missing` when there is no file, `takes.damaged` when it is no take or is not whole. */
export async function openTake(path: string): Promise<TakeFile> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw missing(path, cause);
  });
  try {
    const header = await readHeader(file, path);
    return overFile(file, path, header);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(
  file: FileHandle,
  path: string,
): Promise<{ readonly header: TakeHeader; readonly bodyAt: number }> {
  const lengthBytes = headerLengthOf(await readAt(file, { at: 0, sizeBytes: preludeBytes }, path), path);
  const { size } = await file.stat();
  const bodyAt = preludeBytes + lengthBytes;
  if (bodyAt > size) throw damaged(path, "it ends within its header");
  const header = parseHeader(await readAt(file, { at: preludeBytes, sizeBytes: lengthBytes }, path), path);
  const bodyBytes = header.frames.reduce((sum, stored) => sum + (stored?.sizeBytes ?? 0), 0);
  if (bodyAt + bodyBytes !== size) throw damaged(path, `it has ${size} bytes instead of ${bodyAt + bodyBytes}`);
  return { header, bodyAt };
}

function overFile(
  file: FileHandle,
  path: string,
  { header, bodyAt }: { header: TakeHeader; bodyAt: number },
): TakeFile {
  const { startFrame, frames, faceSizePx, depthBits } = header;
  let at = bodyAt;
  const places = frames.map((stored) => {
    const place = at;
    at += stored?.sizeBytes ?? 0;
    return place;
  });
  const readBlock = async (frameIndex: number) => {
    const stored = frames[frameIndex - startFrame];
    const place = places[frameIndex - startFrame];
    if (!stored || place === undefined) return undefined;
    const bytes = await readAt(file, { at: place, sizeBytes: stored.sizeBytes }, path);
    if (crc32(bytes) !== stored.crc32) throw damaged(path, `frame ${frameIndex} is not what was written`);
    return { bytes, stored };
  };
  return {
    header,
    range: { startFrame, durationFrames: frames.length },
    readBlock,
    readFrame: async (frameIndex) => {
      const block = await readBlock(frameIndex);
      if (!block) return undefined;
      const codes = await expandFace(block.bytes, { sizePx: faceSizePx, depthBits });
      return { frameIndex, face: faceOfCodes(codes), frameToFace: block.stored.frameToFace };
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

async function readAt(
  file: FileHandle,
  { at, sizeBytes }: { readonly at: number; readonly sizeBytes: number },
  path: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(sizeBytes);
  for (let done = 0; done < sizeBytes;) {
    const { bytesRead } = await file.read(bytes, done, sizeBytes - done, at + done);
    if (bytesRead === 0) throw damaged(path, "it is shorter than it says");
    done += bytesRead;
  }
  return bytes;
}

const missing = (path: string, cause: unknown) =>
  failed("takes.missing", {
    message: `The take's file ${path} cannot be opened.`,
    hint: "Restore it from a backup, or generate the take again with the same settings and seed: it comes out the same.",
    details: { path },
    cause,
  });

/** Every frame read and compared: what a take must pass before anyone sees it. Answers how many have a face. */
export async function verifyTake(path: string): Promise<number> {
  await using take = await openTake(path);
  const { startFrame, frames, faceSizePx, depthBits } = take.header;
  let faceCount = 0;
  for (const index of frames.keys()) {
    const block = await take.readBlock(startFrame + index);
    if (!block) continue;
    await expandFace(block.bytes, { sizePx: faceSizePx, depthBits });
    faceCount += 1;
  }
  return faceCount;
}
