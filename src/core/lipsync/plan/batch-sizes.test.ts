// Batches fit the memory, shrink when an attempt was lost, and are never nothing.
import { expect, test } from "vitest";
import { publishedLipsync } from "../../models/index.ts";
import { batchSizes, runBytesOf } from "./batch-sizes.ts";

const run = { window: 100, picture: 10 };

test("as much goes through at once as fits, up to what pays", () => {
  expect(batchSizes(run, 600, 1)).toEqual({ windows: 2, pictures: 16 });
  expect(batchSizes(run, 250, 1)).toEqual({ windows: 1, pictures: 10 });
  expect(batchSizes(run, 1e9, 1)).toEqual({ windows: 4, pictures: 16 });
});

test("a lost attempt halves it, and one of each is always tried", () => {
  expect(batchSizes(run, 250, 2)).toEqual({ windows: 1, pictures: 5 });
  expect(batchSizes(run, 1, 5)).toEqual({ windows: 1, pictures: 1 });
  expect(batchSizes(run, undefined, 1)).toEqual({ windows: 1, pictures: 8 });
  expect(batchSizes(run, undefined, 9)).toEqual({ windows: 1, pictures: 1 });
});

test("four times the pixels take about four times the memory", () => {
  const [small, large] = [256, 512].map((faceSizePx) => runBytesOf({ ...publishedLipsync, faceSizePx }));
  for (const what of ["window", "picture"] as const)
    expect((large?.[what] ?? 0) / (small?.[what] ?? 1)).toBeGreaterThan(3.5);
  expect(small?.window).toBeGreaterThan(100e6);
});
