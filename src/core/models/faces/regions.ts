// Which part of a frame a face network looks at: the whole frame in a square, or a turned square around one face.
import { assert } from "../../../shared/failure/index.ts";
import { affineScale, applyAffine } from "./affine.ts";
import type { Affine, Point } from "./affine.ts";
import type { FaceDetection } from "./face-detector.ts";

export type FrameSize = { readonly width: number; readonly height: number };

/** The whole of a frame, centred in a square of `sizePx` with its shape kept; what is left of the square is black. */
export function letterboxToFrame({ width, height }: FrameSize, sizePx: number): Affine {
  const scale = Math.max(width, height) / sizePx;
  return [scale, 0, (width - scale * sizePx) / 2, 0, scale, (height - scale * sizePx) / 2];
}

/** A square in the frame. Turning it by `rotationRadians` (clockwise as seen, y being down) makes an upright one fit it. */
export type FaceRegion = { readonly centre: Point; readonly sizePx: number; readonly rotationRadians: number };

/** How much larger than the face's box the region is, as the mesh was trained. */
const regionPerBox = 1.5;

const angle = (from: Point, to: Point): number => Math.atan2(to.y - from.y, to.x - from.x);

/** The region for a first look: around the detector's box, level with the eyes. In the detection's frame of reference. */
export function regionOfDetection({ box, points }: FaceDetection): FaceRegion {
  return {
    centre: { x: box.x + box.width / 2, y: box.y + box.height / 2 },
    sizePx: Math.max(box.width, box.height) * regionPerBox,
    rotationRadians: angle(points.leftEye, points.rightEye),
  };
}

/** Outer corners of the eyes among the 468 landmarks, left and right as seen in the picture. */
export const eyeCorners = { left: 33, right: 263 } as const;

export const pointsOfMesh = 468;

/**
 * The region for a second, tight look, or for the next frame: around the landmarks [point, (x, y, z)] of the frame, level
 * with the outer eye corners.
 */
export function regionOfLandmarks(landmarks: Float32Array): FaceRegion {
  assert(landmarks.length >= 3 * pointsOfMesh, "a mesh has 468 points or more");
  const at = (index: number): Point => ({ x: landmarks[3 * index] ?? 0, y: landmarks[3 * index + 1] ?? 0 });
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let index = 0; index < pointsOfMesh; index++) {
    const { x, y } = at(index);
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return {
    centre: { x: (left + right) / 2, y: (top + bottom) / 2 },
    sizePx: Math.max(right - left, bottom - top) * regionPerBox,
    rotationRadians: angle(at(eyeCorners.left), at(eyeCorners.right)),
  };
}

/** From a network's square picture of `pictureSizePx` to the frame. */
export function regionToFrame({ centre, sizePx, rotationRadians }: FaceRegion, pictureSizePx: number): Affine {
  const scale = sizePx / pictureSizePx;
  const [cos, sin] = [Math.cos(rotationRadians) * scale, Math.sin(rotationRadians) * scale];
  const middle = pictureSizePx / 2;
  return [cos, -sin, centre.x - middle * (cos - sin), sin, cos, centre.y - middle * (sin + cos)];
}

/** Landmarks [point, (x, y, z)] of a region's picture in the frame; z grows with the scale and has no origin of its own. */
export function landmarksToFrame(landmarksInRegion: Float32Array, toFrame: Affine): Float32Array {
  const scale = affineScale(toFrame);
  const landmarks = new Float32Array(landmarksInRegion.length);
  for (let at = 0; at + 2 < landmarks.length; at += 3) {
    const place = { x: landmarksInRegion[at] ?? 0, y: landmarksInRegion[at + 1] ?? 0 };
    const { x, y } = applyAffine(toFrame, place);
    landmarks.set([x, y, scale * (landmarksInRegion[at + 2] ?? 0)], at);
  }
  return landmarks;
}
