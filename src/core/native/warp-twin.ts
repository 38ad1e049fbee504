// Resampling and blending in TypeScript: the specification of native/src/warp-kernels.inl, and what serves without the addon.
// Places are float64, samples and weights float32 at every step, so that both give the same result to the last bit.
import type { Kernels, Samples } from "../../../native/index.d.ts";
import { blendField, paddedTaps, warpField, warpLanes, warpPhases } from "./warp-plan.ts";
import { readPlan } from "./yuv-plan.ts";

type Plan = ReturnType<typeof readPlan<typeof warpField>>;
type Values = Samples | Float32Array;

const { fround } = Math;
const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** A part of the (reduced) source from sample (left, top), float32 row after row; channel after channel. */
type Region = {
  readonly left: number;
  readonly top: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly values: Float32Array;
};

/** Reads samples of one row of one channel; beyond the source its edges go on, or the fill does. */
function loadRow(plan: Plan, fill: number, samples: Values, row: Row): void {
  const { channel, y, left, into } = row;
  const lastX = plan.widthPx - 1;
  const isBeyond = plan.isFilled === 1 && (y < 0 || y >= plan.heightPx);
  const from = channel * plan.channelStep + clamp(y, 0, plan.heightPx - 1) * plan.rowStep;
  for (let i = 0; i < into.length; i++) {
    const x = left + i;
    const inside = x < 0 ? 0 : x > lastX ? lastX : x;
    into[i] =
      isBeyond || (plan.isFilled === 1 && x !== inside) ? fill : (samples[from + inside * plan.sampleStep] ?? 0);
  }
}

type Row = { readonly channel: number; readonly y: number; readonly left: number; readonly into: Float32Array };

/** One row of the reduced source: means of blocks, each column's sum first and those then from left to right. */
function reduceRow(plan: Plan, fill: number, samples: Values, { channel, y, left, into }: Row): void {
  const block = 1 << plan.reductionBits;
  const sums = new Float32Array(into.length * block);
  const line = new Float32Array(sums.length);
  for (let j = 0; j < block; j++) {
    loadRow(plan, fill, samples, { channel, y: y * block + j, left: left * block, into: line });
    for (let i = 0; i < sums.length; i++) sums[i] = fround((sums[i] ?? 0) + (line[i] ?? 0));
  }
  const share = fround(1 / (block * block));
  for (let x = 0; x < into.length; x++) {
    let sum = 0;
    for (let i = 0; i < block; i++) sum = fround(sum + (sums[x * block + i] ?? 0));
    into[x] = fround(sum * share);
  }
}

function regionOf(plan: Plan, fill: number, samples: Values, bounds: Omit<Region, "values">): Region {
  const { left, top, widthPx, heightPx } = bounds;
  const values = new Float32Array(plan.channels * widthPx * heightPx);
  const load = plan.reductionBits === 0 ? loadRow : reduceRow;
  for (let line = 0; line < plan.channels * heightPx; line++) {
    const into = values.subarray(line * widthPx, (line + 1) * widthPx);
    load(plan, fill, samples, { channel: Math.floor(line / heightPx), y: top + (line % heightPx), left, into });
  }
  return { ...bounds, values };
}

/** The first sample under the taps at `centre`, which row of weights serves, and how far on to the next. */
type Phase = { first: number; row: number; part: number };

function phaseOf(centre: number, half: number, phase: Phase): Phase {
  const shifted = centre - 0.5;
  const whole = Math.floor(shifted);
  const scaled = (shifted - whole) * warpPhases;
  phase.first = whole - (half - 1);
  phase.row = Math.min(Math.floor(scaled), warpPhases - 1);
  phase.part = fround(scaled - phase.row);
  return phase;
}

function weigh({ row, part }: Phase, table: Float32Array, weights: Float32Array): void {
  const from = row * weights.length;
  for (let k = 0; k < weights.length; k++) {
    const here = table[from + k] ?? 0;
    const next = table[from + weights.length + k] ?? 0;
    weights[k] = fround(here + fround(part * fround(next - here)));
  }
}

/** Where each pixel of the target lies in the source. Products and sums in this order. */
const placeX = (place: Float64Array, column: number, row: number): number =>
  (place[0] ?? 0) * (column + 0.5) + ((place[1] ?? 0) * (row + 0.5) + (place[2] ?? 0));
const placeY = (place: Float64Array, column: number, row: number): number =>
  (place[3] ?? 0) * (column + 0.5) + ((place[4] ?? 0) * (row + 0.5) + (place[5] ?? 0));

function boundsOf(plan: Plan, place: Float64Array): Omit<Region, "values"> {
  const corners = [0, plan.targetHeightPx - 1].flatMap((row) =>
    [0, plan.targetWidthPx - 1].map((column) => [column, row] as const),
  );
  const blank = { first: 0, row: 0, part: 0 };
  const xs = corners.map(([column, row]) => phaseOf(placeX(place, column, row), plan.halfAcross, blank).first);
  const ys = corners.map(([column, row]) => phaseOf(placeY(place, column, row), plan.halfDown, blank).first);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const widthPx = Math.max(...xs) - left + paddedTaps(plan.halfAcross);
  return { left, top, widthPx, heightPx: Math.max(...ys) - top + 2 * plan.halfDown };
}

