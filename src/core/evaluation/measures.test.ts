// Rules of the measures that need no sync network.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { blendMask } from "../faces/index.ts";
import { allocateYuvPlanes } from "../native/index.ts";
import type { YuvFormat, YuvPicture } from "../native/index.ts";
import { changedOutside, correlation, createSteadinessMeter, frameLevels, mouthCorrelation } from "./index.ts";
import { viewToFrame } from "./face-view.ts";

describe("correlation", () => {
  const waves = Array.from({ length: 40 }, (_, at) => Math.sin(at));

  test("is 1 for the same shape at any scale, -1 for its mirror, near 0 for another", () => {
    expect(
      correlation(
        waves,
        waves.map((value) => 3 * value + 7),
      ),
    ).toBeCloseTo(1);
    expect(
      correlation(
        waves,
        waves.map((value) => -value),
      ),
    ).toBeCloseTo(-1);
    const cosine = waves.map((_, at) => Math.cos(at));
    expect(Math.abs(correlation(waves, cosine) ?? NaN)).toBeLessThan(0.1);
  });

  test("leaves out what was not measured, and says nothing of too little or of what never changes", () => {
    const torn = waves.map((value, at) => (at % 3 === 0 ? NaN : value));
    expect(correlation(torn, waves)).toBeCloseTo(1);
    expect(correlation(waves.slice(0, 7), waves)).toBeUndefined();
    expect(
      correlation(
        waves,
        waves.map(() => 0.3),
      ),
    ).toBeUndefined();
  });
});

test("levels are those of each frame's own sound, from silence at 0 to full scale at 1", () => {
  const picture = { frameRate: { num: 25, den: 1 }, frameCount: 6, sampleRateHz: 16_000 };
  const samples = new Float32Array(6 * 640).fill(0).map((_, at) => (at >= 3 * 640 ? (at % 2 === 0 ? 1 : -1) : 0));
  const levels = [...frameLevels(samples, picture)].map((level) => Math.round(100 * level));
  expect(levels).toEqual([0, 0, 0, 100, 100, 100]);
  expect(frameLevels(new Float32Array(0), picture).every((level) => level === 0)).toBe(true);
});

describe("a mouth", () => {
  const rate = { num: 25, den: 1 };
  const speaks = (frame: number) => frame % 50 < 25;
  const levels = Float32Array.from({ length: 200 }, (_, frame) => (speaks(frame) ? 0.8 : 0.1));
  const openings = (mouth: (frame: number) => number) => Array.from({ length: 200 }, (_, frame) => mouth(frame));

  test("that moves with the words correlates with them, whether it rests open or shut", () => {
    for (const rest of [0, 0.08]) {
      const mouth = openings((frame) => (speaks(frame) ? 0.04 + 0.03 * Math.sin(1.3 * frame) : rest));
      expect(mouthCorrelation(mouth, levels, rate)).toBeGreaterThan(0.7);
    }
  });

  test("that moves in the pauses correlates against them; one that never moves says nothing", () => {
    const babbles = openings((frame) => (speaks(frame) ? 0 : 0.04 + 0.03 * Math.sin(1.3 * frame)));
    expect(mouthCorrelation(babbles, levels, rate)).toBeLessThan(-0.7);
    expect(
      mouthCorrelation(
        openings(() => 0.05),
        levels,
        rate,
      ),
    ).toBeUndefined();
  });
});

describe("steadiness", () => {
  const mask = { sizePx: 4, values: new Float32Array(16).fill(1) };
  const crop = (value: number) => new Float32Array(48).fill(value);

  test("is 1 for the same pictures, and grows with a tremble that the source has not", () => {
    const [same, trembling] = [createSteadinessMeter(mask), createSteadinessMeter(mask)];
    for (let frame = 0; frame < 10; frame++) {
      const own = crop(Math.sin(frame));
      same.push(own, own);
      trembling.push(own, crop(Math.sin(frame) + (frame % 2)));
    }
    expect(same.ratio()).toBe(1);
    expect(trembling.ratio()).toBeGreaterThan(3);
  });

  test("does not count even movement, cuts, or what lies outside the mask", () => {
    const meter = createSteadinessMeter({ sizePx: 4, values: mask.values.map((_, at) => Number(at < 8)) });
    for (let frame = 0; frame < 6; frame++) {
      if (frame === 3) meter.restart();
      const outside = crop(0).map((_, at) => (at % 16 < 8 ? frame + 10 * Number(frame >= 3) : 5 * (frame % 2)));
      meter.push(crop(Math.sin(2 * frame)), outside);
    }
    expect(meter.ratio()).toBe(0);
    expect(createSteadinessMeter(mask).ratio()).toBeUndefined();
  });
});

describe("change outside the mask", () => {
  const format: YuvFormat = {
    widthPx: 60,
    heightPx: 40,
    depthBits: 8,
    sampling: "4:2:0",
    matrix: "bt709",
    range: "limited",
  };
  const noise = (): YuvPicture => {
    const random = randomFrom(4);
    const planes = allocateYuvPlanes(format);
    for (const samples of planes) for (const at of samples.keys()) samples[at] = random.uint32() & 0xff;
    return { format, planes };
  };
  const placed = { mask: blendMask(32), faceSizePx: 32, frameToFace: [1, 0, -10, 0, 1, -4] as const };

  test("is counted sample by sample in every plane, and not inside a mask", () => {
    const [before, after] = [noise(), noise()];
    expect(changedOutside(before, after, [placed])).toBe(0);
    const [luma, blue] = after.planes;
    // The mask's middle lies at about 26, 24 of the frame.
    luma[24 * 60 + 26] = (luma[24 * 60 + 26] ?? 0) ^ 1;
    blue[12 * 30 + 13] = (blue[12 * 30 + 13] ?? 0) ^ 1;
    expect(changedOutside(before, after, [placed])).toBe(0);
    expect(changedOutside(before, after, [])).toBe(2);
    luma[0] = (luma[0] ?? 0) ^ 1;
    blue[29] = (blue[29] ?? 0) ^ 1;
    expect(changedOutside(before, after, [placed])).toBe(2);
  });
});

test("a view keeps its centre where it was asked for, whatever the alignment", () => {
  const faceToFrame = [2, 0, 100, 0, 2, 50] as const;
  const view = { sideRatio: 1.5, centreXRatio: 0.5, centreYRatio: 0.7 };
  const [a, , c, , e, f] = viewToFrame(faceToFrame, view, { faceSizePx: 64, pictureSizePx: 192 });
  expect([a * 96 + c, e * 96 + f]).toEqual([100 + 2 * 32, 50 + 2 * 0.7 * 64]);
});
