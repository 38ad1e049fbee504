// Finds the exact rational rate behind a stream's timestamps, or that there is none.
import type { Fraction } from "./ffprobe-report.ts";

/** Rates films and broadcasts are made at. A rounded timestamp grid is read as one of these where it fits. */
const standardRates: readonly Fraction[] = [
  { num: 24000, den: 1001 },
  { num: 24, den: 1 },
  { num: 25, den: 1 },
  { num: 30000, den: 1001 },
  { num: 30, den: 1 },
  { num: 48000, den: 1001 },
  { num: 48, den: 1 },
  { num: 50, den: 1 },
  { num: 60000, den: 1001 },
  { num: 60, den: 1 },
  { num: 100, den: 1 },
  { num: 120000, den: 1001 },
  { num: 120, den: 1 },
];

/** As shared/time holds it. */
const largestRateTerm = 2 ** 31 - 1;

export type FittedRate = {
  readonly frameRate: Fraction;
  readonly isConstant: boolean;
  /** Between neighbouring frames, in ticks. */
  readonly shortestTicks: number;
  readonly longestTicks: number;
};

/** Timestamps rounded to a tick may lie up to one tick off a grid that starts on a rounded timestamp, too. */
const gridToleranceTicks = 1.001;

/**
 * Fits ascending frame timestamps with a constant rate. `claims` are the container's own words, best first; a claim is
 * believed only when every timestamp lies on its grid. Without a fit the rate is the average one and not constant.
 */
export function fitFrameRate(ticks: Float64Array, timeBase: Fraction, claims: readonly Fraction[]): FittedRate {
  const { shortestTicks, longestTicks } = intervals(ticks);
  const claimed = claims[0] ?? { num: 25, den: 1 };
  if (ticks.length < 2) return { frameRate: heldRate(claimed), isConstant: true, shortestTicks: 0, longestTicks: 0 };
  const spanTicks = (ticks.at(-1) ?? 0) - (ticks[0] ?? 0);
  const measuredFps = ((ticks.length - 1) * timeBase.den) / (spanTicks * timeBase.num);
  const isStandard = (rate: Fraction) => standardRates.some((standard) => isSameRate(standard, rate));
  const nearest = standardRates.toSorted((a, b) => fpsDistance(a, measuredFps) - fpsDistance(b, measuredFps));
  const candidates = [...claims.filter(isStandard), ...nearest.slice(0, 3), ...claims];
  const fitting = candidates.find((rate) => fitsGrid(ticks, timeBase, rate));
  if (fitting) return { frameRate: heldRate(fitting), isConstant: true, shortestTicks, longestTicks };
  const average = heldRate({ num: (ticks.length - 1) * timeBase.den, den: Math.max(1, spanTicks * timeBase.num) });
  return { frameRate: average, isConstant: false, shortestTicks, longestTicks };
}

/** Ticks from one frame to the next at `rate`; seldom whole: 41.708 in a millisecond clock at 24000/1001. */
export const ticksPerFrame = (timeBase: Fraction, rate: Fraction): number =>
  (timeBase.den * rate.den) / (timeBase.num * rate.num);

function fitsGrid(ticks: Float64Array, timeBase: Fraction, rate: Fraction): boolean {
  const stepTicks = ticksPerFrame(timeBase, rate);
  const firstTicks = ticks[0] ?? 0;
  // Two frames on one tick would pass as a rounded grid.
  if (stepTicks < 0.999) return false;
  return ticks.every((tick, frame) => Math.abs(tick - firstTicks - frame * stepTicks) <= gridToleranceTicks);
}

function intervals(ticks: Float64Array): { shortestTicks: number; longestTicks: number } {
  let [shortestTicks, longestTicks] = [Infinity, 0];
  for (let frame = 1; frame < ticks.length; frame += 1) {
    const interval = (ticks[frame] ?? 0) - (ticks[frame - 1] ?? 0);
    shortestTicks = Math.min(shortestTicks, interval);
    longestTicks = Math.max(longestTicks, interval);
  }
  return ticks.length < 2 ? { shortestTicks: 0, longestTicks: 0 } : { shortestTicks, longestTicks };
}

const isSameRate = (a: Fraction, b: Fraction) => a.num * b.den === b.num * a.den;
const fpsDistance = (rate: Fraction, fps: number) => Math.abs(rate.num / rate.den - fps);

/** The nearest rate whose terms a project holds: an average over an hour of ticks has more digits than it has meaning. */
function heldRate(rate: Fraction): Fraction {
  const { num, den } = reduced(rate);
  if (Math.max(num, den) <= largestRateTerm) return { num, den };
  return heldRate({ num: Math.max(1, num / 2), den: Math.max(1, den / 2) });
}

export function reduced({ num, den }: Fraction): Fraction {
  let [larger, smaller] = [Math.round(num), Math.round(den)];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return { num: Math.round(num) / larger, den: Math.round(den) / larger };
}
