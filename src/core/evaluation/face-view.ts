// A square view of an aligned face in a frame: for networks that want more around it than the crop, levelled and centred.
import type { Affine } from "../models/index.ts";

type View = {
  /** Of the square that is looked at, over the side of the aligned crop. */
  readonly sideRatio: number;
  /** Where its centre lies in the crop, over the crop's side; 0.5 is the middle. */
  readonly centreXRatio: number;
  readonly centreYRatio: number;
};

/** From a pixel of the square picture of `pictureSizePx` to the frame. `faceToFrame` brings the aligned crop there. */
export function viewToFrame(
  faceToFrame: Affine,
  { sideRatio, centreXRatio, centreYRatio }: View,
  { faceSizePx, pictureSizePx }: { readonly faceSizePx: number; readonly pictureSizePx: number },
): Affine {
  const [a, b, c, d, e, f] = faceToFrame;
  const step = (sideRatio * faceSizePx) / pictureSizePx;
  const [left, top] = [(centreXRatio - sideRatio / 2) * faceSizePx, (centreYRatio - sideRatio / 2) * faceSizePx];
  return [a * step, b * step, a * left + b * top + c, d * step, e * step, d * left + e * top + f];
}
