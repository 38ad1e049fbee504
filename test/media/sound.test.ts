// Sound: ranges come to the sample, peaks say what the samples say, and half a file is never left behind.
import { readdir, truncate, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeAudio, openMedia, openPeaks, writePeaks } from "../../src/core/media/index.ts";
import type { AudioDecodeOptions, Ffmpeg, MediaSource } from "../../src/core/media/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";

const largestDifference = (left: readonly number[] = [], right: readonly number[] = []) =>
  left.length === right.length
    ? left.reduce((largest, value, index) => Math.max(largest, Math.abs(value - (right[index] ?? 0))), 0)
    : Infinity;

describe("sound", async () => {
  const folder = await tempFolder();
  let tools: Ffmpeg;
  const at = (name: string) => `${folder.path}/${name}`;
  const open = (name: string) => openMedia(tools, at(name));

  beforeAll(async () => {
    tools = await testFfmpeg();
    const noise = [
      "-f",
      "lavfi",
      "-i",
      "anoisesrc=r=48000:d=5:a=0.7:seed=3",
      "-f",
      "lavfi",
      "-i",
      "sine=330:r=48000:d=5",
    ];
    const stereo = ["-filter_complex", "[0][1]amerge=inputs=2[a]", "-map", "[a]"];
    for (const [name, codec] of [
      ["pcm.wav", "pcm_s16le"],
      ["pcm24.mov", "pcm_s24le"],
      ["aac.m4a", "aac"],
      ["aac.mkv", "aac"],
      ["opus.webm", "libopus"],
      ["flac.flac", "flac"],
    ] as const) {
      await ffmpeg(...noise, ...stereo, "-c:a", codec, at(name));
    }
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const samplesOf = async (source: MediaSource, options: AudioDecodeOptions = {}) => {
    const channels: number[][] = [];
    let expectedSample = 0;
    for await (const block of decodeAudio(source, options)) {
      expect(block.startSample).toBe(expectedSample);
      expectedSample += block.channels[0]?.length ?? 0;
      for (const [channel, samples] of block.channels.entries()) {
        const kept = (channels[channel] ??= []);
        for (const sample of samples) kept.push(sample);
      }
    }
    return channels;
  };

  test.for(["pcm.wav", "pcm24.mov", "aac.m4a", "aac.mkv", "opus.webm", "flac.flac"])(
    "a range of %s is the same samples as in the whole",
    async (name) => {
      const source = await open(name);
      const whole = await samplesOf(source);
      const facts = source.facts.audio[0];
      expect(whole).toHaveLength(2);
      if (facts?.sampleCountFrom === "timestamps") {
        expect(Math.abs((whole[0]?.length ?? 0) - facts.sampleCount)).toBeLessThanOrEqual(2000);
      } else {
        expect(facts?.sampleCount).toBe(whole[0]?.length);
        expect(facts?.sampleCount).toBe(240_000);
      }
      for (const startSample of [0, 1, 47_999, 100_001, 239_000]) {
        const part = await samplesOf(source, { range: { startSample, durationSamples: 777 }, blockSamples: 500 });
        const same = whole.map((channel) => channel.slice(startSample, startSample + 777));
        // AAC invents noise from a state that a seek resets, so only its tone can be compared, and nearly.
        if (name === "aac.m4a") expect(largestDifference(part[1], same[1])).toBeLessThan(1e-3);
        else expect(part).toEqual(same);
      }
    },
  );

  test("a sample's value says where it is: the range begins with the sample asked for", async () => {
    const pcm = new Int16Array(2 * 200_000);
    for (let sample = 0; sample < 200_000; sample += 1) {
      pcm[sample * 2] = sample & 0x3fff;
      pcm[sample * 2 + 1] = sample >> 14;
    }
    await writeFile(at("counted.raw"), new Uint8Array(pcm.buffer));
    await ffmpeg("-f", "s16le", "-ar", "48000", "-ac", "2", "-i", at("counted.raw"), "-c", "copy", at("counted.wav"));
    const source = await open("counted.wav");
    for (const startSample of [0, 16_384, 99_999, 199_990]) {
      const [low = [], high = []] = await samplesOf(source, { range: { startSample, durationSamples: 10 } });
      const places = low.map((value, index) => value * 32768 + (high[index] ?? 0) * 32768 * 16384);
      expect(places).toEqual(Array.from({ length: 10 }, (_, index) => startSample + index));
    }
  });

  test("sound is resampled and mixed when asked", async () => {
    const [mono = [], ...others] = await samplesOf(await open("pcm.wav"), { sampleRateHz: 16_000, channelCount: 1 });
    expect(others).toEqual([]);
    expect(Math.abs(mono.length - 80_000)).toBeLessThanOrEqual(1);
  });

  test("peaks hold the minimum and maximum of the decoded samples at every resolution", async () => {
    const source = await open("pcm.wav");
    const header = await writePeaks(source, { path: at("pcm.peaks") });
    expect(header).toEqual({ sampleRateHz: 48_000, channelCount: 2, sampleCount: 240_000 });
    const whole = await samplesOf(source);
    await using peaks = await openPeaks(at("pcm.peaks"));
    for (const maxBuckets of [100_000, 300, 17, 1]) {
      const range = { startSample: 20_000, durationSamples: 190_000 };
      const { samplesPerBucket, startSample, channels } = await peaks.read(range, maxBuckets);
      const bucketCount = (channels[0]?.length ?? 0) / 2;
      expect(bucketCount).toBeLessThanOrEqual(maxBuckets);
      expect(startSample).toBeLessThanOrEqual(20_000);
      for (const [channel, values] of channels.entries()) {
        for (const bucket of [0, bucketCount >> 1, bucketCount - 1]) {
          const from = startSample + bucket * samplesPerBucket;
          const inBucket = (whole[channel] ?? []).slice(from, from + samplesPerBucket);
          expect(values[bucket * 2]).toBe(inBucket.reduce((a, b) => Math.min(a, b)));
          expect(values[bucket * 2 + 1]).toBe(inBucket.reduce((a, b) => Math.max(a, b)));
        }
      }
    }
  });

  test("an abort leaves no peaks and no partial file behind", async () => {
    const source = await open("aac.m4a");
    const controller = new AbortController();
    const work = writePeaks(source, {
      path: at("aborted.peaks"),
      signal: controller.signal,
      onProgress: () => controller.abort(new Error("closed")),
    });
    // Sound this short may be through before the abort reaches the decoder, so a whole file is right as well.
    await Promise.allSettled([work]);
    const left = (await readdir(folder.path)).filter((name) => name.startsWith("aborted"));
    expect(left.filter((name) => name.endsWith(".partial"))).toEqual([]);
  });

  test("a peaks file that was cut off is refused", async () => {
    await writePeaks(await open("flac.flac"), { path: at("cut.peaks") });
    await truncate(at("cut.peaks"), 1000);
    await expect(openPeaks(at("cut.peaks"))).rejects.toMatchObject({ code: "media.peaks-unreadable" });
  });
});
