// Every frame hears its own time, at every rate, without drift; the parity profile hears what was published.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameRates } from "../../../shared/time/index.ts";
import {
  firstRowHeard,
  parityRowsHeard,
  parityWindowCount,
  publishedHearing,
  rowsHeard,
  rowsOfFrames,
  rowsPerSecond,
} from "./audio-rows.ts";

const rates = Object.entries(frameRates);

describe("time-true windows", () => {
  test("lie where the published ones lie at 25 frames a second", () => {
    for (const frame of [0, 1, 2, 24, 25, 1000, 90_000])
      expect(firstRowHeard(frame, frameRates["25"])).toBe(2 * frame - 4);
  });

  test.each(rates)("at %s stay within half a row of each frame's middle through a day of film", (_, rate) => {
    const half = rowsHeard(publishedHearing) / 2;
    fc.assert(
      fc.property(fc.nat(86_400 * 120), (frame) => {
        const middleSeconds = ((frame + 0.5) * rate.den) / rate.num;
        const windowMiddleSeconds = (firstRowHeard(frame, rate) + half) / rowsPerSecond;
        expect(Math.abs(windowMiddleSeconds - middleSeconds)).toBeLessThanOrEqual(0.5 / rowsPerSecond + 1e-9);
      }),
    );
  });

  test.each(rates)("at %s never go back from frame to frame", (_, rate) => {
    for (let frame = 1; frame < 500; frame++)
      expect(firstRowHeard(frame, rate)).toBeGreaterThanOrEqual(firstRowHeard(frame - 1, rate));
  });

  test("need the rows from the first frame's first to the last frame's last", () => {
    expect(rowsOfFrames({ startFrame: 25, durationFrames: 2 }, frameRates["25"], publishedHearing)).toEqual([46, 58]);
  });
});

describe("parity windows", () => {
  test("repeat the edge rows at both ends", () => {
    expect(parityRowsHeard(0, 480, publishedHearing)).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 4, 5]);
    expect(parityRowsHeard(240, 480, publishedHearing)).toEqual([476, 477, 478, 479, 479, 479, 479, 479, 479, 479]);
  });

  test.each([
    [153_617, 242],
    [160_000, 252],
    [480_000, 752],
    [16_000, 27],
  ])("of %i samples are %i, as published", (sampleCount, windows) => {
    const melFrames = Math.floor(sampleCount / 160);
    expect(parityWindowCount(Math.floor(melFrames / 2))).toBe(windows);
  });
});
