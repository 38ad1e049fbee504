// The smoother's rules: rest and even motion stay as they are, trembling goes, real motion stays, and nothing lags.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { smoothPath } from "./smooth-path.ts";

type Motion = (frame: number) => number;

const coordinates = 6;
const frames = 120;

/** Every coordinate moves as `motion` says from a place of its own, with trembling of the given spread. */
function measured(motion: Motion, { seed = 1, noisePx = 0 } = {}): Float64Array {
  const random = randomFrom(seed);
  const normal = () => Array.from({ length: 12 }, random.uniform).reduce((sum, value) => sum + value, -6);
  return Float64Array.from({ length: frames * coordinates }, (_, at) => {
    const frame = Math.floor(at / coordinates);
    return 100 * (at % coordinates) + motion(frame) + noisePx * normal();
  });
}

const smoothed = (values: Float64Array, options = {}) => smoothPath({ coordinates, values }, options).values;

/** Root mean square of the second difference over frames of one coordinate. */
function trembling(values: Float64Array, [from, to] = [0, frames]): number {
  let sum = 0;
  for (let at = (from + 1) * coordinates; at < (to - 1) * coordinates; at++)
    sum += ((values[at - coordinates] ?? 0) - 2 * (values[at] ?? 0) + (values[at + coordinates] ?? 0)) ** 2;
  return Math.sqrt(sum / ((to - from - 2) * coordinates));
}

const farthest = (left: Float64Array, right: Float64Array): number =>
  left.reduce((worst, value, at) => Math.max(worst, Math.abs(value - (right[at] ?? NaN))), 0);

const anySeed = fc.integer({ min: 0, max: 2 ** 31 });

describe("a smoothed path", () => {
  test("leaves rest and even motion alone", () => {
    const speed = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(speed, (pxPerFrame) => {
        const path = measured((frame) => 500 + pxPerFrame * frame);
        expect(farthest(smoothed(path), path)).toBeLessThan(1e-6);
      }),
      { numRuns: 30 },
    );
  });

  test("lowers the trembling of a still head at least five times, whatever its size", () => {
    fc.assert(
      fc.property(anySeed, fc.double({ min: 0.05, max: 5, noNaN: true }), (seed, noisePx) => {
        const path = measured(() => 500, { seed, noisePx });
        expect(trembling(smoothed(path))).toBeLessThan(trembling(path) / 5);
      }),
      { numRuns: 50 },
    );
  });

  test("does not lag: a moving head correlates best with itself at 0 frames", () => {
    fc.assert(
      fc.property(anySeed, (seed) => {
        const motion: Motion = (frame) => 20 * Math.sin(frame / 8) + 8 * Math.sin(frame / 3.1);
        const raw = measured(motion, { seed, noisePx: 0.5 });
        const smooth = smoothed(raw);
        const difference = (lagFrames: number): number => {
          let sum = 0;
          for (let at = 5 * coordinates; at < (frames - 5) * coordinates; at++)
            sum += ((raw[at] ?? 0) - (smooth[at + lagFrames * coordinates] ?? 0)) ** 2;
          return sum;
        };
        const lags = [-3, -2, -1, 0, 1, 2, 3];
        expect(lags.toSorted((a, b) => difference(a) - difference(b))[0]).toBe(0);
      }),
      { numRuns: 20 },
    );
  });

  test("follows a real motion to within the trembling, and still calms the rest around it", () => {
    const jolt: Motion = (frame) => (frame >= 60 && frame < 64 ? 25 : 0);
    const step: Motion = (frame) => (frame < 60 ? 0 : 40);
    const nod: Motion = (frame) => 30 * Math.exp(-(((frame - 60) / 4) ** 2));
    for (const motion of [jolt, step, nod]) {
      const raw = measured(motion, { noisePx: 0.4 });
      const smooth = smoothed(raw);
      expect(farthest(smooth, measured(motion))).toBeLessThan(2.5);
      for (const rest of [
        [2, 45],
        [78, 118],
      ])
        expect(trembling(smooth, rest as [number, number])).toBeLessThan(0.2);
    }
  });

  test("takes the trembling off a moving head too: what is left bends as the motion itself does", () => {
    const motion: Motion = (frame) => 20 * Math.sin(frame / 8);
    const raw = measured(motion, { noisePx: 0.6 });
    expect(trembling(raw)).toBeGreaterThan(4 * trembling(measured(motion)));
    expect(trembling(smoothed(raw))).toBeLessThan(1.2 * trembling(measured(motion)));
  });

  test("keeps the cut: a run is smoothed as if the other did not exist", () => {
    const raw = measured((frame) => (frame < 50 ? 0 : 700), { noisePx: 1 });
    const cut = smoothed(raw, { cuts: [50] });
    const [first, second] = [raw.subarray(0, 50 * coordinates), raw.subarray(50 * coordinates)];
    expect(cut).toEqual(Float64Array.from([...smoothed(first), ...smoothed(second)]));
  });

  test("fills frames without trust from both sides", () => {
    const raw = measured((frame) => 3 * frame);
    const trust = new Float64Array(frames).fill(1);
    const torn = Float64Array.from(raw);
    for (const frame of [0, 40, 41, 42, 43, frames - 1]) {
      trust[frame] = 0;
      torn.fill(NaN, frame * coordinates, (frame + 1) * coordinates);
    }
    expect(farthest(smoothed(torn, { trust }), raw)).toBeLessThan(1e-6);
  });

  test("passes paths too short to bend, and an empty one", () => {
    for (const count of [0, 1, 2]) {
      const path = measured(() => 5, { noisePx: 1 }).subarray(0, count * coordinates);
      expect(smoothed(path)).toEqual(Float64Array.from(path));
    }
  });
});
