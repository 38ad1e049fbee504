// The three anchors of alignment from the points of a face mesh, to a fraction of a pixel.
import { assert } from "../../shared/failure/index.ts";
import { pointsOfMesh } from "../models/index.ts";
import type { Point } from "../models/index.ts";
import type { FaceAnchors } from "./align-face.ts";

/**
 * Mesh points that lie where the published anchors do: five along the upper line of each brow; of the nose its bridge's
 * end, its tip and its two wings. Left and right as seen in the picture.
 */
const anchorPoints: Readonly<Record<keyof FaceAnchors, readonly number[]>> = {
  leftBrow: [70, 63, 105, 66, 107],
  rightBrow: [300, 293, 334, 296, 336],
  nose: [5, 4, 129, 358],
};

/** Means of mesh points; `landmarks` are [point, (x, y, z)] of the frame, and so are the anchors, less z. Never rounded. */
export function anchorsOfMesh(landmarks: Float32Array): FaceAnchors {
  assert(landmarks.length >= 3 * pointsOfMesh, `a mesh has ${pointsOfMesh} points or more`);
  const mean = (points: readonly number[]): Point => {
    const sum = (axis: number): number =>
      points.reduce((total, index) => total + (landmarks[3 * index + axis] ?? 0), 0);
    return { x: sum(0) / points.length, y: sum(1) / points.length };
  };
  return {
    leftBrow: mean(anchorPoints.leftBrow),
    rightBrow: mean(anchorPoints.rightBrow),
    nose: mean(anchorPoints.nose),
  };
}

/** Anchors of consecutive frames as the numbers of a path, six a frame. */
export const pathOfAnchors = (anchors: readonly FaceAnchors[]): Float64Array =>
  Float64Array.from(
    anchors.flatMap(({ leftBrow, rightBrow, nose }) => [leftBrow, rightBrow, nose].flatMap(({ x, y }) => [x, y])),
  );

export const anchorCoordinates = 6;

/** The anchors of one frame of such a path. */
export function anchorsAt(values: Float64Array, frameInPath: number): FaceAnchors {
  const point = (anchor: number): Point => {
    const at = frameInPath * anchorCoordinates + 2 * anchor;
    return { x: values[at] ?? 0, y: values[at + 1] ?? 0 };
  };
  return { leftBrow: point(0), rightBrow: point(1), nose: point(2) };
}
