// Resampling rules: nothing moves by itself, nothing is skipped, and masks keep their range.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import type { Affine } from "../models/index.ts";
import { warp } from "./warp.ts";
import type { FloatPicture } from "./warp.ts";

const identity: Affine = [1, 0, 0, 0, 1, 0];

function picture(widthPx: number, heightPx: number, value: (x: number, y: number) => number): FloatPicture {
  const values = Float32Array.from({ length: widthPx * heightPx }, (_, at) =>
    value((at % widthPx) + 0.5, Math.floor(at / widthPx) + 0.5),
  );
  return { channels: 1, widthPx, heightPx, values };
}

const random = randomFrom(3);
const noise = picture(20, 15, () => random.uniform());

describe("warping", () => {
  test.each(["cubic", "linear"] as const)("gives a picture back to the bit through the identity (%s)", (filter) => {
    const same = warp(noise, { targetToSource: identity, widthPx: 20, heightPx: 15, outside: "edge", filter });
    expect(same).toEqual(noise);
  });

  test("shifts by whole pixels exactly and fills what lies beyond", () => {
    const moved = warp(noise, {
      targetToSource: [1, 0, 3, 0, 1, -2],
      widthPx: 20,
      heightPx: 15,
      outside: 7,
      filter: "cubic",
    });
    expect(moved.values[5 * 20 + 4]).toBe(noise.values[3 * 20 + 7]);
    expect(moved.values[0]).toBe(7);
    expect(moved.values[5 * 20 + 19]).toBe(7);
  });

  test("keeps an even slope under any turn and scale", () => {
    const slope = (x: number, y: number): number => 0.3 * x - 0.2 * y;
    const turn: Affine = [0.6, -0.4, 30, 0.4, 0.6, 20];
    const turned = warp(picture(80, 80, slope), {
      targetToSource: turn,
      widthPx: 30,
      heightPx: 30,
      outside: "edge",
      filter: "cubic",
    });
    for (const [at, value] of turned.values.entries()) {
      const [x, y] = [(at % 30) + 0.5, Math.floor(at / 30) + 0.5];
      expect(value).toBeCloseTo(slope(0.6 * x - 0.4 * y + 30, 0.4 * x + 0.6 * y + 20), 4);
    }
  });

  test("averages what it cannot show: a chequerboard shrunk to a third turns grey", () => {
    const board = picture(120, 120, (x, y) => (Math.floor(x) + Math.floor(y)) % 2);
    const small = warp(board, {
      targetToSource: [3.1, 0, 0, 0, 3.1, 0],
      widthPx: 38,
      heightPx: 38,
      outside: "edge",
      filter: "cubic",
    });
    for (const value of small.values) expect(Math.abs(value - 0.5)).toBeLessThan(0.05);
  });

  test("never leaves the range of a mask with the linear filter", () => {
    const mask = picture(40, 40, (x) => (x > 20 ? 1 : 0));
    const turned = warp(mask, {
      targetToSource: [0.5, 0.2, 3, -0.2, 0.5, 9],
      widthPx: 60,
      heightPx: 60,
      outside: 0,
      filter: "linear",
    });
    for (const value of turned.values) expect(value >= 0 && value <= 1.000001).toBe(true);
  });
});
