// Which face tracks show a person best. Pure.
import type { FaceTrack } from "../../shared/project/index.ts";

/** Large faces that can be re-synced for long come first. */
export const bestFirst = (tracks: readonly FaceTrack[]): readonly FaceTrack[] =>
  tracks.toSorted((left, right) => worth(right) - worth(left) || left.startFrame - right.startFrame);

const worth = ({ eligibleFrames, medianFaceSizePx }: FaceTrack): number =>
  Math.log1p(eligibleFrames) * Math.log1p(medianFaceSizePx);
