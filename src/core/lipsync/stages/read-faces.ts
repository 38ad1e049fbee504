// The faces of a take as pictures: decoded and cropped once, then answered from the cache, in stretches of a fixed grid so that
// a trimmed segment finds most of what it needs.
import { crc32 } from "node:zlib";
import { z } from "zod";
import { assert } from "../../../shared/failure/index.ts";
import { endFrameOf } from "../../../shared/time/index.ts";
import { cropFace } from "../../faces/index.ts";
import type { Affine } from "../../models/index.ts";
import { decodeFrames, yuvFormatOf } from "../../media/index.ts";
import type { MediaSource, VideoFrame } from "../../media/index.ts";
import { keyOf } from "../cache/file-cache.ts";
import type { FileCache } from "../cache/file-cache.ts";
import { affineAt } from "../plan/face-path.ts";
import type { FacePath } from "../plan/face-path.ts";
import { codesOfFace, compressFace, expandFace, mostDepthBits } from "../takes/face-codes.ts";
import type { FaceCodes } from "../takes/face-codes.ts";

/** Raised when the same frame and alignment give another crop than before. */
const cropRevision = 1;
const stretchFrames = 16;

export type Picture = {
  readonly source: MediaSource;
  readonly streamIndex: number;
  /** Of the file: names it in caches. */
  readonly mediaHash: string;
};

export type PlacedFace = { readonly frameIndex: number; readonly frameToFace: Affine };

/** Frames with a face within one stretch of the grid, and the name of their crops. */
export type FaceStretch = { readonly faces: readonly PlacedFace[]; readonly key: string };

/** The faces of a path from `fromFrame` on, by stretches of the reel. */
export function faceStretches(
  picture: Picture,
  path: FacePath,
  { faceSizePx, fromFrame }: { readonly faceSizePx: number; readonly fromFrame: number },
): readonly FaceStretch[] {
  const byStretch = new Map<number, PlacedFace[]>();
  for (let frameIndex = Math.max(fromFrame, path.range.startFrame); frameIndex < endFrameOf(path.range); frameIndex++) {
    const frameToFace = affineAt(path, frameIndex);
    if (!frameToFace) continue;
    const stretch = Math.floor(frameIndex / stretchFrames);
    const faces = byStretch.get(stretch) ?? [];
    faces.push({ frameIndex, frameToFace });
    byStretch.set(stretch, faces);
  }
  const { mediaHash, streamIndex } = picture;
  const depthBits = cropDepthBits(picture);
  return [...byStretch.values()].map((faces) => ({
    faces,
    key: keyOf({ cropRevision, mediaHash, streamIndex, faceSizePx, depthBits, faces }),
  }));
}

export const videoFactsOf = ({ source, streamIndex }: Picture) => {
  const facts = source.facts.video.find((stream) => stream.streamIndex === streamIndex);
  assert(facts, `stream ${streamIndex} is a picture`);
  return facts;
};

/** Two bits more than the frame's, so that rounding a crop stays below a quarter of its codes. */
export const cropDepthBits = (picture: Picture): number =>
  Math.min(mostDepthBits, videoFactsOf(picture).pixelLayout.bitDepth + 2);

export type ReadFacesTools = {
  readonly cache: FileCache;
  readonly faceSizePx: number;
  readonly signal?: AbortSignal | undefined;
  readonly onDecoded: () => void;
  readonly onCropped: () => void;
};

/** Crops of stretches asked for in rising order. Between the first and the last miss the film is decoded once, in one go. */
export type FaceReader = AsyncDisposable & {
  readonly read: (stretch: FaceStretch) => Promise<readonly FaceCodes[]>;
};

export function faceReader(picture: Picture, path: FacePath, tools: ReadFacesTools): FaceReader {
  const frames = risingFrames(picture, endFrameOf(path.range), tools);
  const { cache, faceSizePx } = tools;
  const size = { sizePx: faceSizePx, depthBits: cropDepthBits(picture) };
  const crop = async ({ frameIndex, frameToFace }: PlacedFace): Promise<FaceCodes> => {
    using frame = await frames.at(frameIndex);
    const [luma, blue, red] = frame.planes.map(({ samples }) => samples);
    assert(luma && blue && red, "a picture in Y'CbCr has three planes");
    const yuv = { format: yuvFormatOf(videoFactsOf(picture)), planes: [luma, blue, red] } as const;
    const face = cropFace(yuv, { frameToFace, faceSizePx });
    tools.onCropped();
    return codesOfFace(face, size.depthBits);
  };
  return {
    read: async ({ faces, key }) => {
      const known = await cachedCrops(cache, key, { ...size, count: faces.length });
      if (known) return known;
      const crops: FaceCodes[] = [];
      for (const face of faces) crops.push(await crop(face));
      const blocks = await Promise.all(crops.map(compressFace));
      await cache.write("crops", key, { facts: blocks.map((block) => crc32(block)), blocks });
      return crops;
    },
    [Symbol.asyncDispose]: () => frames[Symbol.asyncDispose](),
  };
}

const checksSchema = z.array(z.int());

async function cachedCrops(
  cache: FileCache,
  key: string,
  { count, ...size }: { readonly sizePx: number; readonly depthBits: number; readonly count: number },
): Promise<readonly FaceCodes[] | undefined> {
  const pack = await cache.read("crops", key);
  if (!pack || pack.blocks.length !== count || !checksSchema.safeParse(pack.facts).success) return undefined;
  return await Promise.all(pack.blocks.map((block) => expandFace(block, size)));
}

/** A gap of more frames than this is jumped over by seeking. */
const decodeThroughFrames = 64;

/** Frames asked for in rising order, out of one decoder as long as they lie close together. */
function risingFrames(picture: Picture, endFrame: number, { signal, onDecoded }: ReadFacesTools) {
  let stream: AsyncGenerator<VideoFrame> | undefined;
  let nextFrame = Infinity;
  const close = async () => {
    await stream?.return(undefined);
    stream = undefined;
  };
  return {
    at: async (frameIndex: number): Promise<VideoFrame> => {
      if (!stream || frameIndex < nextFrame || frameIndex - nextFrame > decodeThroughFrames) {
        await close();
        nextFrame = frameIndex;
        stream = decodeFrames(picture.source, {
          streamIndex: picture.streamIndex,
          range: { startFrame: frameIndex, durationFrames: endFrame - frameIndex },
          missingFrames: "conceal",
          ...(signal && { signal }),
        });
      }
      for (;;) {
        const next = await stream.next();
        assert(next.done !== true, "a decoder gives every frame of its range or fails");
        onDecoded();
        nextFrame = next.value.frameIndex + 1;
        if (next.value.frameIndex === frameIndex) return next.value;
        next.value[Symbol.dispose]();
      }
    },
    [Symbol.asyncDispose]: close,
  };
}
