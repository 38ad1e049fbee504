// Rules of frame rates: what texts mean which fraction, and that labels read back exactly.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatFrameRate, frameRate, frameRates, nominalFramesPerSecond, parseFrameRate } from "./frame-rate.ts";
import { frameRangeSchema, frameRateSchema } from "./schemas.ts";

const termArbitrary = fc.integer({ min: 1, max: 2 ** 31 - 1 });

describe("parseFrameRate", () => {
  test.each([
    ["24000/1001", 24000, 1001],
    ["23.976", 24000, 1001],
    ["23.98", 24000, 1001],
    ["23.976023976", 24000, 1001],
    ["24", 24, 1],
    ["24.000", 24, 1],
    ["25", 25, 1],
    ["50/2", 25, 1],
    ["29.97", 30000, 1001],
    ["47.95", 48000, 1001],
    ["59.94", 60000, 1001],
    ["119.88", 120000, 1001],
    ["12.5", 25, 2],
    [" 30000:1001 ", 30000, 1001],
    ["24.99", 2499, 100],
    ["0.5", 1, 2],
  ])("reads %s", (text, num, den) => {
    expect(parseFrameRate(text)).toEqual({ num, den });
  });

  test.each(["", "0", "0/0", "25/0", "-25", "fast", "25,5", "1e3", "NaN", "0.000", "99999999999", "4294967296/1"])(
    "refuses %j and says what it found",
    (text) => {
      expect(() => parseFrameRate(text)).toThrow(expect.objectContaining({ kind: "refused", code: "time.bad-rate" }));
    },
  );

  test("reads every label that formatFrameRate writes back as the same rate", () => {
    fc.assert(
      fc.property(termArbitrary, termArbitrary, (num, den) => {
        const rate = frameRate(num, den);
        expect(parseFrameRate(formatFrameRate(rate))).toEqual(rate);
      }),
    );
  });
});

test("the named rates are reduced and labelled by their names", () => {
  for (const [label, rate] of Object.entries(frameRates)) {
    expect(frameRate(rate.num, rate.den)).toEqual(rate);
    expect(formatFrameRate(rate)).toBe(label);
    expect(parseFrameRate(label)).toEqual(rate);
  }
});

test("a second of timecode counts the whole number of frames nearest the rate", () => {
  const nominal = Object.values(frameRates).map(nominalFramesPerSecond);
  expect(nominal.toSorted((a, b) => a - b)).toEqual([24, 24, 25, 30, 30, 48, 48, 50, 60, 60, 100, 120, 120]);
  expect(nominalFramesPerSecond({ num: 1, den: 10 })).toBe(1);
});

test("only reduced positive fractions cross a boundary as rates", () => {
  expect(frameRateSchema.safeParse({ num: 24000, den: 1001 }).success).toBe(true);
  for (const bad of [{ num: 50, den: 2 }, { num: 0, den: 1 }, { num: 23.976, den: 1 }, { num: 25 }, null]) {
    expect(frameRateSchema.safeParse(bad).success).toBe(false);
  }
});

test("only whole frames at or after 0 cross a boundary as ranges", () => {
  expect(frameRangeSchema.safeParse({ startFrame: 0, durationFrames: 0 }).success).toBe(true);
  for (const bad of [
    { startFrame: -1, durationFrames: 5 },
    { startFrame: 0.5, durationFrames: 5 },
    { startFrame: 0, durationFrames: 5, endFrame: 5 },
    { startFrame: Number.MAX_SAFE_INTEGER, durationFrames: 1 },
  ]) {
    expect(frameRangeSchema.safeParse(bad).success).toBe(false);
  }
});