type Weights = { readonly across: Float32Array; readonly down: Float32Array };

const sums = new Float32Array(warpLanes);
const line = new Float32Array(warpLanes);

/**
 * Tap k goes to running sum k mod 8 of its row, rows are weighed and added to eight sums, and those are added as
 * ((0+4) + (1+5)) + ((2+6) + (3+7)).
 */
function weighted({ values, widthPx }: Region, from: number, { across, down }: Weights, rows: number): number {
  sums.fill(0);
  for (let r = 0; r < rows; r++) {
    const at = from + r * widthPx;
    for (let j = 0; j < warpLanes; j++) line[j] = fround((across[j] ?? 0) * (values[at + j] ?? 0));
    for (let k = warpLanes; k < across.length; k++) {
      const j = k % warpLanes;
      line[j] = fround((line[j] ?? 0) + fround((across[k] ?? 0) * (values[at + k] ?? 0)));
    }
    const weight = down[r] ?? 0;
    for (let j = 0; j < warpLanes; j++) sums[j] = fround((sums[j] ?? 0) + fround(weight * (line[j] ?? 0)));
  }
  const pair = (j: number): number => fround((sums[j] ?? 0) + (sums[j + 4] ?? 0));
  return fround(fround(pair(0) + pair(1)) + fround(pair(2) + pair(3)));
}

const warp: Kernels["warp"] = (planValues, place, [acrossTable, downTable], [source, target]) => {
  const plan = readPlan(warpField, planValues);
  const region = regionOf(plan, fround(place[6] ?? 0), source, boundsOf(plan, place));
  const [regionPx, targetPx] = [region.widthPx * region.heightPx, plan.targetWidthPx * plan.targetHeightPx];
  const across = new Float32Array(paddedTaps(plan.halfAcross));
  const down = new Float32Array(paddedTaps(plan.halfDown));
  const x: Phase = { first: 0, row: 0, part: 0 };
  const y: Phase = { first: 0, row: 0, part: 0 };
  for (let at = 0; at < targetPx; at++) {
    const [column, row] = [at % plan.targetWidthPx, Math.floor(at / plan.targetWidthPx)];
    weigh(phaseOf(placeX(place, column, row), plan.halfAcross, x), acrossTable, across);
    weigh(phaseOf(placeY(place, column, row), plan.halfDown, y), downTable, down);
    const from = (y.first - region.top) * region.widthPx + (x.first - region.left);
    for (let channel = 0; channel < plan.channels; channel++)
      target[channel * targetPx + at] = weighted(
        region,
        from + channel * regionPx,
        { across, down },
        2 * plan.halfDown,
      );
  }
};

/** Rows of three coefficients and a bias, then the least and the most. */
function mixChannels(plan: Float32Array, source: Float32Array, target: Float32Array): void {
  const countPx = source.length / 3;
  const coefficient = (at: number): number => plan[at] ?? 0;
  const [low, high] = [coefficient(12), coefficient(13)];
  for (let i = 0; i < countPx; i++) {
    const [x, y, z] = [source[i] ?? 0, source[countPx + i] ?? 0, source[2 * countPx + i] ?? 0];
    for (let k = 0; k < 3; k++) {
      const first = fround(fround(coefficient(4 * k) * x) + fround(coefficient(4 * k + 1) * y));
      const value = fround(fround(first + fround(coefficient(4 * k + 2) * z)) + coefficient(4 * k + 3));
      const above = value < low ? low : value;
      target[k * countPx + i] = above > high ? high : above;
    }
  }
}

/** own + alpha (shift + drop (fresh - shift - own)), rounded half up; where alpha is 0 a sample keeps its bits. */
function blendInto(planValues: Int32Array, layers: Float32Array, samples: Samples): void {
  const plan = readPlan(blendField, planValues);
  const boxPx = plan.boxWidthPx * plan.boxHeightPx;
  for (let at = 0; at < boxPx; at++) {
    const alpha = layers[at] ?? 0;
    if (!(alpha > 0)) continue;
    const y = plan.boxYPx + Math.floor(at / plan.boxWidthPx);
    const inPlane = y * plan.planeWidthPx + plan.boxXPx + (at % plan.boxWidthPx);
    const own = samples[inPlane] ?? 0;
    const shift = layers[2 * boxPx + at] ?? 0;
    const replaced = fround(fround((layers[3 * boxPx + at] ?? 0) - shift) - own);
    const wanted = fround(shift + fround((layers[boxPx + at] ?? 0) * replaced));
    const value = fround(own + fround(alpha * wanted));
    const within = value > 0 ? Math.min(value, plan.topCode) : 0;
    samples[inPlane] = Math.floor(fround(within + 0.5));
  }
}

export const warpTwin = { warp, mixChannels, blendInto };
