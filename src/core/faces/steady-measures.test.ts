// The median over five frames: flicker goes, steps and gaps stay where they are.
import { expect, test } from "vitest";
import { steadied } from "./steady-measures.ts";

test("what flickers for a frame or two is passed over, and what lasts stays, at its own frame", () => {
  const measured = [0, 0, 0, 9, 0, 0, 0, 0, 5, 5, 5, 5, 0, 5, 5, 5];
  expect([...steadied(Float32Array.from(measured), 1)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 5, 5, 5]);
});

test("numbers of a frame do not mix, and what was not measured stays so", () => {
  const pairs = Float32Array.from([1, NaN, 1, 7, 1, 7, 8, 7, 1, NaN, 1, 7]);
  expect([...steadied(pairs, 2)]).toEqual([1, NaN, 1, 7, 1, 7, 1, 7, 1, NaN, 1, 7]);
  expect([...steadied(new Float32Array(0), 3)]).toEqual([]);
});
