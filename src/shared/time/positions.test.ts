// Rules of positions: exact for 24 hours at every rate, one stated rounding, seconds that survive six decimals.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scaleExactly } from "./exact.ts";
import type { Rounding } from "./exact.ts";
import { frameRates } from "./frame-rate.ts";
import {
  convertFrame,
  convertSample,
  frameToSample,
  frameToSeconds,
  sampleToFrame,
  sampleToSeconds,
  secondsToFrame,
  secondsToSample,
} from "./positions.ts";
import type { Frame, SampleIndex } from "./positions.ts";

const rateArbitrary = fc.constantFrom(...Object.values(frameRates));
const sampleRateArbitrary = fc.constantFrom(8000, 16000, 22050, 44100, 48000, 96000, 192000);
const roundingArbitrary = fc.constantFrom<Rounding[]>("floor", "nearest", "ceil");
const dayFramesArbitrary = fc.integer({ min: -86_400 * 120, max: 86_400 * 120 });

const floorDivide = (num: bigint, den: bigint) => num / den - (num % den < 0n ? 1n : 0n);

/** position * num * num / den[0] / den[1], the long way. */
function scaleByBigInt(position: number, by: { num: number; den: [number, number] }, rounding: Rounding): bigint {
  const product = BigInt(position) * BigInt(by.num) ** 2n;
  const den = BigInt(by.den[0]) * BigInt(by.den[1]);
  if (rounding === "floor") return floorDivide(product, den);
  return rounding === "ceil" ? -floorDivide(-product, den) : floorDivide(2n * product + den, 2n * den);
}

describe("scaleExactly", () => {
  test("agrees with BigInt for any value, scale and rounding", () => {
    const factor = fc.integer({ min: 1, max: 2 ** 31 - 1 });
    const value = fc.integer({ min: -(2 ** 40), max: 2 ** 40 });
    fc.assert(
      fc.property(value, factor, fc.tuple(factor, factor), roundingArbitrary, (position, num, den, rounding) => {
        const expected = scaleByBigInt(position, { num, den }, rounding);
        fc.pre(Number.isSafeInteger(Number(expected)));
        expect(BigInt(scaleExactly(position, { num: [num, num], den }, rounding))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    [-1, "floor", -1],
    [-1, "nearest", 0],
    [-1, "ceil", 0],
    [1, "floor", 0],
    [1, "nearest", 1],
    [1, "ceil", 1],
  ] as const)("halves %i/2 by %s to %i, never to -0", (value, rounding, expected) => {
    expect(scaleExactly(value, { num: [1, 1], den: [2, 1] }, rounding)).toBe(expected);
  });

  test("is a bug to call with a fraction of a frame", () => {
    expect(() => scaleExactly(0.5, { num: [1, 1], den: [2, 1] }, "floor")).toThrow("safe integer");
  });
});

describe("frames and samples", () => {
  test("at 30000/1001 and 48 kHz five frames are 8,008 samples, one is 1601.6", () => {
    const by = { rate: frameRates["29.97"], sampleRateHz: 48000 };
    const floors = [0, 1, 2, 3, 4, 5].map((frame) => frameToSample(frame, { ...by, rounding: "floor" }));
    const nearest = [0, 1, 2, 3, 4, 5].map((frame) => frameToSample(frame, { ...by, rounding: "nearest" }));
    expect(floors).toEqual([0, 1601, 3203, 4804, 6406, 8008]);
    expect(nearest).toEqual([0, 1602, 3203, 4805, 6406, 8008]);
  });

  test("the frame on screen at the first sample of a frame is that frame", () => {
    fc.assert(
      fc.property(dayFramesArbitrary, rateArbitrary, sampleRateArbitrary, (frame, rate, sampleRateHz) => {
        const sample = frameToSample(frame, { rate, sampleRateHz, rounding: "ceil" });
        expect(sampleToFrame(sample, { rate, sampleRateHz, rounding: "floor" })).toBe(frame);
        expect(sampleToFrame(sample - 1, { rate, sampleRateHz, rounding: "floor" })).toBe(frame - 1);
      }),
    );
  });

  test("24 hours at 192 kHz stay exact", () => {
    const by = { rate: frameRates["119.88"], sampleRateHz: 192000, rounding: "floor" } as const;
    expect(frameToSample(86_400 * 120, by)).toBe(Number((86_400n * 120n * 1001n * 192000n) / 120000n));
  });

  test("a frame survives a finer rate and back", () => {
    fc.assert(
      fc.property(dayFramesArbitrary, rateArbitrary, (frame, fromRate) => {
        const finer = convertFrame(frame, { fromRate, toRate: { num: 1000, den: 1 }, rounding: "nearest" });
        const back = convertFrame(finer, { fromRate: { num: 1000, den: 1 }, toRate: fromRate, rounding: "nearest" });
        expect(back).toBe(frame);
      }),
    );
  });

  test("48 kHz to 44.1 kHz is 147 samples for 160", () => {
    expect(convertSample(160, { fromHz: 48000, toHz: 44100, rounding: "floor" })).toBe(147);
    expect(convertSample(161, { fromHz: 48000, toHz: 44100, rounding: "ceil" })).toBe(148);
  });

  test("a sample index is not taken for a frame by the compiler", () => {
    const sample: SampleIndex = 48000;
    // @ts-expect-error a SampleIndex is no Frame
    const frame: Frame = sample;
    const plain: Frame = 12;
    expect([frame, plain + 1]).toEqual([48000, 13]);
  });
});

describe("seconds at the rim", () => {
  test("a frame's begin printed with six decimals is that frame, however it is rounded", () => {
    fc.assert(
      fc.property(dayFramesArbitrary, rateArbitrary, roundingArbitrary, (frame, rate, rounding) => {
        const printed = Number(frameToSeconds(frame, rate).toFixed(6));
        expect(secondsToFrame(printed, rate, rounding)).toBe(frame);
      }),
    );
  });

  test("a sample survives seconds over 24 hours at 192 kHz", () => {
    const sampleArbitrary = fc.integer({ min: 0, max: 86_400 * 192_000 });
    fc.assert(
      fc.property(sampleArbitrary, sampleRateArbitrary, roundingArbitrary, (sample, sampleRateHz, rounding) => {
        expect(secondsToSample(sampleToSeconds(sample, sampleRateHz), sampleRateHz, rounding)).toBe(sample);
      }),
    );
  });

  test("between two frames the rounding decides", () => {
    expect(secondsToFrame(0.05, frameRates["25"], "floor")).toBe(1);
    expect(secondsToFrame(0.05, frameRates["25"], "ceil")).toBe(2);
    expect(secondsToFrame(0.06, frameRates["25"], "nearest")).toBe(2);
    expect(secondsToFrame(-0.05, frameRates["25"], "floor")).toBe(-2);
  });
});
