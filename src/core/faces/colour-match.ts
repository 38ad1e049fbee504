// How a new face's colours differ from its surroundings, measured along the fading edge of the blend mask, where both show.
import { assert } from "../../shared/failure/index.ts";
import type { FaceMask } from "./inpaint-mask.ts";

/**
 * For one channel: own = gain fresh + level + across x + down y, in the channel's units; x and y run from -1 to 1 over the
 * crop. A face lit from one side needs the slope.
 */
export type ChannelFit = {
  readonly gainRatio: number;
  readonly level: number;
  readonly across: number;
  readonly down: number;
};

/** Y, Cb and Cr. Plain numbers, so that fits of consecutive frames can be smoothed before they are used. */
export type ColourFit = readonly [ChannelFit, ChannelFit, ChannelFit];

/** How far contrast may be changed to match. */
const gainLimits = [0.8, 1.25] as const;
/** With fewer samples in the fading edge than this, there is too little to match by. */
const leastMatchedSamples = 32;
/** Measured on a grid of about this many places a side: a fit has four unknowns. */
const gridSide = 128;
/** Samples this many deviations off (a strand of hair, a tooth) count less, the less the farther (Huber 1964). */
const huberDeviations = 1.345;
const rounds = 4;
/** Slopes and gain are held to none by this share of the samples' own weight. */
const ridgeShare = 0.002;
const unknowns = 4;

const noFit: ChannelFit = { gainRatio: 1, level: 0, across: 0, down: 0 };

type Samples = {
  /** Rows of [fresh, x, y, own - fresh, weight]. */
  readonly rows: readonly (readonly [number, number, number, number, number])[];
};

/** The samples of one channel under the mask's fading edge. */
function samplesOf(
  fresh: Float32Array,
  own: Float32Array,
  sizePx: number,
  { values, sizePx: maskPx }: FaceMask,
): Samples {
  const rows: [number, number, number, number, number][] = [];
  const step = Math.max(1, Math.floor(sizePx / gridSide));
  for (let y = 0; y < sizePx; y += step)
    for (let x = 0; x < sizePx; x += step) {
      const inMask = Math.floor(((y + 0.5) / sizePx) * maskPx) * maskPx + Math.floor(((x + 0.5) / sizePx) * maskPx);
      const alpha = values[inMask] ?? 0;
      if (!(alpha > 0 && alpha < 1)) continue;
      const at = y * sizePx + x;
      const value = fresh[at] ?? 0;
      rows.push([
        value,
        (2 * x + 1) / sizePx - 1,
        (2 * y + 1) / sizePx - 1,
        (own[at] ?? 0) - value,
        alpha * (1 - alpha),
      ]);
    }
  return { rows };
}

/** Solves the symmetric positive 4 x 4 system in place by elimination. */
function solve(matrix: readonly Float64Array[], right: Float64Array): Float64Array {
  for (const [pivot, row] of matrix.entries()) {
    const head = row[pivot] ?? 0;
    assert(head > 0, "a ridge keeps the system from being singular");
    for (const [below, other] of matrix.entries()) {
      if (below <= pivot) continue;
      const factor = (other[pivot] ?? 0) / head;
      for (let column = pivot; column < unknowns; column++)
        other[column] = (other[column] ?? 0) - factor * (row[column] ?? 0);
      right[below] = (right[below] ?? 0) - factor * (right[pivot] ?? 0);
    }
  }
  const solution = new Float64Array(unknowns);
  for (const [back, row] of [...matrix.entries()].toReversed()) {
    let rest = right[back] ?? 0;
    for (let column = back + 1; column < unknowns; column++) rest -= (row[column] ?? 0) * (solution[column] ?? 0);
    solution[back] = rest / (row[back] ?? 1);
  }
  return solution;
}

function fitChannel({ rows }: Samples): ChannelFit {
  if (rows.length < leastMatchedSamples) return noFit;
  const total = rows.reduce((sum, [, , , , weight]) => sum + weight, 0);
  const mean = rows.reduce((sum, [value, , , , weight]) => sum + weight * value, 0) / total;
  const spread = Math.sqrt(rows.reduce((sum, [value, , , , w]) => sum + w * (value - mean) ** 2, 0) / total) + 1e-6;
  let solution: Float64Array = new Float64Array(unknowns);
  let deviation = Infinity;
  for (let round = 0; round < rounds; round++) {
    const matrix = Array.from({ length: unknowns }, () => new Float64Array(unknowns));
    const right = new Float64Array(unknowns);
    const residuals: number[] = [];
    for (const [value, x, y, wanted, weight] of rows) {
      const terms = [1, (value - mean) / spread, x, y];
      const explained = terms.reduce((sum, term, k) => sum + term * (solution[k] ?? 0), 0);
      const residual = Math.abs(wanted - explained);
      residuals.push(residual);
      const trusted = weight * Math.min(1, (huberDeviations * deviation) / Math.max(residual, 1e-9));
      for (const [k, row] of matrix.entries()) {
        for (let j = 0; j < unknowns; j++) row[j] = (row[j] ?? 0) + trusted * (terms[k] ?? 0) * (terms[j] ?? 0);
        right[k] = (right[k] ?? 0) + trusted * (terms[k] ?? 0) * wanted;
      }
    }
    for (const [k, row] of matrix.entries()) row[k] = (row[k] ?? 0) + total * (k === 0 ? 1e-9 : ridgeShare);
    solution = solve(matrix, right);
    // The median of absolute residuals of a normal distribution is 0.6745 deviations.
    deviation = (residuals.toSorted((a, b) => a - b)[residuals.length >> 1] ?? 0) / 0.6745 + 1e-6;
  }
  const [level = 0, contrast = 0, across = 0, down = 0] = solution;
  const gainRatio = Math.min(gainLimits[1], Math.max(gainLimits[0], 1 + contrast / spread));
  return { gainRatio, level: level - (gainRatio - 1) * mean, across, down };
}

/** The fit that brings `fresh` to `own`, both planar [3, sizePx, sizePx], by least squares that outliers hardly sway. */
export function fitColour(fresh: Float32Array, own: Float32Array, sizePx: number, blendMask: FaceMask): ColourFit {
  const facePx = sizePx * sizePx;
  const channel = (index: number): ChannelFit => {
    const [from, to] = [index * facePx, (index + 1) * facePx];
    return fitChannel(samplesOf(fresh.subarray(from, to), own.subarray(from, to), sizePx, blendMask));
  };
  return [channel(0), channel(1), channel(2)];
}

/** Changes `fresh` [3, sizePx, sizePx] by the fit, in place. */
export function applyColour(fresh: Float32Array, sizePx: number, fit: ColourFit): void {
  for (const [channel, { gainRatio, level, across, down }] of fit.entries())
    for (let row = 0; row < sizePx; row++) {
      const base = level + down * ((2 * row + 1) / sizePx - 1);
      const from = (channel * sizePx + row) * sizePx;
      for (let column = 0; column < sizePx; column++)
        fresh[from + column] =
          gainRatio * (fresh[from + column] ?? 0) + base + across * ((2 * column + 1) / sizePx - 1);
    }
}
