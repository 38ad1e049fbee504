// Where in an aligned face the mouth lies, and what each pixel and latent cell weighs in a loss.
import { inpaintMask, keepChannel, latentInpaintMask } from "../../../src/core/faces/index.ts";

/** Of the face's side: wide open mouths and their corners, in the product's alignment. */
export const mouthBox = { top: 0.5, bottom: 0.9, left: 0.2, right: 0.8 } as const;

const isMouth = (row: number, column: number, side: number): boolean => {
  const [y, x] = [(row + 0.5) / side, (column + 0.5) / side];
  return y >= mouthBox.top && y < mouthBox.bottom && x >= mouthBox.left && x < mouthBox.right;
};

export const keepPixels = (sizePx: number): Float32Array => keepChannel(inpaintMask(sizePx));
export const keepCells = (sizePx: number): Float32Array => keepChannel(latentInpaintMask(inpaintMask(sizePx)));

export type RegionWeights = { readonly mouth: number; readonly painted: number; readonly kept: number };

/** A weight for each place of `keep` [side, side]. */
export const weighRegions = (keep: Float32Array, weights: RegionWeights): Float32Array => {
  const side = Math.sqrt(keep.length);
  return keep.map((kept, at) => {
    if (kept > 0.5) return weights.kept;
    return isMouth(Math.floor(at / side), at % side, side) ? weights.mouth : weights.painted;
  });
};

/** Cells of the mouth among [side, side]. */
export const mouthCells = (side: number): readonly number[] =>
  Array.from({ length: side * side }, (_, at) => at).filter((at) => isMouth(Math.floor(at / side), at % side, side));
