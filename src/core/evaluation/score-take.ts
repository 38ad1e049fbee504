// Everything that is measured of a take, in one pass over its frames beside those of the source.
import { convertFrame, frameRates } from "../../shared/time/index.ts";
import type { FrameRate } from "../../shared/time/index.ts";
import { cropFace } from "../faces/index.ts";
import type { FaceMask } from "../faces/index.ts";
import { invertAffine, sampleRegion, syncNetV2Window } from "../models/index.ts";
import type { Affine } from "../models/index.ts";
import type { YuvPicture } from "../native/index.ts";
import { frameLevels, mouthCorrelation } from "./correlation.ts";
import { viewToFrame } from "./face-view.ts";
import type { MouthReader } from "./mouth-reader.ts";
import { changedOutside } from "./outside-mask.ts";
import { createSteadinessMeter } from "./steadiness.ts";
import type { SyncNetwork } from "./sync-network.ts";

export type ComparedFrame = {
  /** The frame as the source has it, and as it is shown with the take. The memory may be reused for the next. */
  readonly before: YuvPicture;
  readonly after: YuvPicture;
  /** Where the take painted; undefined where it has no face. */
  readonly frameToFace: Affine | undefined;
  readonly beginsShot: boolean;
};

export type Scoring = {
  readonly frameRate: FrameRate;
  readonly faceSizePx: number;
  readonly blendMask: FaceMask;
  /** 16 kHz, from the first frame on. */
  readonly dialogue: Float32Array;
  /** The film's own sound, likewise; undefined for a silent film. */
  readonly original: Float32Array | undefined;
  readonly mouths: MouthReader;
  /** Undefined when none is installed. */
  readonly syncNetwork: SyncNetwork | undefined;
};

export type MeasuredScore = {
  readonly syncNetwork: string | null;
  readonly syncConfidence: number | null;
  readonly avOffsetFrames: number | null;
  readonly sourceSyncConfidence: number | null;
  readonly sourceAvOffsetFrames: number | null;
  readonly mouthCorrelation: number | null;
  readonly sourceMouthCorrelation: number | null;
  readonly jitterRatio: number | null;
  readonly changedOutsideMask: number;
  readonly measuredFrames: number;
};

const sampleRateHz = 16_000;
/** The box of a face detector over the aligned crop, and what SyncNet's crops keep around it (dossier 3.2), levelled. */
const boxRatio = 0.9;
const syncView = { sideRatio: boxRatio * 1.4, centreXRatio: 0.5, centreYRatio: 0.5 + 0.2 * boxRatio } as const;

/** Reads every frame once; memory holds what a sync network compares: 150 kB a frame at 25 fps, twice. */
export async function scoreTake(frames: AsyncIterable<ComparedFrame>, scoring: Scoring): Promise<MeasuredScore> {
  const { frameRate, faceSizePx, blendMask, mouths, syncNetwork } = scoring;
  const steadiness = createSteadinessMeter(blendMask);
  const openings = { before: [] as number[], after: [] as number[] };
  const crops = { before: [] as Uint8Array[], after: [] as Uint8Array[] };
  let [frameCount, measuredFrames, changedOutsideMask] = [0, 0, 0];
  let lastFace: Affine | undefined;
  for await (const { before, after, frameToFace, beginsShot } of frames) {
    const placed = frameToFace ? [{ mask: blendMask, frameToFace, faceSizePx }] : [];
    changedOutsideMask += changedOutside(before, after, placed);
    if (beginsShot || !frameToFace) steadiness.restart();
    let [own, made] = [NaN, NaN];
    if (frameToFace) {
      measuredFrames += 1;
      const alignment = { frameToFace, faceSizePx };
      steadiness.push(cropFace(before, alignment).values, cropFace(after, alignment).values);
      [own = NaN, made = NaN] = await mouths.openings([before, after], alignment);
      lastFace = frameToFace;
    }
    openings.before.push(own);
    openings.after.push(made);
    const faceToFrame = syncNetwork && lastFace ? invertAffine(lastFace) : undefined;
    if (faceToFrame) {
      const toFrame = viewToFrame(faceToFrame, syncView, { faceSizePx, pictureSizePx: syncNetV2Window.picturePx });
      for (let times = shownAt25(frameCount, frameRate); times > 0; times--) {
        crops.before.push(rgbBytes(before, toFrame));
        crops.after.push(rgbBytes(after, toFrame));
      }
    }
    frameCount += 1;
  }
  const picture = { frameRate, frameCount, sampleRateHz };
  const levels = frameLevels(scoring.dialogue, picture);
  const take = await syncNetwork?.score(crops.after, scoring.dialogue);
  const source = scoring.original && (await syncNetwork?.score(crops.before, scoring.original));
  return {
    syncNetwork: syncNetwork?.name ?? null,
    syncConfidence: take?.syncConfidence ?? null,
    avOffsetFrames: take?.avOffsetFrames ?? null,
    sourceSyncConfidence: source?.syncConfidence ?? null,
    sourceAvOffsetFrames: source?.avOffsetFrames ?? null,
    mouthCorrelation: mouthCorrelation(openings.after, levels, frameRate) ?? null,
    sourceMouthCorrelation: mouthCorrelation(openings.before, levels, frameRate) ?? null,
    jitterRatio: steadiness.ratio() ?? null,
    changedOutsideMask,
    measuredFrames,
  };
}

/** How many pictures of a 25 fps copy show this frame: the copy repeats and leaves out as players do. */
function shownAt25(frameIndex: number, fromRate: FrameRate): number {
  const by = { fromRate, toRate: frameRates["25"], rounding: "ceil" } as const;
  return convertFrame(frameIndex + 1, by) - convertFrame(frameIndex, by);
}

function rgbBytes(picture: YuvPicture, toFrame: Affine): Uint8Array {
  const sizePx = syncNetV2Window.picturePx;
  const planes = new Float32Array(3 * sizePx * sizePx);
  sampleRegion(picture, { toFrame, sizePx, range: [0, 255] }, planes);
  const plane = sizePx * sizePx;
  return Uint8Array.from({ length: 3 * plane }, (_, at) =>
    Math.max(0, Math.min(255, Math.round(planes[(at % 3) * plane + Math.floor(at / 3)] ?? 0))),
  );
}
