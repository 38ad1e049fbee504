// Between a media element's seconds and frames: the one place where the player leaves integers.
import { frameToSeconds, secondsToFrame } from "../../shared/time/index.ts";
import type { FrameRate } from "../../shared/time/index.ts";

type Counted = { readonly rate: FrameRate; readonly frameCount: number };

export const clampFrame = (frameIndex: number, frameCount: number): number =>
  Math.min(frameCount - 1, Math.max(0, Math.round(frameIndex)));

/** The frame whose timestamp an element reports. Timestamps are rounded to the file's ticks, so the nearest one is meant. */
export const frameOfTimestamp = (seconds: number, { rate, frameCount }: Counted): number =>
  clampFrame(secondsToFrame(seconds, rate, "nearest"), frameCount);

/** The frame on screen at a moment between timestamps. */
export const frameAtSeconds = (seconds: number, { rate, frameCount }: Counted): number =>
  clampFrame(secondsToFrame(seconds, rate, "floor"), frameCount);

/**
 * Where to send an element so that it shows a frame: its middle. At the edge, rounding in the element or in the file's
 * ticks would decide between two frames.
 */
export const seekSecondsOf = (frameIndex: number, rate: FrameRate): number => frameToSeconds(frameIndex + 0.5, rate);
