// From what was seen to the result of an analysis: shots from cuts, and of each shot its tracks with their geometry. Pure.
import { endFrameOf } from "../../../shared/time/index.ts";
import type { FrameRange } from "../../../shared/time/index.ts";
import { applyAffine } from "../../models/index.ts";
import type { Affine } from "../../models/index.ts";
import { anchorCoordinates } from "../mesh-anchors.ts";
import { trackFaces } from "../track-faces.ts";
import type { FaceTrack } from "../track-faces.ts";
import { noCorrections, perFrame, storedMeshPoints } from "../geometry/track-geometry.ts";
import type { Rotation, TrackGeometry } from "../geometry/track-geometry.ts";
import { boxThrough } from "../geometry/upright.ts";
import type { FrameSizePx } from "../eligibility.ts";
import { hiddenRatios } from "../occlusion/mouth-look.ts";
import { usualAppearance } from "../people/appearance.ts";
import { steadied } from "../steady-measures.ts";
import { at, detectionsOf, mouthLookIn } from "./observations.ts";
import type { PlacedDetection, Stretch } from "./observations.ts";

export type AnalysedTrack = { readonly startFrame: number; readonly geometry: TrackGeometry };

export type FramesOfTracks = {
  readonly frameSize: FrameSizePx;
  readonly rotationDegrees: Rotation;
  readonly uprightToFrame: Affine;
};

/** The tracks of one shot; `stretches` are those that it lies in, in order. */
export function tracksOfShot(
  shot: FrameRange,
  stretches: readonly Stretch[],
  frames: FramesOfTracks,
): readonly AnalysedTrack[] {
  const detections = stretches.flatMap((stretch) => {
    const from = Math.max(0, shot.startFrame - stretch.range.startFrame);
    return detectionsOf(stretch).slice(from, Math.max(from, endFrameOf(shot) - stretch.range.startFrame));
  });
  return trackFaces(detections, shot.startFrame).map((track) => ({
    startFrame: track.startFrame,
    geometry: geometryOf(track, frames),
  }));
}

/** The numbers of a face that was detected; the tracker hands back the very detections that it was given. */
const numbersOf = (detection: FaceTrack["detections"][number]): Float32Array | undefined =>
  detection && "numbers" in detection ? (detection as PlacedDetection).numbers : undefined;

const hasMesh = (numbers: Float32Array): boolean => (numbers[at.presence] ?? -1) >= 0;

function geometryOf({ boxes, detections }: FaceTrack, frames: FramesOfTracks): TrackGeometry {
  const frameCount = boxes.length;
  const known = detections.map(numbersOf);
  const isKnown = known.map((numbers) => numbers !== undefined);
  const isMeshed = known.map((numbers) => numbers !== undefined && hasMesh(numbers));
  const isUsed = isMeshed.includes(true) ? isMeshed : isKnown;
  const series = (from: number, count: number): Float64Array => filledSeries({ known, isUsed }, from, count);
  const ratio = (place: number): Float32Array =>
    Float32Array.from(known, (numbers) => {
      const value = numbers?.[place] ?? NaN;
      return value < 0 ? 0 : value;
    });
  const { uprightToFrame } = frames;
  const upright = series(at.anchors, anchorCoordinates);
  return {
    frameCount,
    frameSize: frames.frameSize,
    rotationDegrees: frames.rotationDegrees,
    seen: Uint8Array.from(known, (numbers) => (numbers && hasMesh(numbers) ? 1 : 0)),
    boxes: Float64Array.from(
      boxes.flatMap((box) => {
        const { x, y, width, height } = boxThrough(uprightToFrame, box);
        return [x, y, width, height];
      }),
    ),
    anchors: pointsThrough(uprightToFrame, upright),
    steps: stepsThrough(uprightToFrame, known),
    meshPoints: storedMeshPoints,
    mesh: Float32Array.from(pointsThrough(uprightToFrame, series(at.mesh, 2 * storedMeshPoints.length))),
    pose: steadied(Float32Array.from(filledSeries({ known, isUsed: isKnown }, at.pose, perFrame.pose)), perFrame.pose),
    presenceRatio: ratio(at.presence),
    sharpnessRatio: ratio(at.sharpness),
    hiddenRatio: steadied(hiddenRatios(known.map((numbers) => numbers && mouthLookIn(numbers))), 1),
    corrections: noCorrections,
    appearance: usualAppearance(detections.flatMap((found) => (found?.appearance ? [found.appearance] : []))),
  };
}

type Series = { readonly known: readonly (Float32Array | undefined)[]; readonly isUsed: readonly boolean[] };

/**
 * `count` numbers of each frame from `from` on. Frames that are used give theirs, those between are on the way from one to the
 * next, those outside repeat the nearest. Places are those of meshes, or the detector's guesses where no frame has a mesh.
 */
function filledSeries({ known, isUsed }: Series, from: number, count: number): Float64Array {
  const values = new Float64Array(known.length * count);
  let before = isUsed.indexOf(true);
  let after = before;
  for (let frame = 0; frame < known.length; frame++) {
    if (isUsed[frame] === true) before = frame;
    if (after < frame) {
      const next = isUsed.indexOf(true, frame);
      after = next < 0 ? before : next;
    }
    const part = after > before ? Math.max(0, (frame - before) / (after - before)) : 0;
    for (let index = 0; index < count; index++) {
      const [left, right] = [known[before]?.[from + index] ?? 0, known[after]?.[from + index] ?? 0];
      values[frame * count + index] = left + part * (right - left);
    }
  }
  return values;
}

/** Steps turn with the picture and do not shift with it. A step from a frame that nobody saw leads from nowhere. */
function stepsThrough([a, b, , d, e]: Affine, known: readonly (Float32Array | undefined)[]): Float32Array {
  const steps = new Float32Array(known.length * anchorCoordinates).fill(NaN);
  for (const [frame, numbers] of known.entries()) {
    if (!numbers || !known[frame - 1]) continue;
    for (let place = 0; place < anchorCoordinates; place += 2) {
      const [x, y] = [numbers[at.step + place] ?? NaN, numbers[at.step + place + 1] ?? NaN];
      steps.set([a * x + b * y, d * x + e * y], frame * anchorCoordinates + place);
    }
  }
  return steps;
}

function pointsThrough(affine: Affine, values: Float64Array): Float64Array {
  const moved = new Float64Array(values.length);
  for (let place = 0; place < values.length; place += 2) {
    const { x, y } = applyAffine(affine, { x: values[place] ?? 0, y: values[place + 1] ?? 0 });
    moved[place] = x;
    moved[place + 1] = y;
  }
  return moved;
}
