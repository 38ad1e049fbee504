// Film grain in TypeScript: the specification of addGrain in native/src/warp-kernels.inl, and what serves without the addon.
import type { Kernels } from "../../../native/index.d.ts";

const { fround, imul } = Math;

/** A hash of a place, after Wellons' search for 32-bit mixers of few steps; four of its bytes sum to nearly a Gaussian. */
function noiseAt(x: number, y: number, seed: number): number {
  let h = imul(x, 0x9e3779b1) ^ imul(y, 0x85ebca77) ^ seed;
  h = imul(h ^ (h >>> 16), 0x7feb352d);
  h = imul(h ^ (h >>> 15), 0x846ca68b);
  h ^= h >>> 16;
  return (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24) - 510;
}

/** Each value gains the noise at its place, weighed over its row and then over rows by [side, 1, side]. */
export const addGrainTwin: Kernels["addGrain"] = (plan, shape, values) => {
  const [widthPx = 0, heightPx = 0, xPx = 0, yPx = 0, seed = 0] = plan;
  const [scale = 0, side = 0] = shape;
  const lineOf = (row: number): Float32Array => {
    const raw = Float32Array.from({ length: widthPx + 2 }, (_, i) => noiseAt(xPx + i, yPx + row, seed));
    return Float32Array.from({ length: widthPx }, (_, x) => {
      const beside = fround(side * fround((raw[x] ?? 0) + (raw[x + 2] ?? 0)));
      return fround(beside + (raw[x + 1] ?? 0));
    });
  };
  let [above, here] = [lineOf(0), lineOf(1)];
  for (let row = 0; row < heightPx; row++) {
    const below = lineOf(row + 2);
    for (let x = 0; x < widthPx; x++) {
      const beside = fround(side * fround((above[x] ?? 0) + (below[x] ?? 0)));
      const at = row * widthPx + x;
      values[at] = fround((values[at] ?? 0) + fround(scale * fround(beside + (here[x] ?? 0))));
    }
    [above, here] = [here, below];
  }
};
