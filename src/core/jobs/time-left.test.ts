// Rules of the time left: steady work is told exactly, bursts are smoothed, unknown stays unknown.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { startPace, timeLeftAt, updatePace } from "./time-left.ts";
import type { Pace } from "./time-left.ts";

const progress = (done: number, total: number) => ({ done, total, unit: "frames", stage: "" });

/** The pace after reports at [monotonic ms, done]. */
const paceAfter = (reports: readonly (readonly [number, number])[]): Pace =>
  reports.reduce((pace, [atMs, done]) => updatePace(pace, done, atMs), startPace(0, 0));

describe("the time left", () => {
  test("is exact when work is steady, whatever the distance of reports", () => {
    const pace = paceAfter([
      [1000, 10],
      [1500, 15],
      [4000, 40],
      [30_000, 300],
    ]);
    expect(timeLeftAt(pace, progress(300, 1000), 30_000)).toEqual({ perSecond: 10, timeLeftMs: 70_000 });
  });

  test("runs down between reports and stops at 0", () => {
    const pace = paceAfter([[10_000, 100]]);
    expect(timeLeftAt(pace, progress(100, 120), 11_000).timeLeftMs).toBe(1000);
    expect(timeLeftAt(pace, progress(100, 120), 99_000).timeLeftMs).toBe(0);
  });

  test("is unknown before two reports, without a total, and while nothing moves", () => {
    expect(timeLeftAt(startPace(0, 0), progress(0, 100), 500).timeLeftMs).toBeUndefined();
    expect(timeLeftAt(paceAfter([[1000, 10]]), progress(10, 0), 1000).timeLeftMs).toBeUndefined();
    expect(timeLeftAt(paceAfter([[1000, 0]]), progress(0, 100), 1000).timeLeftMs).toBeUndefined();
  });

  test("is not guessed from a first frame alone, and is told of long work after five seconds", () => {
    expect(timeLeftAt(paceAfter([[3000, 1]]), progress(1, 250), 3000).timeLeftMs).toBeUndefined();
    expect(timeLeftAt(paceAfter([[3000, 3]]), progress(3, 250), 3000).timeLeftMs).toBe(247_000);
    expect(timeLeftAt(paceAfter([[5000, 50]]), progress(50, 172_800), 5000).timeLeftMs).toBe(17_275_000);
  });

  test("stays within a fifth of the truth when reports come in bursts", () => {
    const random = randomFrom(5);
    let pace = startPace(0, 0);
    let worstRatio = 0;
    for (let done = 1, atMs = 0; done <= 600; done += 1) {
      atMs += 20 + random.uniform() * 960;
      pace = updatePace(pace, done, atMs);
      if (atMs > 30_000) worstRatio = Math.max(worstRatio, Math.abs((pace.perSecond ?? 0) / 2 - 1));
    }
    expect(worstRatio).toBeLessThan(0.2);
  });

  test("follows a change of pace within a minute", () => {
    const fast = Array.from({ length: 60 }, (_, i) => [(i + 1) * 1000, (i + 1) * 10] as const);
    const slow = Array.from({ length: 60 }, (_, i) => [60_000 + (i + 1) * 1000, 600 + (i + 1)] as const);
    expect(paceAfter([...fast, ...slow]).perSecond).toBeLessThan(1.6);
  });

  test("begins anew when another attempt goes back", () => {
    expect(updatePace(paceAfter([[10_000, 100]]), 5, 11_000)).toEqual(startPace(5, 11_000));
  });
});
