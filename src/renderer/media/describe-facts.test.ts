// What an editor reads of a file, from the facts a probe found.
import { beforeAll, expect, test } from "vitest";
import type { TFunction } from "i18next";
import { startI18n } from "../i18n/setup.ts";
import type { Media, MediaFacts } from "../../shared/project/index.ts";
import { mediaWarningCodes } from "../../shared/project/index.ts";
import { clockText, describeMedia, lengthOf, summaryOf } from "./describe-facts.ts";
import { describeWarning } from "./describe-warning.ts";
import { formatBytes } from "./format.ts";

let t: TFunction;
beforeAll(async () => {
  t = (await startI18n("en")).t;
});

const facts: MediaFacts = {
  factsVersion: 1,
  container: { kind: "mov", sizeBytes: 332_918_292, durationMs: 20_020 },
  video: [
    {
      streamIndex: 0,
      codec: "prores",
      profile: "HQ",
      frameRate: { num: 24000, den: 1001 },
      isConstantFrameRate: true,
      frameCount: 480,
      frameCountFrom: "packets",
      timeBase: { num: 1, den: 24000 },
      firstFrameTicks: 0,
      startTimecode: { label: "01:00:00:00", isDropFrame: false },
      codedSize: { widthPx: 1920, heightPx: 1080 },
      displaySize: { widthPx: 1920, heightPx: 1080 },
      pixelAspectRatio: { num: 1, den: 1 },
      rotationDegrees: 0,
      pixelLayout: { name: "yuv422p10le", bitDepth: 10, chroma: "422", hasAlpha: false },
      color: { primaries: "bt709", transfer: "bt709", matrix: "bt709", range: "limited" },
      fieldOrder: "progressive",
    },
  ],
  audio: [
    {
      streamIndex: 1,
      codec: "pcm_s24le",
      sampleRateHz: 48_000,
      channelCount: 2,
      channelLayout: "stereo",
      bitDepth: 24,
      sampleCount: 960_960,
      sampleCountFrom: "packets",
      timeBase: { num: 1, den: 48_000 },
      firstSampleTicks: -480,
      startOffsetSamples: -480,
      language: "ger",
      dispositions: [],
    },
  ],
  warnings: [],
};

test("rate, frames, length, sampling, colour, channels and language read as an editor says them", () => {
  const media = { path: "/films/a.mov", importedAt: "2026-01-01T00:00:00.000Z", facts } as unknown as Media;
  const rows = describeMedia(media, { t, language: "en" }).flatMap((group) => group.rows);
  const values = rows.map(({ value }) => value);
  for (const expected of [
    "1920\u00a0×\u00a01080",
    "23.976 fps",
    "480",
    "00:00:20:00",
    "01:00:00:00",
    "Apple ProRes HQ",
    "10 bit 4:2:2",
    "BT.709, limited range",
    "Progressive",
    "Stereo",
    "German",
    "48 kHz",
    "PCM",
    "10 ms before the picture",
    "QuickTime",
    "333 MB",
  ])
    expect(values).toContain(expected);
});

test("the list says size, rate and length, or layout and clock for sound alone", () => {
  expect(summaryOf(facts, { t, language: "en" })).toBe("1920\u00a0×\u00a01080 · 23.976 fps");
  expect(lengthOf({ ...facts, video: [] })).toBe("00:20.020");
  expect([83_456, 7_200_000].map(clockText)).toEqual(["01:23.456", "2:00:00.000"]);
});

test("every warning has a sentence, and numbers in it are short", () => {
  for (const code of mediaWarningCodes)
    expect(describeWarning({ code, details: {} }, t).length, code).toBeGreaterThan(10);
  const warning = {
    code: "variable-frame-rate",
    details: { shortestFrameMs: 33.366_7, longestFrameMs: 41.7 },
  } as const;
  expect(describeWarning(warning, t)).toContain("between 33.4 and 41.7 ms");
});

test("a Broadcast Wave tells the time of day of its first sample", () => {
  const [sound] = facts.audio;
  const recorded = { ...facts, audio: sound ? [{ ...sound, timeReferenceSamples: 172_800_000 }] : [] };
  const media = { path: "/films/a.wav", importedAt: "2026-01-01T00:00:00.000Z", facts: recorded } as unknown as Media;
  const rows = describeMedia(media, { t, language: "en" }).flatMap((group) => group.rows);
  expect(rows).toContainEqual({ label: "Recorded at", value: "01:00:00.000" });
});

test("sizes are told in decimal units, with as many digits as help", () => {
  expect([999, 2_112_370, 15_600_000, 332_918_292, 1.2e12].map((size) => formatBytes(size, "en"))).toEqual([
    "999 bytes",
    "2.11 MB",
    "15.6 MB",
    "333 MB",
    "1.2 TB",
  ]);
});
