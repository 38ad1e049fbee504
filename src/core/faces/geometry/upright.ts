// Between the coded frame, which crop and paste work in, and the upright picture, which people and detectors see.
import type { Affine, FaceBox } from "../../models/index.ts";
import type { FrameSizePx } from "../eligibility.ts";
import type { Rotation } from "./track-geometry.ts";

/** Of the coded frame turned upright. */
export const uprightSize = ({ widthPx, heightPx }: FrameSizePx, rotationDegrees: Rotation): FrameSizePx =>
  rotationDegrees % 180 === 0 ? { widthPx, heightPx } : { widthPx: heightPx, heightPx: widthPx };

/** From the upright picture to the coded frame. */
export function uprightToFrame({ widthPx, heightPx }: FrameSizePx, rotationDegrees: Rotation): Affine {
  const turns: Readonly<Record<Rotation, Affine>> = {
    0: [1, 0, 0, 0, 1, 0],
    // The coded frame turned clockwise by a quarter stands upright: its left edge is then on top.
    90: [0, 1, 0, -1, 0, heightPx],
    180: [-1, 0, widthPx, 0, -1, heightPx],
    270: [0, -1, widthPx, 1, 0, 0],
  };
  return turns[rotationDegrees];
}

/** A box of one frame of reference in the other; the affine is one of quarter turns and stretches. */
export function boxThrough([a, b, c, d, e, f]: Affine, { x, y, width, height }: FaceBox): FaceBox {
  const [x1, y1] = [a * x + b * y + c, d * x + e * y + f];
  const [x2, y2] = [a * (x + width) + b * (y + height) + c, d * (x + width) + e * (y + height) + f];
  return { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
}
