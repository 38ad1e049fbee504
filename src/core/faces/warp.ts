// Resamples a picture through an affine: bicubic where it grows, and averaging as much as needed where it shrinks.
import { assert } from "../../shared/failure/index.ts";
import type { Affine } from "../models/index.ts";

/** Channel after channel, row after row: [channels, heightPx, widthPx]. */
export type FloatPicture = {
  readonly channels: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly values: Float32Array;
};

export type WarpOptions = {
  /** From a point of the result to the point of the source that it shows. */
  readonly targetToSource: Affine;
  readonly widthPx: number;
  readonly heightPx: number;
  /** What lies beyond the source: its outermost pixels go on ("edge"), or one value. */
  readonly outside: "edge" | number;
  /** "cubic" is sharp and overshoots a little; "linear" never leaves the range of what it reads: for masks. */
  readonly filter: "cubic" | "linear";
};

type Filter = { readonly radius: number; readonly weigh: (distance: number) => number };

const filters: Readonly<Record<WarpOptions["filter"], Filter>> = {
  // Catmull and Rom's cubic (Keys 1981, a = -1/2): passes through every sample.
  cubic: {
    radius: 2,
    weigh: (distance) => {
      const x = Math.abs(distance);
      if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
      return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    },
  },
  linear: { radius: 1, weigh: (distance) => Math.max(0, 1 - Math.abs(distance)) },
};

/** The weights of a line of source samples for one place of the result; made once, filled for every place. */
type Taps = { first: number; count: number; readonly weights: Float64Array };

/** Weights that sum to 1 for the sample centres within the filter's reach, itself stretched by `stretchRatio`. */
function fillTaps(taps: Taps, { radius, weigh }: Filter, centre: number, stretchRatio: number): void {
  const reach = radius * stretchRatio;
  taps.first = Math.ceil(centre - reach - 0.5);
  taps.count = Math.floor(centre + reach - 0.5) - taps.first + 1;
  let sum = 0;
  for (let tap = 0; tap < taps.count; tap++) {
    const weight = weigh((taps.first + tap + 0.5 - centre) / stretchRatio);
    taps.weights[tap] = weight;
    sum += weight;
  }
  for (let tap = 0; tap < taps.count; tap++) taps.weights[tap] = (taps.weights[tap] ?? 0) / sum;
}

/**
 * The result of `widthPx` x `heightPx`. Along each axis of the source the filter is as wide as one pixel of the result is
 * there, so nothing is skipped when a picture shrinks; the identity gives the source back to the bit.
 */
export function warp(source: FloatPicture, options: WarpOptions): FloatPicture {
  const { widthPx, heightPx, filter: name } = options;
  const { channels, values } = source;
  assert(
    values.length === channels * source.widthPx * source.heightPx,
    "a picture holds a value per channel and pixel",
  );
  const [a, b, c, d, e, f] = options.targetToSource;
  const stretchX = Math.max(1, Math.hypot(a, b));
  const stretchY = Math.max(1, Math.hypot(d, e));
  const filter = filters[name];
  const makeTaps = (stretchRatio: number): Taps => {
    const weights = new Float64Array(Math.ceil(2 * filter.radius * stretchRatio) + 2);
    return { first: 0, count: 0, weights };
  };
  const taps: TapPair = { across: makeTaps(stretchX), down: makeTaps(stretchY) };
  const result = new Float32Array(channels * widthPx * heightPx);
  for (let row = 0; row < heightPx; row++)
    for (let column = 0; column < widthPx; column++) {
      const x = column + 0.5;
      const y = row + 0.5;
      fillTaps(taps.across, filter, a * x + b * y + c, stretchX);
      fillTaps(taps.down, filter, d * x + e * y + f, stretchY);
      for (let channel = 0; channel < channels; channel++)
        result[(channel * heightPx + row) * widthPx + column] = weighed(source, channel, taps, options.outside);
    }
  return { channels, widthPx, heightPx, values: result };
}

type TapPair = { readonly across: Taps; readonly down: Taps };

/** The weighted sum of one channel under the taps. */
function weighed(source: FloatPicture, channel: number, { across, down }: TapPair, outside: "edge" | number): number {
  const { widthPx, heightPx, values } = source;
  const lastX = widthPx - 1;
  const lastY = heightPx - 1;
  const isInside =
    across.first >= 0 &&
    down.first >= 0 &&
    across.first + across.count <= widthPx &&
    down.first + down.count <= heightPx;
  let sum = 0;
  for (let j = 0; j < down.count; j++) {
    const y = down.first + j;
    const rowAt = (channel * heightPx + Math.min(lastY, Math.max(0, y))) * widthPx;
    let line = 0;
    if (isInside) {
      for (let i = 0; i < across.count; i++) line += (across.weights[i] ?? 0) * (values[rowAt + across.first + i] ?? 0);
    } else {
      for (let i = 0; i < across.count; i++) {
        const x = across.first + i;
        const isBeyond = x < 0 || y < 0 || x > lastX || y > lastY;
        const value = isBeyond && outside !== "edge" ? outside : values[rowAt + Math.min(lastX, Math.max(0, x))];
        line += (across.weights[i] ?? 0) * (value ?? 0);
      }
    }
    sum += (down.weights[j] ?? 0) * line;
  }
  return sum;
}
