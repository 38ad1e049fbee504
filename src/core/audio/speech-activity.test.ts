// What counts as speech on a dialogue track.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { defaultSpeechSettings, speechLevels, speechRanges } from "./index.ts";

const sampleRateHz = 16_000;

type Stretch = { readonly durationMs: number; readonly levelDbfs: number };

/** Noise of given RMS levels, one stretch after the other. */
function track(stretches: readonly Stretch[]): Float32Array {
  const random = randomFrom(3);
  const parts = stretches.map(({ durationMs, levelDbfs }) => {
    const gain = 10 ** (levelDbfs / 20) * Math.sqrt(3);
    return Array.from({ length: (durationMs * sampleRateHz) / 1000 }, () => gain * (2 * random.uniform() - 1));
  });
  return Float32Array.from(parts.flat());
}

const pause = (durationMs: number) => ({ durationMs, levelDbfs: -75 });
const speech = (durationMs: number, levelDbfs = -25) => ({ durationMs, levelDbfs });

function rangesMs(samples: Float32Array): readonly (readonly [number, number])[] {
  const toMs = (sample: number) => (sample * 1000) / sampleRateHz;
  return speechRanges(speechLevels(samples, sampleRateHz)).map(
    ({ startSample, durationSamples }) => [toMs(startSample), toMs(startSample + durationSamples)] as const,
  );
}

describe("speech activity", () => {
  test("two sentences with a pause between are two ranges, with their lead and tail", () => {
    const samples = track([pause(1000), speech(800), pause(900), speech(600), pause(1000)]);
    const { leadMs, tailMs } = defaultSpeechSettings;
    const expected = [1000 - leadMs, 1800 + tailMs, 2700 - leadMs, 3300 + tailMs];
    const found = rangesMs(samples).flat();
    expect(found.length).toBe(4);
    // The high-pass may ring one step on.
    for (const [k, edgeMs] of found.entries()) expect(Math.abs(edgeMs - (expected[k] ?? NaN))).toBeLessThanOrEqual(10);
  });

  test("a short pause belongs to the sentence and a click is no speech", () => {
    const samples = track([pause(1000), speech(400), pause(150), speech(400), pause(1000), speech(30), pause(1000)]);
    expect(rangesMs(samples)).toEqual([[940, 2070]]);
  });

  test("a sentence that fades stays one range until it is well below where it began", () => {
    const faded = [-25, -35, -45, -52, -56].map((levelDbfs) => speech(200, levelDbfs));
    const samples = track([pause(1000), ...faded, pause(1000)]);
    const [[from, to] = [NaN, NaN]] = rangesMs(samples);
    expect(from).toBe(940);
    expect(to).toBeGreaterThanOrEqual(1800);
  });

  test("the floor of a noisy track is not speech", () => {
    const hiss = (durationMs: number) => ({ durationMs, levelDbfs: -45 });
    expect(rangesMs(track([hiss(2000), speech(1000, -18), hiss(2000)]))).toEqual([[1940, 3120]]);
  });

  test("a track that speaks from end to end is one range", () => {
    expect(rangesMs(track([speech(3000)]))).toEqual([[0, 3000]]);
  });

  test("silence, hiss below -60 dBFS, a constant and nothing at all hold no speech", () => {
    expect(rangesMs(new Float32Array(16_000))).toEqual([]);
    expect(rangesMs(track([{ durationMs: 1000, levelDbfs: -70 }]))).toEqual([]);
    expect(rangesMs(new Float32Array(16_000).fill(0.5))).toEqual([]);
    expect(rangesMs(new Float32Array(0))).toEqual([]);
  });

  test("hum of 40 Hz counts 7 dB less than it is, the lowest of a voice less than 2 dB", () => {
    const levelOf = (frequencyHz: number) => {
      const tone = Float32Array.from({ length: 16_000 }, (_, n) => Math.sin((2 * Math.PI * frequencyHz * n) / 16_000));
      const { levelsDbfs } = speechLevels(tone, sampleRateHz);
      return levelsDbfs.slice(10).reduce((sum, level) => sum + level, 0) / (levelsDbfs.length - 10);
    };
    expect(levelOf(40)).toBeLessThan(-9.5);
    expect(levelOf(150)).toBeGreaterThan(-5);
  });

  test("at a rate that 100 does not divide steps follow the clock and the last sample is covered", () => {
    const samples = new Float32Array(11_025 * 60 + 1).map((_, n) => Math.sin(n / 5));
    const [range] = speechRanges(speechLevels(samples, 11_025));
    expect(range).toEqual({ startSample: 0, durationSamples: samples.length });
  });
});
