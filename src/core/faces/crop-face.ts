// Cuts the aligned face out of a frame, in the float RGB that the networks take, at the frame's full depth.
import { yuvToRgbFloats } from "../native/index.ts";
import type { PixelBox, YuvPicture } from "../native/index.ts";
import { applyAffine } from "../models/index.ts";
import { composeAffines, inverseOf } from "./affine.ts";
import type { Affine, Point } from "../models/index.ts";
import type { FaceAlignment } from "./align-face.ts";
import { warp } from "./warp.ts";
import type { FloatPicture } from "./warp.ts";

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

/** The square face [3, faceSizePx, faceSizePx], R, G, B in -1..1; grey beyond the frame. */
export function cropFace(
  picture: YuvPicture,
  alignment: Pick<FaceAlignment, "frameToFace" | "faceSizePx">,
): FloatPicture {
  const { frameToFace, faceSizePx } = alignment;
  const faceToFrame = inverseOf(frameToFace);
  const [a, b, , d, e] = faceToFrame;
  // The filter reaches two of its own pixels, which are those of the face where these are the larger.
  const marginPx = 3 * Math.max(1, Math.hypot(a, b), Math.hypot(d, e));
  const corners = cornersOf(0, 0, faceSizePx, faceSizePx).map((corner) => applyAffine(faceToFrame, corner));
  const box = boxAround(corners, marginPx, picture.format);
  const size = { widthPx: faceSizePx, heightPx: faceSizePx };
  if (!box) return { channels: 3, ...size, values: new Float32Array(3 * faceSizePx * faceSizePx).fill(grey) };
  const source = {
    channels: 3,
    widthPx: box.widthPx,
    heightPx: box.heightPx,
    values: yuvToRgbFloats(picture, { box }),
  };
  const frameToBox: Affine = [1, 0, -box.xPx, 0, 1, -box.yPx];
  const targetToSource = composeAffines(faceToFrame, frameToBox);
  return warp(source, { targetToSource, ...size, outside: grey, filter: "cubic" });
}
