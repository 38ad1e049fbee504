// Where a face looks and how sharp it is: the numbers by which frames are judged before anyone renders.
import { assert } from "../../shared/failure/index.ts";
import { pointsOfMesh } from "../models/index.ts";
import type { FloatPicture } from "./crop-face.ts";

/** Points of the mesh, left and right as seen in the picture. */
const meshPoints = { leftEyeCorner: 33, rightEyeCorner: 263, forehead: 10, chin: 152 } as const;

export type FacePose = {
  /** Turned towards the right of the picture: positive. */
  readonly yawRadians: number;
  /** Looking up: positive. */
  readonly pitchRadians: number;
  /** Leaning clockwise as seen: positive. */
  readonly rollRadians: number;
};

/** The pose of a mesh [point, (x, y, z)] of the frame, z in the scale of x and growing away from the camera. */
export function poseOfMesh(landmarks: Float32Array): FacePose {
  assert(landmarks.length >= 3 * pointsOfMesh, `a mesh has ${pointsOfMesh} points or more`);
  const between = (from: number, to: number): readonly [number, number, number] => {
    const along = (axis: number): number => (landmarks[3 * to + axis] ?? 0) - (landmarks[3 * from + axis] ?? 0);
    return [along(0), along(1), along(2)];
  };
  const across = between(meshPoints.leftEyeCorner, meshPoints.rightEyeCorner);
  const down = between(meshPoints.forehead, meshPoints.chin);
  return {
    yawRadians: Math.atan2(across[2], Math.hypot(across[0], across[1])),
    pitchRadians: Math.atan2(-down[2], Math.hypot(down[0], down[1])),
    rollRadians: Math.atan2(across[1], across[0]),
  };
}

/** How far apart coarse detail is looked for, in pixels. */
const coarseStepPx = 4;

/**
 * How much of the detail of a crop is fine: 0 for one that was blown up four times or as blurred, about 0.3 to 0.6 for a
 * sharp picture, 1 for noise. Independent of contrast and light. Undefined where there is no detail at all. It compares
 * neighbouring pixels with pixels four apart, along rows and columns of all channels.
 */
export function sharpnessOf({ channels, widthPx, heightPx, values }: FloatPicture): number | undefined {
  let [fine, coarse] = [0, 0];
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row + coarseStepPx < heightPx; row++)
      for (let column = 0; column + coarseStepPx < widthPx; column++) {
        const at = (channel * heightPx + row) * widthPx + column;
        const value = values[at] ?? 0;
        for (const step of [1, widthPx]) {
          fine += ((values[at + step] ?? 0) - value) ** 2;
          coarse += ((values[at + coarseStepPx * step] ?? 0) - value) ** 2;
        }
      }
  if (coarse === 0) return undefined;
  const least = 1 / coarseStepPx;
  return Math.min(1, Math.max(0, (Math.sqrt(fine / coarse) - least) / (1 - least)));
}
