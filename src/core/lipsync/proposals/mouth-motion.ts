// Where a mouth moves, and how far it is open, from the landmarks of a face track.
import { rangeBetween, uniteRanges } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import { landmarkAt } from "../../faces/index.ts";
import type { TrackGeometry } from "../../faces/index.ts";

/** Landmarks of the mesh: middle of the inner lips, and the face from its top to its chin. */
const points = { upperLip: 13, lowerLip: 14, top: 10, chin: 152 } as const;

/** Frame by frame of the track, the gap between the lips over the height of the face; NaN where the face was not seen. */
export function mouthOpenings(
  geometry: Pick<TrackGeometry, "mesh" | "meshPoints" | "frameCount" | "seen">,
): Float32Array {
  return Float32Array.from({ length: geometry.frameCount }, (_, frameInTrack) => {
    if (geometry.seen[frameInTrack] !== 1) return NaN;
    const [upper, lower] = [
      landmarkAt(geometry, frameInTrack, points.upperLip),
      landmarkAt(geometry, frameInTrack, points.lowerLip),
    ];
    const [top, chin] = [
      landmarkAt(geometry, frameInTrack, points.top),
      landmarkAt(geometry, frameInTrack, points.chin),
    ];
    return Math.hypot(lower.x - upper.x, lower.y - upper.y) / Math.hypot(chin.x - top.x, chin.y - top.y);
  });
}

/** Of the face's height. Speech opens a mouth by 0.03 to 0.1; the mesh of a still face trembles by less than 0.01. */
const leastTravel = 0.02;

/**
 * Frames around which the opening travels by `leastTravel` or more within `reachFrames` to either side. Frames of the track.
 */
export function movingFrames(openings: Float32Array, reachFrames: number): readonly FrameRange[] {
  const moving: FrameRange[] = [];
  for (let frame = 0; frame < openings.length; frame++) {
    let [least, most] = [Infinity, -Infinity];
    for (const opening of openings.subarray(Math.max(0, frame - reachFrames), frame + reachFrames + 1)) {
      if (Number.isNaN(opening)) continue;
      [least, most] = [Math.min(least, opening), Math.max(most, opening)];
    }
    if (most - least >= leastTravel) moving.push(rangeBetween(frame, frame + 1));
  }
  return uniteRanges(moving);
}
