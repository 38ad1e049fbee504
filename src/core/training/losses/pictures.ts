// Parts of pictures that losses look at.
import type { Builder, Value } from "../../onnx/index.ts";
import { fixedSize } from "../../models/index.ts";

export const sizeOf = fixedSize;

/** Rows from the middle down of [n, channels, height, width]: the mouth's half of an aligned face. */
export function lowerHalf(g: Builder, pictures: Value): Value {
  const height = fixedSize(pictures, 2);
  return g.slice(pictures, { axis: 2, from: height / 2, to: height });
}
