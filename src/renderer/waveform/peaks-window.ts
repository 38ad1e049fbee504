// Which samples to ask peaks for, and where the buckets that come back lie on screen. Pure.
import type { AudioStreamFacts } from "../../shared/project/index.ts";
import { frameToSample } from "../../shared/time/index.ts";
import type { Frame, FrameRate } from "../../shared/time/index.ts";
import { pxOfFrame, visibleFrames } from "./viewport.ts";
import type { Viewport } from "./viewport.ts";

/** Peaks of a stretch of a stream, as `media.peaks` answers. */
export type PeaksWindow = {
  readonly startSample: number;
  readonly samplesPerBucket: number;
  readonly sampleRateHz: number;
  /** Per channel, minimum and maximum of each bucket in turn, -1..1. */
  readonly channels: readonly (readonly number[])[];
};

export type PeaksQuestion = { readonly startSample: number; readonly endSample: number; readonly buckets: number };

type Stream = Pick<AudioStreamFacts, "sampleCount" | "sampleRateHz" | "startOffsetSamples">;

const mostBuckets = 16_384;
/** Half a window more on either side, so that scrolling finds something there. */
const marginRatio = 0.5;

/** Undefined when none of the stream lies in the window. One bucket per device pixel. */
export function peaksQuestion(
  view: Viewport,
  stream: Stream,
  { rate, pixelRatio }: { readonly rate: FrameRate; readonly pixelRatio: number },
): PeaksQuestion | undefined {
  const marginFrames = visibleFrames(view) * marginRatio;
  const sampleOf = (frame: Frame) =>
    frameToSample(Math.round(frame), { rate, sampleRateHz: stream.sampleRateHz, rounding: "floor" }) -
    stream.startOffsetSamples;
  const startSample = Math.max(0, sampleOf(Math.floor(view.startFrame - marginFrames)));
  const endFrame = Math.ceil(view.startFrame + visibleFrames(view) + marginFrames);
  const endSample = Math.min(stream.sampleCount, sampleOf(endFrame));
  if (endSample <= startSample) return undefined;
  const wished = Math.ceil(view.widthPx * pixelRatio * (1 + 2 * marginRatio));
  return { startSample, endSample, buckets: Math.min(mostBuckets, Math.max(1, wished), endSample - startSample) };
}

/** Buckets lie on a grid of their own size from the stream's first sample: the first one covers the sample asked for. */
export const firstSampleOf = ({ startSample }: PeaksQuestion, samplesPerBucket: number): number =>
  Math.floor(startSample / samplesPerBucket) * samplesPerBucket;

/** Left edge of a bucket on screen. */
export function pxOfBucket(
  bucketIndex: number,
  peaks: Omit<PeaksWindow, "channels">,
  at: { readonly view: Viewport; readonly rate: FrameRate; readonly startOffsetSamples: number },
): number {
  const sample = peaks.startSample + bucketIndex * peaks.samplesPerBucket + at.startOffsetSamples;
  const frame = (sample * at.rate.num) / (peaks.sampleRateHz * at.rate.den);
  return pxOfFrame(frame, at.view);
}
