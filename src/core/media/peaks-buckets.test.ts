// Levels of peaks against the definition, and the header of their file.
import fc from "fast-check";
import { expect, test } from "vitest";
import { halveBuckets } from "./peaks-buckets.ts";
import { peaksLevels, readPeaksHeader, writePeaksHeader } from "./peaks-format.ts";

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
    channelCount: fc.integer({ min: 1, max: 4 }),
    samplesPerBucket: fc.integer({ min: 1, max: 9 }),
    sampleCount: fc.integer({ min: 0, max: 64 }),
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

test("halving buckets gives what buckets twice as long would have given", () => {
  fc.assert(
    fc.property(sound, ({ shape: { channelCount, samplesPerBucket }, samples }) => {
      const finer = Int16Array.from(peaksByDefinition(samples, channelCount, samplesPerBucket));
      const coarser = new Int16Array(64 * 4 * 2);
      const count = halveBuckets(finer, coarser, channelCount);
      const expected = peaksByDefinition(samples, channelCount, samplesPerBucket * 2);
      expect([...coarser.subarray(0, count * channelCount * 2)]).toEqual(expected);
    }),
  );
});

test("a header comes back as written, and one that does not fit its file is refused", () => {
  const header = { sampleRateHz: 48_000, channelCount: 2, sampleCount: 345_600_123 };
  const coarsest = peaksLevels(header).at(-1);
  const sizeBytes = (coarsest?.offsetBytes ?? 0) + 8;
  expect(coarsest?.bucketCount).toBe(1);
  expect(readPeaksHeader(writePeaksHeader(header), { path: "a", sizeBytes })).toEqual(header);
  expect(() => readPeaksHeader(writePeaksHeader(header), { path: "a", sizeBytes: sizeBytes - 1 })).toThrow(/bytes/);
  expect(() => readPeaksHeader(new Uint8Array(40), { path: "a", sizeBytes: 40 })).toThrow(/DUBPEAKS/);
});
