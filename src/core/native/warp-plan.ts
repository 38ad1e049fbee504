// From an affine and a filter to the numbers that resampling works with; the only place where its weights are made.
import { assert } from "../../shared/failure/index.ts";

/** Row-major 2 x 3: x' = a x + b y + c, y' = d x + e y + f; (0, 0) is the corner of the top-left pixel. */
export type PictureAffine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * "lanczos" (3 lobes) is the sharpest, "cubic" (Catmull and Rom's, Keys 1981, a = -1/2) rings less; both overshoot.
 * "linear" never leaves the range of what it reads: for masks, and for networks that were trained on it.
 */
export type WarpFilter = "lanczos" | "cubic" | "linear";

/** `stretchRatio` (1 or more) is how many samples of the source one pixel of the target covers. */
type Filter = {
  readonly reach: (stretchRatio: number) => number;
  readonly weigh: (distance: number, stretchRatio: number) => number;
};

const lobes = 3;
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

const lanczos = (x: number): number => (Math.abs(x) < lobes ? sinc(x) * sinc(x / lobes) : 0);

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

const hat = (x: number): number => Math.max(0, 1 - Math.abs(x));

/** The integral of the hat from far left to x. */
function hatArea(x: number): number {
  const inside = Math.min(1, Math.max(-1, x));
  return inside < 0 ? (1 + inside) ** 2 / 2 : 1 - (1 - inside) ** 2 / 2;
}

/** The mean of evenly interpolated samples over a pixel of the target less one sample: where nothing shrinks, one place. */
function hatOver(distance: number, stretchRatio: number): number {
  const side = (stretchRatio - 1) / 2;
  if (side < 1e-6) return hat(distance);
  return (hatArea(distance + side) - hatArea(distance - side)) / (2 * side);
}

const filters: Readonly<Record<WarpFilter, Filter>> = {
  lanczos: { reach: (stretch) => lobes * stretch, weigh: (x, stretch) => lanczos(x / stretch) },
  cubic: { reach: (stretch) => 2 * stretch, weigh: (x, stretch) => cubic(x / stretch) },
  linear: { reach: (stretch) => (stretch + 1) / 2, weigh: hatOver },
};

/** Where things stand in a plan of warp; native/src/warp-plan.hpp lists them in the same order. */
export const warpField = {
  widthPx: 0,
  heightPx: 1,
  rowStep: 2,
  sampleStep: 3,
  channelStep: 4,
  channels: 5,
  reductionBits: 6,
  targetWidthPx: 7,
  targetHeightPx: 8,
  halfAcross: 9,
  halfDown: 10,
  isFilled: 11,
} as const;

/** Where things stand in a plan of blendInto. */
export const blendField = {
  planeWidthPx: 0,
  planeHeightPx: 1,
  sampleBytes: 2,
  topCode: 3,
  boxXPx: 4,
  boxYPx: 5,
  boxWidthPx: 6,
  boxHeightPx: 7,
} as const;

/** Weights are stated for so many places between two samples; between those they change evenly. */
export const warpPhases = 256;
/** Taps are added in so many sums; a row of weights is filled up with zeros to a multiple of it. */
export const warpLanes = 8;

export const paddedTaps = (half: number): number => Math.ceil((2 * half) / warpLanes) * warpLanes;

/** Weights [phase, tap] for `half` samples on each side of a place, and how many that is. */
export type WarpTaps = { readonly half: number; readonly weights: Float32Array };

/** Smaller than any weight that a picture could show; makes whole steps exact. */
const leastWeight = 1e-7;

function makeTaps({ reach, weigh }: Filter, stretchRatio: number): WarpTaps {
  const half = Math.ceil(reach(stretchRatio));
  const padded = paddedTaps(half);
  const weights = new Float32Array((warpPhases + 1) * padded);
  for (let phase = 0; phase <= warpPhases; phase++) {
    const row = Array.from({ length: 2 * half }, (_, tap) => {
      const weight = weigh(tap - (half - 1) - phase / warpPhases, stretchRatio);
      return Math.abs(weight) < leastWeight ? 0 : weight;
    });
    const sum = row.reduce((total, weight) => total + weight, 0);
    for (const [tap, weight] of row.entries()) weights[phase * padded + tap] = weight / sum;
  }
  return { half, weights };
}

/** Stretches differ a little from frame to frame; in steps of this size the same weights serve a whole track. */
const stretchSteps = 32;
const keptTables = 64;
const tables = new Map<string, WarpTaps>();

/** Weights depend on nothing but their arguments, so the tables made last are kept. */
function tapsOf(filter: WarpFilter, stretchRatio: number): WarpTaps {
  const stepped = Math.max(1, Math.ceil(stretchRatio * stretchSteps) / stretchSteps);
  const key = `${filter} ${stepped}`;
  const taps = tables.get(key) ?? makeTaps(filters[filter], stepped);
  tables.delete(key);
  tables.set(key, taps);
  const [oldest] = tables.keys();
  if (tables.size > keptTables && oldest !== undefined) tables.delete(oldest);
  return taps;
}

/** Samples in memory, `channels` pictures of one size; steps are counted in samples. */
export type WarpSource = {
  readonly samples: Uint8Array | Uint16Array | Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly channels: number;
  readonly rowStep: number;
  readonly sampleStep: number;
  readonly channelStep: number;
};

export type WarpTarget = {
  /** From a point of the target to the point of the source that it shows. */
  readonly targetToSource: PictureAffine;
  readonly widthPx: number;
  readonly heightPx: number;
  /** What lies beyond the source: its outermost samples go on ("edge"), or one value. */
  readonly outside: "edge" | number;
  readonly filter: WarpFilter;
};

export type WarpCall = {
  readonly plan: Int32Array;
  readonly place: Float64Array;
  readonly taps: readonly [across: Float32Array, down: Float32Array];
};

/** A filter this wide costs more than it gives: what shrinks further is first averaged in blocks, by powers of two. */
const widestStretch = 4;
const mostReductionBits = 4;

/**
 * Along each axis of the source the filter is as wide as one pixel of the target is there, so nothing is skipped when a
 * picture shrinks.
 */
export function planWarp(source: WarpSource, target: WarpTarget): WarpCall {
  const { targetToSource, widthPx, heightPx, outside, filter } = target;
  assert(targetToSource.every(Number.isFinite), "an affine holds numbers");
  const [a, b, c, d, e, f] = targetToSource;
  const [stretchX, stretchY] = [Math.hypot(a, b), Math.hypot(d, e)];
  const halvings = Math.ceil(Math.log2(Math.min(stretchX, stretchY) / widestStretch));
  const reductionBits = Math.min(mostReductionBits, Math.max(0, halvings));
  const share = 2 ** -reductionBits;
  const [across, down] = [tapsOf(filter, stretchX * share), tapsOf(filter, stretchY * share)];
  const plan = new Int32Array(Object.keys(warpField).length);
  plan[warpField.widthPx] = source.widthPx;
  plan[warpField.heightPx] = source.heightPx;
  plan[warpField.rowStep] = source.rowStep;
  plan[warpField.sampleStep] = source.sampleStep;
  plan[warpField.channelStep] = source.channelStep;
  plan[warpField.channels] = source.channels;
  plan[warpField.reductionBits] = reductionBits;
  plan[warpField.targetWidthPx] = widthPx;
  plan[warpField.targetHeightPx] = heightPx;
  plan[warpField.halfAcross] = across.half;
  plan[warpField.halfDown] = down.half;
  plan[warpField.isFilled] = outside === "edge" ? 0 : 1;
  const place = Float64Array.of(...[a, b, c, d, e, f].map((value) => value * share), outside === "edge" ? 0 : outside);
  return { plan, place, taps: [across.weights, down.weights] };
}
