// How a new face's colours differ from its surroundings, measured along the fading edge of the blend mask, where both show.
import { assert } from "../../shared/failure/index.ts";
import type { FaceMask } from "./inpaint-mask.ts";
import type { FacesToCompare } from "./replaced-detail.ts";

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
const gridSide = 64;
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

/** The samples of one channel under the mask's fading edge, each by its place in all of these. */
type Samples = {
  readonly count: number;
  readonly fresh: Float64Array;
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** own - fresh. */
  readonly wanted: Float64Array;
  readonly weight: Float64Array;
};

/** Where the mask fades: places in a crop of `sizePx`, and how much each counts. */
function edgeOf({ values, sizePx: maskPx }: FaceMask, sizePx: number) {
  const places: number[] = [];
  const weights: number[] = [];
  const step = Math.max(1, Math.floor(sizePx / gridSide));
  for (let y = 0; y < sizePx; y += step)
    for (let x = 0; x < sizePx; x += step) {
      const row = Math.floor(((y + 0.5) / sizePx) * maskPx);
      const alpha = values[row * maskPx + Math.floor(((x + 0.5) / sizePx) * maskPx)] ?? 0;
      if (!(alpha > 0 && alpha < 1)) continue;
      places.push(y * sizePx + x);
      weights.push(alpha * (1 - alpha));
    }
  return { places: Int32Array.from(places), weight: Float64Array.from(weights), sizePx };
}

function samplesOf(
  fresh: Float32Array,
  own: Float32Array,
  { places, weight, sizePx }: ReturnType<typeof edgeOf>,
): Samples {
  const read = (value: (at: number) => number): Float64Array => Float64Array.from(places, value);
  return {
    count: places.length,
    fresh: read((at) => fresh[at] ?? 0),
    x: read((at) => (2 * (at % sizePx) + 1) / sizePx - 1),
    y: read((at) => (2 * Math.floor(at / sizePx) + 1) / sizePx - 1),
    wanted: read((at) => (own[at] ?? 0) - (fresh[at] ?? 0)),
    weight,
  };
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

/** What one round of the fit knows: the unknowns of [1, contrast, x, y], and how far off each sample and the usual one is. */
type Round = { readonly solution: Float64Array; readonly deviation: number; readonly residuals: Float64Array };

/** The samples' mean and spread, which make contrast an unknown like the others, and their whole weight. */
type Spread = { readonly mean: number; readonly spread: number; readonly total: number };

const median = (values: Float64Array): number => values.toSorted()[values.length >> 1] ?? 0;

/** A deviation is never taken for less than this share of a code: exact numbers have none. */
const leastDeviation = 1e-3;
/** The median of absolute residuals of a normal distribution is 0.6745 deviations. */
const deviationOf = (residuals: Float64Array): number => median(residuals) / 0.6745 + leastDeviation;

/** Begins at the median, which half of the samples cannot sway. */
function startOf({ wanted }: Samples): Round {
  const level = median(wanted);
  const residuals = wanted.map((value) => Math.abs(value - level));
  return { solution: new Float64Array(unknowns), deviation: deviationOf(residuals), residuals };
}

/** Weighted least squares, samples far off by the round before left out. */
function fitOnce(samples: Samples, { mean, spread, total }: Spread, before: Round): Round {
  const { count, fresh, x, y, wanted, weight } = samples;
  const matrix = Array.from({ length: unknowns }, () => new Float64Array(unknowns));
  const right = new Float64Array(unknowns);
  const terms = new Float64Array(unknowns).fill(1);
  for (let at = 0; at < count; at++) {
    terms[1] = ((fresh[at] ?? 0) - mean) / spread;
    terms[2] = x[at] ?? 0;
    terms[3] = y[at] ?? 0;
    const off = (before.residuals[at] ?? 0) / (tukeyDeviations * before.deviation);
    const trusted = off < 1 ? (weight[at] ?? 0) * (1 - off * off) ** 2 : 0;
    for (const [k, row] of matrix.entries()) {
      for (let j = 0; j < unknowns; j++) row[j] = (row[j] ?? 0) + trusted * (terms[k] ?? 0) * (terms[j] ?? 0);
      right[k] = (right[k] ?? 0) + trusted * (terms[k] ?? 0) * (wanted[at] ?? 0);
    }
  }
  for (const [k, row] of matrix.entries()) row[k] = (row[k] ?? 0) + total * (k === 0 ? 1e-9 : ridgeShare);
  const solution = solve(matrix, right);
  const [level = 0, contrast = 0, across = 0, down = 0] = solution;
  const residuals = wanted.map((value, at) => {
    const slope = across * (x[at] ?? 0) + down * (y[at] ?? 0);
    return Math.abs(value - level - (contrast * ((fresh[at] ?? 0) - mean)) / spread - slope);
  });
  return { solution, deviation: deviationOf(residuals), residuals };
}

/** The weighted sum of something over the samples. */
const weighted = ({ weight }: Samples, value: (at: number) => number): number =>
  weight.reduce((sum, share, at) => sum + share * value(at), 0);

function fitChannel(samples: Samples, unit: number): ChannelFit {
  if (samples.count < leastMatchedSamples) return noFit;
  const total = weighted(samples, () => 1);
  const valueAt = (at: number): number => samples.fresh[at] ?? 0;
  const mean = weighted(samples, valueAt) / total;
  const spread = Math.sqrt(weighted(samples, (at) => (valueAt(at) - mean) ** 2) / total) + 1e-6;
  let round = startOf(samples);
  for (let count = 0; count < rounds; count++) round = fitOnce(samples, { mean, spread, total }, round);
  const { residuals, solution } = round;
  const isExplained = (at: number): boolean => (residuals[at] ?? Infinity) < explainedWithin * unit;
  const explained = weighted(samples, (at) => (isExplained(at) ? 1 : 0)) / total;
  const [least, most] = trustedShares;
  const trust = Math.min(1, Math.max(0, (explained - least) / (most - least)));
  const [level = 0, contrast = 0, across = 0, down = 0] = solution.map((value) => trust * value);
  const gainRatio = Math.min(gainLimits[1], Math.max(gainLimits[0], 1 + contrast / spread));
  return { gainRatio, level: level - (gainRatio - 1) * mean, across, down };
}

/**
 * The fit that brings `fresh` to `own`, by least squares that outliers do not sway. Where the two show different things
 * along the edge (hair, a turned head) there is nothing to match by, and the fit fades to none.
 */
export function fitColour({ fresh, own, sizePx, depthBits }: FacesToCompare, blendMask: FaceMask): ColourFit {
  const facePx = sizePx * sizePx;
  const edge = edgeOf(blendMask, sizePx);
  const channel = (index: number): ChannelFit => {
    const [from, to] = [index * facePx, (index + 1) * facePx];
    const samples = samplesOf(fresh.subarray(from, to), own.subarray(from, to), edge);
    return fitChannel(samples, 2 ** (depthBits - 8));
  };
  return [channel(0), channel(1), channel(2)];
}

/** Changes `fresh` [3, sizePx, sizePx] by the fit, in place. */
export function applyColour(fresh: Float32Array, sizePx: number, fit: ColourFit): void {
  for (const [channel, { gainRatio, level, across, down }] of fit.entries())
    for (let row = 0; row < sizePx; row++) {
      const from = (channel * sizePx + row) * sizePx;
      const step = (2 * across) / sizePx;
      const first = level + down * ((2 * row + 1) / sizePx - 1) + across * (1 / sizePx - 1);
      for (let column = 0; column < sizePx; column++)
        fresh[from + column] = gainRatio * (fresh[from + column] ?? 0) + first + step * column;
    }
}
