// Sync scores: the sign of the offset, the dip, and the windows that are compared.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { meanSyncScore, pictureWindows, soundWindows, syncPositions, syncScore } from "./index.ts";
import type { Embeddings } from "./index.ts";

const width = 8;
const random = randomFrom(3);
/** What happens at each position: picture and sound of a clip in sync show the same. */
const events = Float32Array.from({ length: 60 * width }, () => random.uniform());

const embeddings = (delayFrames = 0): Embeddings => {
  const values = new Float32Array(events.length);
  for (let at = 0; at < values.length; at++) values[at] = events[at - delayFrames * width] ?? 0;
  return { count: 60, width, values };
};

describe("a sync score", () => {
  test("is 0 frames for a clip in sync, and the distance there is the least", () => {
    const score = syncScore(embeddings(), embeddings());
    expect(Object.is(score.avOffsetFrames, 0)).toBe(true);
    expect(score.distances[15]).toBe(score.syncDistance);
    expect(score.syncDistance).toBeCloseTo(0, 4);
    expect(score.syncConfidence).toBeGreaterThan(0.5);
  });

  test("delay the audio by 3 frames: the offset is -3", () => {
    expect(syncScore(embeddings(), embeddings(3)).avOffsetFrames).toBe(-3);
  });

  test("an offset is positive where audio leads, to 15 frames either way", () => {
    for (const lead of [15, 4, -15]) expect(syncScore(embeddings(), embeddings(-lead)).avOffsetFrames).toBe(lead);
  });

  test("sound that fits nowhere has no dip", () => {
    const noise = { count: 60, width, values: Float32Array.from(events, () => random.uniform()) };
    const inSync = syncScore(embeddings(), embeddings()).syncConfidence;
    expect(syncScore(embeddings(), noise).syncConfidence).toBeLessThan(inSync / 3);
  });

  test("compares beyond the ends with a vector of zeros, and adds 1e-6 to every difference", () => {
    const one = (value: number): Embeddings => ({ count: 1, width: 1, values: Float32Array.of(value) });
    const { distances } = syncScore(one(2), one(5));
    expect(distances[15]).toBeCloseTo(3 - 1e-6, 7);
    expect(distances[14]).toBeCloseTo(2 + 1e-6, 7);
    expect(distances[16]).toBeCloseTo(2 + 1e-6, 7);
  });

  test("of several tracks is their mean, its offset cut to a whole frame towards zero", () => {
    const score = (syncConfidence: number, avOffsetFrames: number) => ({
      syncConfidence,
      avOffsetFrames,
      syncDistance: 7,
      distances: [],
    });
    expect(meanSyncScore([score(4, -1), score(6, -2)])).toEqual({
      syncConfidence: 5,
      avOffsetFrames: -1,
      syncDistance: 7,
    });
  });
});

describe("windows", () => {
  test("positions end five before picture and sound do, whichever is first", () => {
    expect(syncPositions(100, 640 * 100)).toBe(95);
    expect(syncPositions(100, 640 * 50 + 639)).toBe(45);
    expect(syncPositions(3, 640 * 100)).toBe(0);
  });

  test("position p hears 20 columns from 4 p on, row by row", () => {
    const values = Float32Array.from({ length: 13 * 40 }, (_, at) => at);
    const windows = soundWindows({ columns: 40, values }, { firstPosition: 1, count: 2 });
    expect(windows.dims).toEqual([2, 1, 13, 20]);
    expect(windows.data[0]).toBe(4);
    expect(windows.data[20]).toBe(44);
    expect(windows.data[13 * 20]).toBe(8);
    expect(() => soundWindows({ columns: 40, values }, { firstPosition: 5, count: 2 })).toThrow("columns");
  });

  test("position p sees crops p to p + 4, blue first and not scaled", () => {
    const crops = Array.from({ length: 6 }, (_, frame) => {
      const crop = new Uint8Array(3 * 224 * 224);
      crop.set([10 + frame, 20 + frame, 30 + frame]);
      return crop;
    });
    const { dims, data } = pictureWindows(crops, { count: 2 });
    expect(dims).toEqual([2, 3, 5, 224, 224]);
    const plane = 224 * 224;
    const at = (item: number, channel: number, frame: number) => data[((item * 3 + channel) * 5 + frame) * plane];
    expect([at(0, 0, 0), at(0, 1, 0), at(0, 2, 0)]).toEqual([30, 20, 10]);
    expect([at(0, 0, 4), at(1, 0, 0), at(1, 0, 4)]).toEqual([34, 31, 35]);
    expect(() => pictureWindows(crops, { count: 3 })).toThrow("7 crops");
  });
});
