// The frame's own texture stays where a face did not change, gives way where it did, and soonest at the mouth.
import { expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { replacedDetail } from "./replaced-detail.ts";
import type { ReplacedDetail } from "./replaced-detail.ts";

const sizePx = 256;
const facePx = sizePx * sizePx;

/** A face that differs by `change` from a grey one. */
const detailOf = (change: Float32Array, depthBits: number): ReplacedDetail => {
  const own = new Float32Array(change.length).fill(128);
  return replacedDetail({ fresh: change.map((value) => 128 + value), own, sizePx, depthBits });
};

/** The share of texture that is replaced at a place of the crop, when luma changes by `codes` around it. */
function droppedAt(x: number, y: number, codes: number, depthBits = 8): number {
  const change = new Float32Array(3 * facePx);
  const near = (at: number): boolean => Math.abs((at % sizePx) - x) < 20 && Math.abs(Math.floor(at / sizePx) - y) < 20;
  for (let at = 0; at < facePx; at++) if (near(at)) change[at] = at % 2 === 0 ? codes : -codes;
  const { drop, gridSide } = detailOf(change, depthBits);
  const cell = sizePx / gridSide;
  return drop[Math.floor(y / cell) * gridSide + Math.floor(x / cell)] ?? NaN;
}

test("no change drops and shifts nothing, to the bit", () => {
  const { drop, shift } = detailOf(new Float32Array(3 * facePx), 8);
  expect([...new Set([...drop, ...shift])]).toEqual([0]);
});

test("the rounding of a stored crop drops nothing and shifts nothing that could be seen", () => {
  const random = randomFrom(1);
  const { drop, shift } = detailOf(
    Float32Array.from({ length: 3 * facePx }, () => random.uniform() - 0.5),
    8,
  );
  expect(Math.max(...drop)).toBe(0);
  expect(Math.max(...shift.map(Math.abs))).toBeLessThan(0.5);
});

test("on a cheek softness keeps the frame's texture, and a real change replaces it; at the mouth a small one does", () => {
  expect(droppedAt(40, 150, 3)).toBe(0);
  expect(droppedAt(40, 150, 20)).toBe(1);
  expect(droppedAt(128, 174, 4)).toBe(1);
  expect(droppedAt(128, 174, 16, 10)).toBe(1);
  expect(droppedAt(40, 150, 12, 10)).toBe(0);
});

test("a change of light is a shift, not a replacement", () => {
  const change = new Float32Array(3 * facePx).fill(2, 0, facePx);
  const { drop, shift } = detailOf(change, 8);
  expect(shift[0]).toBeCloseTo(2, 5);
  expect(drop[20 * 64 + 8]).toBe(0);
});
