// A replaced mouth under film grain gets grain of the same strength and softness, and clean film gets none.
import { expect, test } from "vitest";
import { addGrain } from "../native/index.ts";
import { missingGrain } from "./grain-match.ts";

const box = { xPx: 20, yPx: 10, widthPx: 180, heightPx: 140 };
const planeWidthPx = 240;
const plane = { xPx: 0, yPx: 0, widthPx: planeWidthPx, heightPx: 170 };

/** Skin that changes slowly, with an edge across it. */
const shape = (x: number, y: number): number =>
  120 + 20 * Math.sin(x / 31) + 15 * Math.cos(y / 27) + (x + y > 300 ? 40 : 0);

function pairOf(grain: { deviationCodes: number; softnessRatio: number }, depthBits: 8 | 10) {
  const unit = 2 ** (depthBits - 8);
  const at = (index: number): number => unit * shape(index % planeWidthPx, Math.floor(index / planeWidthPx));
  const values = Float32Array.from({ length: plane.widthPx * plane.heightPx }, (_, index) => at(index));
  addGrain(values, plane, { ...grain, deviationCodes: unit * grain.deviationCodes, seed: 3 });
  const samples = depthBits === 8 ? Uint8Array.from(values, Math.round) : Uint16Array.from(values, Math.round);
  const fresh = Float32Array.from({ length: box.widthPx * box.heightPx }, (_, index) =>
    at((box.yPx + Math.floor(index / box.widthPx)) * planeWidthPx + box.xPx + (index % box.widthPx)),
  );
  return { samples, planeWidthPx, box, fresh, depthBits };
}

test.each([
  [8, 2, 0],
  [8, 4, 0.3],
  [10, 1.5, 0.2],
] as const)(
  "at %i bit, grain of %f codes and softness %f is found to a quarter",
  (depthBits, deviationCodes, softnessRatio) => {
    const found = missingGrain(pairOf({ deviationCodes, softnessRatio }, depthBits));
    const unit = 2 ** (depthBits - 8);
    expect(Math.abs((found?.deviationCodes ?? NaN) / unit / deviationCodes - 1)).toBeLessThan(0.25);
    expect(Math.abs((found?.softnessRatio ?? NaN) - softnessRatio)).toBeLessThan(0.1);
  },
);

test("nothing is added to clean film, to a face that has its grain already, or in a box too small to tell", () => {
  expect(missingGrain(pairOf({ deviationCodes: 0, softnessRatio: 0 }, 8))).toBeUndefined();
  const pair = pairOf({ deviationCodes: 3, softnessRatio: 0 }, 8);
  const fresh = pair.fresh.map(
    (_, index) =>
      pair.samples[(box.yPx + Math.floor(index / box.widthPx)) * planeWidthPx + box.xPx + (index % box.widthPx)] ?? 0,
  );
  expect(missingGrain({ ...pair, fresh })).toBeUndefined();
  const tiny = { xPx: 5, yPx: 5, widthPx: 9, heightPx: 9 };
  expect(missingGrain({ ...pair, box: tiny, fresh: new Float32Array(81) })).toBeUndefined();
});

test("a beard under the mask is not taken for grain while there is skin around it", () => {
  const pair = pairOf({ deviationCodes: 1, softnessRatio: 0 }, 8);
  const samples = pair.samples.map((value, index) => {
    const [x, y] = [index % planeWidthPx, Math.floor(index / planeWidthPx)];
    const isBeard = x > 60 && x < 160 && y > 60 && y < 150;
    return isBeard ? Math.max(0, Math.min(255, value + 25 * Math.sin(2.1 * x) * Math.cos(1.7 * y))) : value;
  });
  const within = { xPx: 64, yPx: 64, widthPx: 90, heightPx: 80 };
  const fresh = new Float32Array(90 * 80).fill(100);
  const found = missingGrain({ ...pair, samples, box: within, fresh });
  expect(found?.deviationCodes ?? NaN).toBeLessThan(1.5);
});
