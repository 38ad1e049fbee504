// The transforms and spectrograms against their definitions. The reference vectors are compared in test/audio.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { syncMel, whisperLogMel, whisperLogPower, whisperScale } from "./index.ts";
import { createRealFft } from "./real-fft.ts";
import { slaneyBands } from "./spectrogram.ts";

const noise = (count: number, seed = 1) => {
  const random = randomFrom(seed);
  return Float32Array.from({ length: count }, () => random.uniform() - 0.5);
};

const tone = (frequencyHz: number, count: number) =>
  Float32Array.from({ length: count }, (_, n) => Math.sin((2 * Math.PI * frequencyHz * n) / 16_000));

describe("the transform", () => {
  test("equals the sum that defines it, for even sizes with any factors", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (half) => {
        const size = 2 * half;
        const input = Float64Array.from(noise(size, half));
        const fft = createRealFft(size);
        const [re, im] = [new Float64Array(fft.binCount), new Float64Array(fft.binCount)];
        fft.transform(input, re, im);
        for (let k = 0; k < fft.binCount; k++) {
          let [sumRe, sumIm] = [0, 0];
          for (const [n, value] of input.entries()) {
            const angle = (-2 * Math.PI * ((n * k) % size)) / size;
            sumRe += value * Math.cos(angle);
            sumIm += value * Math.sin(angle);
          }
          expect(re[k]).toBeCloseTo(sumRe, 11);
          expect(im[k]).toBeCloseTo(sumIm, 11);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("keeps the energy of 400 and 800 samples (Parseval)", () => {
    for (const size of [400, 800]) {
      const input = Float64Array.from(noise(size));
      const fft = createRealFft(size);
      const [re, im] = [new Float64Array(fft.binCount), new Float64Array(fft.binCount)];
      fft.transform(input, re, im);
      let energy = 0;
      for (let k = 0; k < fft.binCount; k++) {
        const power = (re[k] ?? 0) ** 2 + (im[k] ?? 0) ** 2;
        energy += k === 0 || k === size / 2 ? power : 2 * power;
      }
      expect(energy / size).toBeCloseTo(
        input.reduce((sum, value) => sum + value * value, 0),
        10,
      );
    }
  });

  test("an odd size is refused", () => {
    expect(() => createRealFft(5)).toThrow("not 5");
  });
});

describe("mel bands", () => {
  const bands = slaneyBands({ sampleRateHz: 16_000, fftWindowSamples: 400, melBins: 80, lowestHz: 0, highestHz: 8000 });

  test("every band has a bin, and neighbours overlap without a gap", () => {
    expect(bands.length).toBe(80);
    for (const [k, band] of bands.entries()) {
      expect(band.weights.length).toBeGreaterThan(0);
      const next = bands[k + 1];
      if (next !== undefined) expect(next.firstBin).toBeLessThanOrEqual(band.firstBin + band.weights.length);
    }
  });

  test("a wide band has unit area", () => {
    const widest = bands[79]?.weights ?? new Float64Array(0);
    expect(widest.reduce((sum, weight) => sum + weight, 0) * 40).toBeCloseTo(1, 1);
  });
});

describe("Whisper's log-mel", () => {
  test("has one frame per whole hop of 10 ms", () => {
    for (const [count, frames] of [
      [0, 0],
      [159, 0],
      [160, 1],
      [16_000, 100],
      [153_617, 960],
    ] as const) {
      expect(whisperLogMel(new Float32Array(count)).melFrames).toBe(frames);
    }
  });

  test("silence is flat: the floor of 1e-10, scaled, is -1.5", () => {
    expect(new Set(whisperLogMel(new Float32Array(1600)).values)).toEqual(new Set([-1.5]));
  });

  test("nothing lies more than 2 below the loudest value, and a tone peaks in its own band", () => {
    const { values, melFrames, melBins } = whisperLogMel(tone(1000, 16_000));
    const loudest = values.reduce((most, value) => Math.max(most, value));
    expect(values.reduce((least, value) => Math.min(least, value))).toBeGreaterThanOrEqual(loudest - 2 - 1e-6);
    const column = Array.from({ length: melBins }, (_, band) => values[band * melFrames + 50] ?? 0);
    // 80 bands up to 45.2 mel: 1 kHz is mel 15, and band b peaks at mel (b + 1) * 45.2 / 81.
    expect(column.indexOf(Math.max(...column))).toBe(26);
  });

  test("looking at a file in pieces with the loudest value of the whole gives the whole's values", () => {
    const samples = noise(3200);
    const logPower = whisperLogPower(samples);
    const piece = whisperLogPower(samples.subarray(0, 2000));
    expect(whisperScale(piece, 5).values[3]).toBe(whisperScale(logPower, 5).values[3]);
  });

  test("sound shorter than half a window is mirrored as often as needed", () => {
    expect(whisperLogMel(noise(170)).values.every((value) => Number.isFinite(value))).toBe(true);
  });
});

describe("SyncNet's mel", () => {
  test("has 80 frames a second and stays within -4..4", () => {
    const { values, melBins, melFrames } = syncMel(noise(16_000).map((value) => 3 * value));
    expect([melBins, melFrames]).toEqual([80, 81]);
    expect(values.every((value) => value >= -4 && value <= 4)).toBe(true);
    expect(syncMel(new Float32Array(200)).values.every((value) => value === -4)).toBe(true);
  });

  test("a tone of known level has the level that the scale says", () => {
    // Pre-emphasis at 1 kHz is |1 - 0.97 exp(-i w)|; a Hann window of 800 samples makes a sine of amplitude 1 a peak of 200
    // at its bin and 100 at either neighbour; 1 kHz is bin 50.
    const { values, melFrames, melBins } = syncMel(tone(1000, 16_000).map((value) => 0.1 * value));
    const w = (2 * Math.PI * 1000) / 16_000;
    const emphasis = Math.hypot(1 - 0.97 * Math.cos(w), 0.97 * Math.sin(w));
    const bands = slaneyBands({
      sampleRateHz: 16_000,
      fftWindowSamples: 800,
      melBins: 80,
      lowestHz: 55,
      highestHz: 7600,
    });
    const levels = bands.map(({ firstBin, weights }) =>
      [100, 200, 100].reduce((sum, peak, k) => sum + 0.1 * emphasis * peak * (weights[49 + k - firstBin] ?? 0), 0),
    );
    const loudest = levels.indexOf(Math.max(...levels));
    const expected = (8 * (20 * Math.log10(levels[loudest] ?? NaN) - 20 + 100)) / 100 - 4;
    const column = Array.from({ length: melBins }, (_, band) => values[band * melFrames + 40] ?? 0);
    expect(column.indexOf(Math.max(...column))).toBe(loudest);
    expect(column[loudest]).toBeCloseTo(expected, 4);
  });
});
