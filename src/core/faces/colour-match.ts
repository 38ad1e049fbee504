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
/** Samples this many deviations off (a strand of hair, a tooth) count for nothing (Beaton and Tukey 1974). */
const tukeyDeviations = 4.685;
const rounds = 6;
/** Slopes and gain are held to none by this share of the samples' own weight. */
const ridgeShare = 0.01;
const unknowns = 4;
/** What a fit must explain, in 8-bit codes, and of which share of the edge: below the first it is not used at all. */
const explainedWithin = 5;
const trustedShares = [0.4, 0.7] as const;

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

/** What one round of the fit knows: the unknowns of [1, contrast, x, y], and how far off samples usually are. */
type Round = { readonly solution: Float64Array; readonly deviation: number; readonly residuals: readonly number[] };

/** Weighted least squares, samples far off by the round before left out. */
function fitOnce({ rows }: Samples, { mean, spread, total }: Spread, before: Round): Round {
  const matrix = Array.from({ length: unknowns }, () => new Float64Array(unknowns));
  const right = new Float64Array(unknowns);
  for (const [at, [value, x, y, wanted, weight]] of rows.entries()) {
    const terms = [1, (value - mean) / spread, x, y];
    const off = (before.residuals[at] ?? 0) / (tukeyDeviations * before.deviation);
    const trusted = off < 1 ? weight * (1 - off * off) ** 2 : 0;
    for (const [k, row] of matrix.entries()) {
      for (let j = 0; j < unknowns; j++) row[j] = (row[j] ?? 0) + trusted * (terms[k] ?? 0) * (terms[j] ?? 0);
      right[k] = (right[k] ?? 0) + trusted * (terms[k] ?? 0) * wanted;
    }
  }
  for (const [k, row] of matrix.entries()) row[k] = (row[k] ?? 0) + total * (k === 0 ? 1e-9 : ridgeShare);
  const solution = solve(matrix, right);
  const [level = 0, contrast = 0, across = 0, down = 0] = solution;
  const residuals = rows.map(([value, x, y, wanted]) =>
    Math.abs(wanted - level - (contrast * (value - mean)) / spread - across * x - down * y),
  );
  return { solution, deviation: deviationOf(residuals), residuals };
}

/** The middle value of unsorted numbers. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** A deviation is never taken for less than this share of a code: exact numbers have none. */
const leastDeviation = 1e-3;

/** The median of absolute residuals of a normal distribution is 0.6745 deviations. */
const deviationOf = (residuals: readonly number[]): number => median(residuals) / 0.6745 + leastDeviation;

/** Begins at the median, which half of the samples cannot sway. */
function startOf({ rows }: Samples): Round {
  const level = median(rows.map(([, , , wanted]) => wanted));
  const residuals = rows.map(([, , , wanted]) => Math.abs(wanted - level));
  return { solution: new Float64Array(unknowns), deviation: deviationOf(residuals), residuals };
}

type Spread = { readonly mean: number; readonly spread: number; readonly total: number };

function fitChannel(samples: Samples, unit: number): ChannelFit {
  const { rows } = samples;
  if (rows.length < leastMatchedSamples) return noFit;
  const total = rows.reduce((sum, [, , , , weight]) => sum + weight, 0);
  const mean = rows.reduce((sum, [value, , , , weight]) => sum + weight * value, 0) / total;
  const spread = Math.sqrt(rows.reduce((sum, [value, , , , w]) => sum + w * (value - mean) ** 2, 0) / total) + 1e-6;
  let round = startOf(samples);
  for (let count = 0; count < rounds; count++) round = fitOnce(samples, { mean, spread, total }, round);
  const explained = rows.reduce(
    (sum, [, , , , weight], at) => sum + ((round.residuals[at] ?? Infinity) < explainedWithin * unit ? weight : 0),
    0,
  );
  const [least, most] = trustedShares;
  const trust = Math.min(1, Math.max(0, (explained / total - least) / (most - least)));
  const [level = 0, contrast = 0, across = 0, down = 0] = round.solution.map((value) => trust * value);
  const gainRatio = Math.min(gainLimits[1], Math.max(gainLimits[0], 1 + contrast / spread));
  return { gainRatio, level: level - (gainRatio - 1) * mean, across, down };
}

/** Both faces as codes of `depthBits`, planar [3, sizePx, sizePx]. */
export type FacesToMatch = {
  readonly fresh: Float32Array;
  readonly own: Float32Array;
  readonly sizePx: number;
  readonly depthBits: number;
};

/**
 * The fit that brings `fresh` to `own`, by least squares that outliers do not sway. Where the two show different things
 * along the edge (hair, a turned head) there is nothing to match by, and the fit fades to none.
 */
export function fitColour({ fresh, own, sizePx, depthBits }: FacesToMatch, blendMask: FaceMask): ColourFit {
  const facePx = sizePx * sizePx;
  const channel = (index: number): ChannelFit => {
    const [from, to] = [index * facePx, (index + 1) * facePx];
    const samples = samplesOf(fresh.subarray(from, to), own.subarray(from, to), sizePx, blendMask);
    return fitChannel(samples, 2 ** (depthBits - 8));
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
