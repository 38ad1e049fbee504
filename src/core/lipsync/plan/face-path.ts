// Where the face of a segment is, frame by frame, and where something new begins.
import type { FrameRange, FrameRate } from "../../../shared/time/index.ts";
import { framesPerSecondOf } from "../../../shared/time/index.ts";
import { alignFace, alignmentPath, anchorsAt, judgeTrack } from "../../faces/index.ts";
import type { EligibilityLimits, TrackGeometry } from "../../faces/index.ts";
import type { Affine } from "../../models/index.ts";

/** One affine per frame of the range, from the frame to the face; undefined where the source stays as it is. */
export type FacePath = {
  readonly range: FrameRange;
  readonly frameToFace: readonly (Affine | undefined)[];
  /** Frames that begin a shot, or another track of the same face. */
  readonly shotStarts: ReadonlySet<number>;
};

export type PlacedTrack = { readonly startFrame: number; readonly geometry: TrackGeometry };

export type FacePathOptions = {
  readonly range: FrameRange;
  readonly frameRate: FrameRate;
  readonly faceSizePx: number;
  /** First frames of shots; those outside the range do no harm. */
  readonly shotStarts: Iterable<number>;
  readonly limits: EligibilityLimits;
};

/**
 * The tracks of one character in a range, as one path. Where two overlap, the one listed first is taken. Frames
 * that are not eligible have none.
 */
export function facePathOf(tracks: readonly PlacedTrack[], options: FacePathOptions): FacePath {
  const { range, frameRate, faceSizePx, limits } = options;
  const frameToFace = Array.from({ length: range.durationFrames }, (): Affine | undefined => undefined);
  const shotStarts = new Set(options.shotStarts);
  for (const { startFrame, geometry } of tracks) {
    const verdicts = judgeTrack(geometry, limits);
    const path = alignmentPath(geometry, framesPerSecondOf(frameRate));
    let isFirst = true;
    for (let frameInTrack = 0; frameInTrack < geometry.frameCount; frameInTrack++) {
      const at = startFrame + frameInTrack - range.startFrame;
      const isTaken = at < 0 || at >= range.durationFrames || frameToFace[at] !== undefined;
      if (isTaken || verdicts[frameInTrack] !== undefined) continue;
      if (isFirst) shotStarts.add(range.startFrame + at);
      isFirst = false;
      frameToFace[at] = alignFace(anchorsAt(path, frameInTrack), faceSizePx).frameToFace;
    }
  }
  return { range, frameToFace, shotStarts };
}

export const affineAt = ({ range, frameToFace }: FacePath, frameIndex: number): Affine | undefined =>
  frameToFace[frameIndex - range.startFrame];
