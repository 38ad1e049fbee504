// Frame rates as reduced fractions. 23.976 is a label; the rate is 24000/1001.
import { refused } from "../failure/index.ts";
import { greatestCommonDivisor } from "./exact.ts";

/** Frames per second as a reduced fraction of positive integers: num frames in den seconds. */
export type FrameRate = { readonly num: number; readonly den: number };

/** The rates of the trade, by the label an editor knows them by. */
export const frameRates = {
  "23.976": { num: 24000, den: 1001 },
  "24": { num: 24, den: 1 },
  "25": { num: 25, den: 1 },
  "29.97": { num: 30000, den: 1001 },
  "30": { num: 30, den: 1 },
  "47.952": { num: 48000, den: 1001 },
  "48": { num: 48, den: 1 },
  "50": { num: 50, den: 1 },
  "59.94": { num: 60000, den: 1001 },
  "60": { num: 60, den: 1 },
  "100": { num: 100, den: 1 },
  "119.88": { num: 120000, den: 1001 },
  "120": { num: 120, den: 1 },
} as const satisfies Readonly<Record<string, FrameRate>>;

/** What container formats can hold; `scaleExactly` is exact far beyond it. */
const maxRateTerm = 2 ** 31 - 1;

/** The reduced fraction num/den. Refuses what is no positive rate: "time.bad-rate". */
export const frameRate = (num: number, den: number): FrameRate => reduced(num, den) ?? refuseRate(`${num}/${den}`);

export const isRateTerm = (term: number): boolean => Number.isInteger(term) && term > 0 && term <= maxRateTerm;

function reduced(num: number, den: number): FrameRate | undefined {
  if (!(num > 0 && den > 0 && Number.isSafeInteger(num) && Number.isSafeInteger(den))) return undefined;
  const divisor = greatestCommonDivisor(num, den);
  const rate = { num: num / divisor, den: den / divisor };
  return isRateTerm(rate.num) && isRateTerm(rate.den) ? rate : undefined;
}

/**
 * Reads "24000/1001", "25", "23.976", "23.98", "29.97", "12.5". A decimal within 0.005 of N*1000/1001, N a multiple of
 * 12 or 15, means that rate: so labels with two or three places name the broadcast rates. Refuses the rest: "time.bad-rate".
 */
export const parseFrameRate = (text: string): FrameRate => readFrameRate(text) ?? refuseRate(text);

function readFrameRate(text: string): FrameRate | undefined {
  const fraction = /^\s*(\d{1,10})\s*[/:]\s*(\d{1,10})\s*$/.exec(text);
  if (fraction) return reduced(Number(fraction[1]), Number(fraction[2]));
  const decimal = /^\s*(\d{1,10})(?:\.(\d{1,9}))?\s*$/.exec(text);
  if (!decimal) return undefined;
  const places = (decimal[2] ?? "").replace(/0+$/, "");
  const broadcastRate = places === "" ? undefined : broadcastRateNear(Number(`${decimal[1]}.${places}`));
  return broadcastRate ?? reduced(Number(`${decimal[1]}${places}`), 10 ** places.length);
}

function broadcastRateNear(framesPerSecond: number): FrameRate | undefined {
  const nominal = Math.ceil(framesPerSecond);
  if (nominal % 12 !== 0 && nominal % 15 !== 0) return undefined;
  return Math.abs((nominal * 1000) / 1001 - framesPerSecond) < 0.005 ? reduced(nominal * 1000, 1001) : undefined;
}

/** "23.976", "25", "12.5"; a fraction where three places would not name the rate. `parseFrameRate` reads it back exactly. */
export function formatFrameRate(rate: FrameRate): string {
  const label = (rate.num / rate.den).toFixed(3).replace(/\.?0+$/, "");
  const named = readFrameRate(label);
  return named !== undefined && areRatesEqual(named, rate) ? label : `${rate.num}/${rate.den}`;
}

/** "≈ 24.61": of a file whose frames last differently long, where a fraction would promise more than there is. */
export const formatAverageRate = (rate: FrameRate): string => `≈ ${Number((rate.num / rate.den).toFixed(2))}`;

export const areRatesEqual = (left: FrameRate, right: FrameRate): boolean =>
  left.num === right.num && left.den === right.den;

/** For the rim (ffmpeg's arguments, labels): never to compute a position with. */
export const framesPerSecondOf = (rate: FrameRate): number => rate.num / rate.den;

/** Frames that one second of a timecode label counts: 24 at 24000/1001, 30 at 30000/1001. At least 1. */
export const nominalFramesPerSecond = (rate: FrameRate): number => Math.max(1, Math.round(rate.num / rate.den));

function refuseRate(found: string): never {
  throw refused("time.bad-rate", {
    message: `A frame rate is a positive fraction or decimal such as 24000/1001, 23.976 or 25; found "${found}".`,
    hint: "Give the rate as num/den.",
    details: { found },
  });
}
