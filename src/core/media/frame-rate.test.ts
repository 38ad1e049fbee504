// The rational rate behind rounded timestamps: found wherever there is one, and only there.
import fc from "fast-check";
import { expect, test } from "vitest";
import { frameClock, risingTicks } from "./frame-clock.ts";
import { fitFrameRate, ticksPerFrame } from "./frame-rate.ts";
import { frameRateSchema } from "../../shared/time/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";

const rates = [
  [24000, 1001],
  [24, 1],
  [25, 1],
  [30000, 1001],
  [50, 1],
  [60000, 1001],
  [60, 1],
] as const;

/** Timestamps as a container with that clock writes them. */
const gridOf = (rate: { num: number; den: number }, ticksPerSecond: number, frameCount: number) =>
  Float64Array.from({ length: frameCount }, (_, frame) => Math.round((frame * ticksPerSecond * rate.den) / rate.num));

test("every film rate is found exactly behind a millisecond clock, and no jitter is called variable", () => {
  fc.assert(
    fc.property(fc.constantFrom(...rates), fc.integer({ min: 2100, max: 5000 }), ([num, den], frameCount) => {
      const ticks = gridOf({ num, den }, 1000, frameCount);
      // The container claims nothing: only the timestamps speak.
      const fitted = fitFrameRate(ticks, { num: 1, den: 1000 }, []);
      expect(fitted).toMatchObject({ frameRate: { num, den }, isConstant: true });
    }),
    { numRuns: 40 },
  );
});

test("a short clip, which several rates would fit, has the rate that its container claims", () => {
  const ticks = gridOf({ num: 24000, den: 1001 }, 1000, 12);
  expect(fitFrameRate(ticks, { num: 1, den: 1000 }, [{ num: 24000, den: 1001 }]).frameRate).toEqual({
    num: 24000,
    den: 1001,
  });
  expect(fitFrameRate(ticks, { num: 1, den: 1000 }, [{ num: 24, den: 1 }]).frameRate).toEqual({ num: 24, den: 1 });
});

test("a claim that the timestamps contradict is not believed", () => {
  const ticks = gridOf({ num: 25, den: 1 }, 90_000, 500);
  expect(fitFrameRate(ticks, { num: 1, den: 90_000 }, [{ num: 30, den: 1 }])).toMatchObject({
    frameRate: { num: 25, den: 1 },
    isConstant: true,
  });
});

test("a rate is one that a project holds: reduced, also as claimed, and with terms that fit, also as an average", () => {
  expect(fitFrameRate(Float64Array.of(0), { num: 1, den: 90_000 }, [{ num: 50, den: 2 }]).frameRate).toEqual({
    num: 25,
    den: 1,
  });
  // An hour and a half of a telephone's film on a fine clock.
  const ticks = Float64Array.from({ length: 162_001 }, (_, frame) => frame * 33_333 + (frame % 7) * 911);
  const { frameRate, isConstant } = fitFrameRate(ticks, { num: 1, den: 999_983 }, []);
  expect(isConstant).toBe(false);
  expect(frameRateSchema.parse(frameRate)).toEqual(frameRate);
  expect(frameRate.num / frameRate.den).toBeCloseTo((162_000 * 999_983) / (ticks.at(-1) ?? 0), 6);
});

test("a missing frame makes the rate variable, and says how long the gap is", () => {
  const ticks = gridOf({ num: 25, den: 1 }, 1000, 200).filter((_, frame) => frame !== 100);
  expect(fitFrameRate(ticks, { num: 1, den: 1000 }, [{ num: 25, den: 1 }])).toMatchObject({
    isConstant: false,
    shortestTicks: 40,
    longestTicks: 80,
  });
});

test("an uncommon constant rate stays what it is", () => {
  const ticks = gridOf({ num: 15, den: 1 }, 15_360, 100);
  expect(fitFrameRate(ticks, { num: 1, den: 15_360 }, [{ num: 15, den: 1 }]).frameRate).toEqual({ num: 15, den: 1 });
});

test("one frame alone has the claimed rate", () => {
  const fitted = fitFrameRate(Float64Array.of(5), { num: 1, den: 1000 }, [{ num: 30, den: 1 }]);
  expect(fitted).toMatchObject({ frameRate: { num: 30, den: 1 }, isConstant: true });
});

const constantFacts = (firstFrameTicks: number): VideoStreamFacts => ({
  streamIndex: 0,
  codec: "h264",
  frameRate: { num: 24000, den: 1001 },
  isConstantFrameRate: true,
  frameCount: 1000,
  frameCountFrom: "packets",
  timeBase: { num: 1, den: 1000 },
  firstFrameTicks,
  codedSize: { widthPx: 16, heightPx: 16 },
  displaySize: { widthPx: 16, heightPx: 16 },
  pixelAspectRatio: { num: 1, den: 1 },
  rotationDegrees: 0,
  pixelLayout: { name: "yuv420p", bitDepth: 8, chroma: "420", hasAlpha: false },
  color: {},
  fieldOrder: "progressive",
});

test("between two frames of a rounded clock lies a boundary, also where time begins below zero", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -2000, max: 2000 }),
      fc.integer({ min: 0, max: 172_800 }),
      (firstTicks, frameIndex) => {
        const facts = constantFacts(firstTicks);
        const clock = frameClock(facts);
        const step = ticksPerFrame(facts.timeBase, facts.frameRate);
        const own = Math.round(firstTicks + frameIndex * step);
        expect(clock.frameAt(own)).toBe(frameIndex);
        expect(clock.boundaryTicks(frameIndex)).toBeLessThanOrEqual(own);
        expect(clock.boundaryTicks(frameIndex + 1)).toBeGreaterThan(own);
      },
    ),
  );
});

test("a variable clock knows its own timestamps, a tick beside them, and nothing else", () => {
  const ticks = risingTicks(Float64Array.of(0, 40, 40, 200));
  expect([...ticks]).toEqual([0, 40, 41, 200]);
  const clock = frameClock({ ...constantFacts(0), isConstantFrameRate: false }, ticks);
  expect([0, 40, 41, 200, 201, 199].map(clock.frameAt)).toEqual([0, 1, 2, 3, 3, 3]);
  expect(clock.frameAt(100)).toBeNaN();
  expect(clock.boundaryTicks(4)).toBe(201);
});
