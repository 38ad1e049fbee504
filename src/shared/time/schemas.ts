// What crosses a boundary as time, checked: rates are reduced, positions and durations are safe integers.
import { z } from "zod";
import { greatestCommonDivisor } from "./exact.ts";
import { isRateTerm } from "./frame-rate.ts";
import type { FrameRate } from "./frame-rate.ts";
import type { Frame, SampleIndex } from "./positions.ts";
import type { FrameRange, SampleRange } from "./ranges.ts";

const rateTermSchema = z.int().refine(isRateTerm, "a term of a frame rate is an integer from 1 to 2147483647");

export const frameRateSchema: z.ZodType<FrameRate> = z
  .strictObject({ num: rateTermSchema, den: rateTermSchema })
  .refine(({ num, den }) => greatestCommonDivisor(num, den) === 1, "a frame rate is a reduced fraction");

/** Index of a picture of a reel: 0 or more. */
export const frameSchema: z.ZodType<Frame> = z.int().nonnegative();
export const sampleIndexSchema: z.ZodType<SampleIndex> = z.int().nonnegative();

export const frameRangeSchema: z.ZodType<FrameRange> = z
  .strictObject({ startFrame: z.int().nonnegative(), durationFrames: z.int().nonnegative() })
  .refine((range) => Number.isSafeInteger(range.startFrame + range.durationFrames), "a range ends below 2^53");

export const sampleRangeSchema: z.ZodType<SampleRange> = z
  .strictObject({ startSample: z.int().nonnegative(), durationSamples: z.int().nonnegative() })
  .refine((range) => Number.isSafeInteger(range.startSample + range.durationSamples), "a range ends below 2^53");

export const timecodeCountingSchema = z.enum(["drop", "non-drop"]);
