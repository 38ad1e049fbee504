// Frames and an element's seconds: every frame of a reel goes there and comes back, at every rate.
import fc from "fast-check";
import { expect, test } from "vitest";
import { frameRates, frameToSeconds } from "../../shared/time/index.ts";
import { clampFrame, frameAtSeconds, frameOfTimestamp, seekSecondsOf } from "./frame-clock.ts";

const frameCount = 24 * 3600 * 60;
const anyRate = fc.constantFrom(...Object.values(frameRates));
const anyFrame = fc.integer({ min: 0, max: frameCount - 1 });

test("a timestamp rounded to a file's ticks, 90 000 a second or microseconds, still names its frame", () => {
  fc.assert(
    fc.property(anyRate, anyFrame, fc.constantFrom(90_000, 1_000_000), (rate, frameIndex, ticks) => {
      const rounded = Math.round(frameToSeconds(frameIndex, rate) * ticks) / ticks;
      expect(frameOfTimestamp(rounded, { rate, frameCount })).toBe(frameIndex);
    }),
  );
});

test("a seek goes to the middle of its frame, a quarter of a frame from either neighbour at least", () => {
  fc.assert(
    fc.property(anyRate, anyFrame, (rate, frameIndex) => {
      const seconds = seekSecondsOf(frameIndex, rate);
      const quarterSeconds = rate.den / rate.num / 4;
      for (const near of [seconds - quarterSeconds, seconds, seconds + quarterSeconds])
        expect(frameAtSeconds(near, { rate, frameCount })).toBe(frameIndex);
    }),
  );
});

test("no frame before the first or after the last is ever asked for", () => {
  expect([-5, 0, 9.4, 10, 99].map((frameIndex) => clampFrame(frameIndex, 10))).toEqual([0, 0, 9, 9, 9]);
});
