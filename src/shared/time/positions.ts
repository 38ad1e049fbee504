// Positions in time: frames at a rate, samples at a rate, and the exact ways between them.
import { scaleExactly } from "./exact.ts";
import type { Rounding } from "./exact.ts";
import type { FrameRate } from "./frame-rate.ts";

declare const positionUnit: unique symbol;

/** Index of a picture at its reel's rate. A plain number may become one; a SampleIndex may not. */
export type Frame = number & { readonly [positionUnit]?: "frame" };

/** Index of an audio sample at its sample rate. A plain number may become one; a Frame may not. */
export type SampleIndex = number & { readonly [positionUnit]?: "sample" };

export type FrameToSample = { readonly rate: FrameRate; readonly sampleRateHz: number; readonly rounding: Rounding };
export type FrameToFrame = { readonly fromRate: FrameRate; readonly toRate: FrameRate; readonly rounding: Rounding };

/** The sample at which a frame begins. At 30000/1001 and 48 kHz a frame is 1601.6 samples: convert positions, add nothing. */
export function frameToSample(frame: Frame, by: FrameToSample): SampleIndex {
  return scaleExactly(frame, { num: [by.rate.den, by.sampleRateHz], den: [by.rate.num, 1] }, by.rounding);
}

/** The frame at a sample. `floor` gives the frame that is on screen while the sample sounds. */
export function sampleToFrame(sample: SampleIndex, by: FrameToSample): Frame {
  return scaleExactly(sample, { num: [by.rate.num, 1], den: [by.rate.den, by.sampleRateHz] }, by.rounding);
}

/** The frame at another rate. `floor` gives the frame that is on screen when ours begins. */
export function convertFrame(frame: Frame, by: FrameToFrame): Frame {
  const num = [by.toRate.num, by.fromRate.den] as const;
  return scaleExactly(frame, { num, den: [by.toRate.den, by.fromRate.num] }, by.rounding);
}

/** The sample at another sample rate. */
export function convertSample(
  sample: SampleIndex,
  by: { readonly fromHz: number; readonly toHz: number; readonly rounding: Rounding },
): SampleIndex {
  return scaleExactly(sample, { num: [by.toHz, 1], den: [by.fromHz, 1] }, by.rounding);
}

/** For the rim only. */
export const frameToSeconds = (frame: Frame, rate: FrameRate): number => (frame * rate.den) / rate.num;

/** For the rim only. */
export const sampleToSeconds = (sample: SampleIndex, sampleRateHz: number): number => sample / sampleRateHz;

/**
 * From the rim. Times printed by media tools carry six decimals, so a time within a microsecond of a frame's begin is
 * that frame's begin, however it would have rounded.
 */
export function secondsToFrame(seconds: number, rate: FrameRate, rounding: Rounding): Frame {
  const exact = (seconds * rate.num) / rate.den;
  return snapThenRound(exact, (1e-6 * rate.num) / rate.den, rounding);
}

/** From the rim. A time within a ten-thousandth of a sample of one is that sample: what doubles lose over 24 h at 192 kHz. */
export const secondsToSample = (seconds: number, sampleRateHz: number, rounding: Rounding): SampleIndex =>
  snapThenRound(seconds * sampleRateHz, 1e-4, rounding);

function snapThenRound(exact: number, tolerance: number, rounding: Rounding): number {
  const nearest = Math.floor(exact + 0.5);
  if (rounding === "nearest" || Math.abs(exact - nearest) <= tolerance) return nearest + 0;
  return (rounding === "floor" ? Math.floor(exact) : Math.ceil(exact)) + 0;
}
