// Cuts pictures and sound into the windows that SyncNet v2 compares, position by position at 25 fps.
import { assert } from "../../shared/failure/index.ts";
import { syncNetV2Window } from "../models/index.ts";
import { tensorOf } from "../tensor/index.ts";
import type { Tensor } from "../tensor/index.ts";

export type PositionRange = { readonly firstPosition: number; readonly count: number };

const { frames, picturePx, cepstra, columns, columnsPerFrame } = syncNetV2Window;

/** Coefficients [13, columns], row-major. */
export type Cepstra = { readonly columns: number; readonly values: Float32Array };

/** [count, 1, 13, 20]: position p begins at column 4 p. */
export function soundWindows(sound: Cepstra, { firstPosition, count }: PositionRange): Tensor<"float32"> {
  const lastColumn = (firstPosition + count - 1) * columnsPerFrame + columns;
  assert(firstPosition >= 0 && lastColumn <= sound.columns, `the sound has ${sound.columns} columns of ${lastColumn}`);
  const data = new Float32Array(count * cepstra * columns);
  for (let item = 0; item < count; item++) {
    const firstColumn = (firstPosition + item) * columnsPerFrame;
    for (let row = 0; row < cepstra; row++) {
      const from = row * sound.columns + firstColumn;
      data.set(sound.values.subarray(from, from + columns), (item * cepstra + row) * columns);
    }
  }
  return tensorOf("float32", [count, 1, cepstra, columns], data);
}

/**
 * [count, 3, 5, 224, 224], blue first, 0..255. `crops` are RGB bytes, 224 x 224 x 3 each, one for every frame from
 * `firstPosition` on: four more than there are positions.
 */
export function pictureWindows(
  crops: readonly Uint8Array[],
  { count }: Pick<PositionRange, "count">,
): Tensor<"float32"> {
  assert(
    crops.length === count + frames - 1,
    `${count} positions need ${count + frames - 1} crops, not ${crops.length}`,
  );
  const planePx = picturePx * picturePx;
  assert(
    crops.every((crop) => crop.length === 3 * planePx),
    `a crop is ${picturePx} px in square, RGB`,
  );
  const data = new Float32Array(count * 3 * frames * planePx);
  for (let item = 0; item < count; item++)
    for (let channel = 0; channel < 3; channel++)
      for (let frameInWindow = 0; frameInWindow < frames; frameInWindow++) {
        const crop = crops[item + frameInWindow];
        const at = ((item * 3 + channel) * frames + frameInWindow) * planePx;
        for (let pixel = 0; pixel < planePx; pixel++) data[at + pixel] = crop?.[3 * pixel + 2 - channel] ?? 0;
      }
  return tensorOf("float32", [count, 3, frames, picturePx, picturePx], data);
}
