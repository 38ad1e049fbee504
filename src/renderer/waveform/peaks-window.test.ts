// Peaks lie under the frames they sound with, whatever the zoom, the rate and the offset of the stream.
import { expect, test } from "vitest";
import { frameRates } from "../../shared/time/index.ts";
import { peaksQuestion, pxOfBucket } from "./peaks-window.ts";

const rate = frameRates["23.976"];
const stream = { sampleCount: 10_000_000, sampleRateHz: 48_000, startOffsetSamples: 0 };
const view = { startFrame: 1000, framesPerPx: 1, widthPx: 800 };

test("a window asks for its own samples and half a window more on either side, one bucket per device pixel", () => {
  expect(peaksQuestion(view, stream, { rate, pixelRatio: 2 })).toEqual({
    startSample: 600 * 2002,
    endSample: 2200 * 2002,
    buckets: 3200,
  });
});

test("nothing is asked where the stream has ended or not begun", () => {
  const far = { ...view, startFrame: 1_000_000 };
  expect(peaksQuestion(far, stream, { rate, pixelRatio: 1 })).toBeUndefined();
  const late = { ...stream, startOffsetSamples: 9_000_000 };
  expect(peaksQuestion(view, late, { rate, pixelRatio: 1 })).toBeUndefined();
});

test("no more buckets are asked for than the contract allows, nor than there are samples", () => {
  const wide = { startFrame: 0, framesPerPx: 0.0001, widthPx: 40_000 };
  expect(peaksQuestion(wide, stream, { rate, pixelRatio: 2 })?.buckets).toBeLessThanOrEqual(16_384);
  const close = { startFrame: 0, framesPerPx: 1 / 4800, widthPx: 4000 };
  const question = peaksQuestion(close, stream, { rate, pixelRatio: 2 });
  expect(question?.buckets).toBeLessThanOrEqual((question?.endSample ?? 0) - (question?.startSample ?? 0));
});

test("the bucket of a frame's first sample begins where the frame begins on screen", () => {
  const peaks = { startSample: 1000 * 2002, samplesPerBucket: 2002, sampleRateHz: 48_000 };
  expect(pxOfBucket(10, peaks, { view, rate, startOffsetSamples: 0 })).toBeCloseTo(10);
  expect(pxOfBucket(10, peaks, { view, rate, startOffsetSamples: 2002 })).toBeCloseTo(11);
});
