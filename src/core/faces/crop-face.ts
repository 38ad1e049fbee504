// Cuts the aligned face out of a frame, in the float RGB that the networks take, from the frame's own planes and depth.
import { warpToRgb } from "../native/index.ts";
import type { PixelBox, RgbPicture, YuvPicture } from "../native/index.ts";
import type { Point } from "../models/index.ts";
import { inverseOf } from "./affine.ts";
import type { FaceAlignment } from "./align-face.ts";

/** Channel after channel, row after row: [channels, heightPx, widthPx]. */
export type FloatPicture = {
  readonly channels: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly values: Float32Array;
};

/** R, G, B of a crop: black and white. */
export const faceRange = [-1, 1] as const;

/** The published models see mid-grey where a crop reaches beyond the frame. */
const grey = 0;

/** The whole pixels of a picture that hold all `points` with `marginPx` around them; undefined where it holds none. */
export function boxAround(
  points: readonly Point[],
  marginPx: number,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): PixelBox | undefined {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, top] = [
    Math.max(0, Math.floor(Math.min(...xs) - marginPx)),
    Math.max(0, Math.floor(Math.min(...ys) - marginPx)),
  ];
  const right = Math.min(widthPx, Math.ceil(Math.max(...xs) + marginPx));
  const bottom = Math.min(heightPx, Math.ceil(Math.max(...ys) + marginPx));
  if (!(right > left && bottom > top)) return undefined;
  return { xPx: left, yPx: top, widthPx: right - left, heightPx: bottom - top };
}

export const cornersOf = (x: number, y: number, width: number, height: number): readonly Point[] => [
  { x, y },
  { x: x + width, y },
  { x, y: y + height },
  { x: x + width, y: y + height },
];

export type CropOptions = {
  /** Written and held by the result instead of a fresh array: 3 x faceSizePx x faceSizePx. */
  readonly into?: Float32Array;
};

/**
 * The square face [3, faceSizePx, faceSizePx], R, G, B in -1..1; grey beyond the frame. Lanczos with three lobes, as wide as
 * a pixel of the face where the face shrinks.
 */
export function cropFace(
  picture: YuvPicture | RgbPicture,
  { frameToFace, faceSizePx }: Pick<FaceAlignment, "frameToFace" | "faceSizePx">,
  options: CropOptions = {},
): FloatPicture {
  const size = { widthPx: faceSizePx, heightPx: faceSizePx };
  const values = warpToRgb(picture, {
    targetToFrame: inverseOf(frameToFace),
    ...size,
    range: faceRange,
    outside: grey,
    filter: "lanczos",
    ...options,
  });
  return { channels: 3, ...size, values };
}
