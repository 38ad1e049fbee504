// What a change of sample rate promises: exact time, flat pass-band, nothing folded back, blocks of any size.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { createResampler, resample, resampledCount } from "./index.ts";

const ratePairs = [
  [48_000, 16_000],
  [44_100, 16_000],
  [16_000, 48_000],
  [44_100, 48_000],
  [8_000, 16_000],
  [48_000, 47_952],
] as const;

const tone = (frequencyHz: number, rateHz: number, count: number) =>
  Float32Array.from({ length: count }, (_, n) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * n) / rateHz));

/** Largest difference in dB below full scale, away from the edges, where the tone meets silence. */
function worstDb(found: Float32Array, expected: (n: number) => number): number {
  const margin = Math.ceil(found.length / 4);
  let most = 0;
  for (let n = margin; n < found.length - margin; n++) {
    most = Math.max(most, Math.abs((found[n] ?? NaN) - expected(n)));
  }
  return 20 * Math.log10(most);
}

describe.each(ratePairs)("%i Hz to %i Hz", (sourceRateHz, targetRateHz) => {
  const rates = { sourceRateHz, targetRateHz };
  const lowerNyquistHz = Math.min(sourceRateHz, targetRateHz) / 2;
  const sourceCount = Math.ceil(sourceRateHz / 8);

  test("a tone in the pass-band comes out as the same tone at the same time", () => {
    for (const part of [0.01, 0.31, 0.62, 0.9]) {
      const frequencyHz = part * lowerNyquistHz;
      const found = resample(tone(frequencyHz, sourceRateHz, sourceCount), rates);
      const expected = (n: number) => 0.5 * Math.sin((2 * Math.PI * frequencyHz * n) / targetRateHz);
      expect(worstDb(found, expected)).toBeLessThan(-90);
    }
  });

  test("a constant stays constant", () => {
    const found = resample(new Float32Array(sourceCount).fill(0.25), rates);
    expect(worstDb(found, () => 0.25)).toBeLessThan(-120);
  });

  test("every source sample's time is covered and none beyond", () => {
    for (const count of [0, 1, 2, 1000, 1001]) {
      const found = resample(new Float32Array(count), rates);
      expect(found.length).toBe(resampledCount(count, rates));
      if (count === 0) continue;
      expect((found.length - 1) * sourceRateHz).toBeLessThan(count * targetRateHz);
      expect(found.length * sourceRateHz).toBeGreaterThanOrEqual(count * targetRateHz);
    }
  });
});

test.each(ratePairs.filter(([sourceRateHz, targetRateHz]) => targetRateHz < sourceRateHz))(
  "from %i Hz to %i Hz a tone above the new Nyquist frequency is 96 dB down",
  (sourceRateHz, targetRateHz) => {
    const [fromHz, toHz] = [targetRateHz / 2, sourceRateHz / 2];
    for (const part of [0, 0.1, 0.5, 0.95]) {
      const source = tone(fromHz + part * (toHz - fromHz), sourceRateHz, sourceRateHz / 8);
      expect(worstDb(resample(source, { sourceRateHz, targetRateHz }), () => 0)).toBeLessThan(-96);
    }
  },
);

test("blocks of any size give the same bits as the whole", () => {
  const blocks = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(blocks, fc.constantFrom(...ratePairs), (sizes, [sourceRateHz, targetRateHz]) => {
      const rates = { sourceRateHz, targetRateHz };
      const random = randomFrom(sizes.length);
      const sampleCount = sizes.reduce((sum, size) => sum + size, 0);
      const source = Float32Array.from({ length: sampleCount }, () => random.uniform() - 0.5);
      const resampler = createResampler(rates);
      let at = 0;
      const parts = sizes.map((size) => resampler.push(source.subarray(at, (at += size))));
      const joined = [...parts, resampler.finish()].flatMap((part) => [...part]);
      expect(joined).toEqual([...resample(source, rates)]);
    }),
    { numRuns: 40 },
  );
});

test("an equal rate passes samples through unchanged, as a copy", () => {
  const source = Float32Array.of(1, 2, 3);
  const found = resample(source, { sourceRateHz: 48_000, targetRateHz: 48_000 });
  expect([...found]).toEqual([1, 2, 3]);
  expect(found.buffer).not.toBe(source.buffer);
});

test("a rate that is no whole number of Hz is refused", () => {
  expect(() => resample(new Float32Array(1), { sourceRateHz: 44_100.5, targetRateHz: 16_000 })).toThrow("44100.5");
});
