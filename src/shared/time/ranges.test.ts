// Rules of ranges: the algebra does what sets of frames do, in normal form.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameRates } from "./frame-rate.ts";
import {
  containsFrame,
  containsRange,
  convertRange,
  doRangesOverlap,
  endFrameOf,
  framesCoveringSamples,
  hull,
  intersect,
  intersectRanges,
  rangeBetween,
  rangeToSamples,
  shiftRange,
  splitRange,
  subtractRanges,
  uniteRanges,
  withHandles,
} from "./ranges.ts";
import type { FrameRange } from "./ranges.ts";

const rangeArbitrary = fc.record({
  startFrame: fc.integer({ min: -5, max: 40 }),
  durationFrames: fc.integer({ min: 0, max: 12 }),
});
const rangesArbitrary = fc.array(rangeArbitrary, { maxLength: 8 });
const rateArbitrary = fc.constantFrom(...Object.values(frameRates));

const framesOf = (ranges: readonly FrameRange[]): Set<number> =>
  new Set(ranges.flatMap((range) => Array.from({ length: range.durationFrames }, (_, i) => range.startFrame + i)));

function expectNormalForm(ranges: readonly FrameRange[]) {
  for (const [index, range] of ranges.entries()) {
    expect(range.durationFrames).toBeGreaterThan(0);
    const previous = ranges[index - 1];
    if (previous) expect(range.startFrame).toBeGreaterThan(endFrameOf(previous));
  }
}

describe("lists of ranges", () => {
  test.each([
    ["uniteRanges", (a: readonly FrameRange[], b: readonly FrameRange[]) => uniteRanges([...a, ...b]), "union"],
    ["intersectRanges", intersectRanges, "intersection"],
    ["subtractRanges", subtractRanges, "difference"],
  ] as const)("%s does what it does to sets of frames, in normal form", (_, operate, setOperation) => {
    fc.assert(
      fc.property(rangesArbitrary, rangesArbitrary, (left, right) => {
        const result = operate(left, right);
        const [lefts, rights] = [framesOf(left), framesOf(right)];
        const inLeft = (frame: number) => lefts.has(frame);
        const inRight = (frame: number) => rights.has(frame);
        const holds = {
          union: (frame: number) => inLeft(frame) || inRight(frame),
          intersection: (frame: number) => inLeft(frame) && inRight(frame),
          difference: (frame: number) => inLeft(frame) && !inRight(frame),
        }[setOperation];
        expect([...framesOf(result)]).toEqual(Array.from({ length: 70 }, (__, i) => i - 6).filter(holds));
        expectNormalForm(result);
      }),
      { numRuns: 500 },
    );
  });
});

describe("two ranges", () => {
  test("share the frames that both hold, and overlap when there are any", () => {
    fc.assert(
      fc.property(rangeArbitrary, rangeArbitrary, (left, right) => {
        const both = intersect(left, right);
        const rights = framesOf([right]);
        const expected = [...framesOf([left])].filter((frame) => rights.has(frame));
        expect(both ? [...framesOf([both])] : []).toEqual(expected);
        expect(doRangesOverlap(left, right)).toBe(expected.length > 0);
      }),
    );
  });

  test("lie in their hull", () => {
    fc.assert(
      fc.property(rangeArbitrary, rangeArbitrary, (left, right) => {
        const around = hull(left, right);
        expect([containsRange(around, left), containsRange(around, right)]).toEqual([true, true]);
      }),
    );
  });
});

describe("one range", () => {
  test("holds its start and not its end", () => {
    const range = rangeBetween(10, 20);
    expect(range).toEqual({ startFrame: 10, durationFrames: 10 });
    expect([9, 10, 19, 20].map((frame) => containsFrame(range, frame))).toEqual([false, true, true, false]);
  });

  test("shifted there and back is itself", () => {
    fc.assert(
      fc.property(rangeArbitrary, fc.integer(), (range, shiftFrames) => {
        expect(shiftRange(shiftRange(range, shiftFrames), -shiftFrames)).toEqual(range);
      }),
    );
  });

  test("is never longer than its bounds with handles", () => {
    const bounds = rangeBetween(0, 100);
    expect(withHandles(rangeBetween(5, 98), 8, bounds)).toEqual(rangeBetween(0, 100));
    expect(withHandles(rangeBetween(50, 60), 8, bounds)).toEqual(rangeBetween(42, 68));
  });

  test("splits into parts that tile it", () => {
    fc.assert(
      fc.property(rangeArbitrary, fc.integer({ min: 1, max: 20 }), (range, partFrames) => {
        const parts = splitRange(range, partFrames);
        expect([...framesOf(parts)]).toEqual([...framesOf([range])]);
        expect(parts.slice(0, -1).every((part) => part.durationFrames === partFrames)).toBe(true);
      }),
    );
  });

  test("cannot end before it starts", () => {
    expect(() => rangeBetween(5, 4)).toThrow("ends at or after its start");
  });
});

describe("ranges at another rate", () => {
  test("that touch still touch, so sound tiles without a gap", () => {
    fc.assert(
      fc.property(rangeArbitrary, fc.integer({ min: 0, max: 500 }), rateArbitrary, (range, durationFrames, rate) => {
        const next = { startFrame: endFrameOf(range), durationFrames };
        const by = { rate, sampleRateHz: 44100, rounding: "nearest" } as const;
        const samples = rangeToSamples(range, by);
        expect(rangeToSamples(next, by).startSample).toBe(samples.startSample + samples.durationSamples);
        const toFrames = { fromRate: rate, toRate: frameRates["25"], rounding: "floor" } as const;
        expect(convertRange(next, toFrames).startFrame).toBe(endFrameOf(convertRange(range, toFrames)));
      }),
    );
  });

  test("cover a stretch of sound with the frames on screen while it sounds", () => {
    const by = { rate: frameRates["25"], sampleRateHz: 48000 };
    expect(framesCoveringSamples({ startSample: 1919, durationSamples: 2 }, by)).toEqual(rangeBetween(0, 2));
    expect(framesCoveringSamples({ startSample: 1920, durationSamples: 1920 }, by)).toEqual(rangeBetween(1, 2));
  });
});
