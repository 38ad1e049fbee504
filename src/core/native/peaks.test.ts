// Minimum and maximum of each bucket: by definition, and the addon against the twin to the last bit.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Kernels } from "../../../native/index.d.ts";
import { randomFrom } from "../base/index.ts";
import { reducePeaks } from "./index.ts";
import { servedKernels } from "./load-addon.ts";
import { twinKernels } from "./twin-kernels.ts";

const served = servedKernels();
if (served.serves === "twin") console.warn(`NOT CHECKED: the addon's peaks against their twin. ${served.reason}`);

const addonSets: readonly (readonly [string, Kernels])[] =
  served.baseline === undefined
    ? []
    : [
        [`addon ${served.baseline.simd}`, served.baseline],
        [`addon ${served.simd}`, served.kernels],
      ];

/** The definition, written to be read. */
function peaksByDefinition(samples: Int16Array, channelCount: number, samplesPerBucket: number): number[] {
  const sampleCount = samples.length / channelCount;
  const peaks: number[] = [];
  for (let from = 0; from < sampleCount; from += samplesPerBucket) {
    for (let channel = 0; channel < channelCount; channel += 1) {
      const inBucket = Array.from(
        { length: Math.min(samplesPerBucket, sampleCount - from) },
        (_, index) => samples[(from + index) * channelCount + channel] ?? 0,
      );
      peaks.push(Math.min(...inBucket), Math.max(...inBucket));
    }
  }
  return peaks;
}

const sound = fc
  .record({
    channelCount: fc.integer({ min: 1, max: 9 }),
    samplesPerBucket: fc.integer({ min: 1, max: 80 }),
    sampleCount: fc.integer({ min: 0, max: 200 }),
  })
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      samples: fc.int16Array({
        minLength: shape.sampleCount * shape.channelCount,
        maxLength: shape.sampleCount * shape.channelCount,
      }),
    }),
  );

test.each([["twin", twinKernels] as const, ...addonSets])(
  "%s: each bucket holds the smallest and largest sample of each channel, the last one of what is left",
  (_name, kernels) => {
    fc.assert(
      fc.property(sound, ({ shape, samples }) => {
        const expected = peaksByDefinition(samples, shape.channelCount, shape.samplesPerBucket);
        const buckets = new Int16Array(expected.length + 1).fill(7);
        const bucketCount = reducePeaks(shape, samples, { buckets, kernels });
        expect(bucketCount * shape.channelCount * 2).toBe(expected.length);
        expect([...buckets]).toEqual([...expected, 7]);
      }),
    );
  },
);

test.each(addonSets)("%s gives the twin's bits over long sound of 1 to 64 channels", (_name, kernels) => {
  for (const channelCount of [1, 2, 3, 5, 6, 8, 12, 24, 63, 64]) {
    const random = randomFrom(channelCount);
    const samples = Int16Array.from({ length: channelCount * 1000 }, () => random.uint32() - 2 ** 31);
    const run = (by: Kernels) => {
      const buckets = new Int16Array(channelCount * 2 * 4);
      reducePeaks({ channelCount, samplesPerBucket: 256 }, samples, { buckets, kernels: by });
      return buckets;
    };
    expect(run(kernels)).toEqual(run(twinKernels));
  }
});

test("more channels than the addon has room for are served all the same", () => {
  const samples = Int16Array.from({ length: 65 * 2 }, (_, index) => index);
  const buckets = new Int16Array(65 * 2);
  expect(reducePeaks({ channelCount: 65, samplesPerBucket: 256 }, samples, { buckets })).toBe(1);
  expect([...buckets.subarray(128)]).toEqual([64, 129]);
});

test.each(addonSets)("%s refuses buckets without room and samples that are no whole number", (_name, kernels) => {
  const plan = Int32Array.of(2, 4);
  expect(() => kernels.peaks(plan, new Int16Array(18), new Int16Array(11))).toThrow("do not fit");
  expect(() => kernels.peaks(plan, new Int16Array(17), new Int16Array(12))).toThrow("do not fit");
  expect(() => kernels.peaks(Int32Array.of(65, 4), new Int16Array(65), new Int16Array(130))).toThrow("plan");
  expect(() => kernels.peaks(Int32Array.of(2, 0), new Int16Array(2), new Int16Array(4))).toThrow("plan");
});
