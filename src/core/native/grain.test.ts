// Grain: the deviation and softness asked for, the same at the same place, and the addon against its twin to the last bit.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Kernels } from "../../../native/index.d.ts";
import { addGrain } from "./grain.ts";
import { servedKernels } from "./load-addon.ts";
import { twinKernels } from "./twin-kernels.ts";

const served = servedKernels();
if (served.serves === "twin") console.warn(`NOT CHECKED: the addon's grain against its twin. ${served.reason}`);
const addonSets: readonly (readonly [string, Kernels])[] =
  served.baseline === undefined
    ? []
    : [
        [`addon ${served.baseline.simd}`, served.baseline],
        [`addon ${served.simd}`, served.kernels],
      ];

function grainOf(
  box: { xPx: number; yPx: number; widthPx: number; heightPx: number },
  options: { seed: number; softnessRatio: number; kernels?: Kernels },
): Float32Array {
  const values = new Float32Array(box.widthPx * box.heightPx);
  addGrain(values, box, { deviationCodes: 3, ...options });
  return values;
}

test.each([0, 0.3, 1])(
  "has the deviation asked for, no mean, and neighbours as alike as asked (softness %f)",
  (side) => {
    const values = grainOf({ xPx: 500, yPx: 70, widthPx: 400, heightPx: 300 }, { seed: 9, softnessRatio: side });
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const beside = values.reduce((sum, value, at) => sum + value * (values[at + 1] ?? 0), 0) / values.length / variance;
    expect(Math.abs(mean)).toBeLessThan(0.06);
    expect(Math.sqrt(variance)).toBeCloseTo(3, 1);
    expect(beside).toBeCloseTo((2 * side) / (1 + 2 * side ** 2), 1);
  },
);

test("a place keeps its grain whatever box it is made in, and another seed gives another grain", () => {
  const whole = grainOf({ xPx: 10, yPx: 20, widthPx: 30, heightPx: 20 }, { seed: 4, softnessRatio: 0.4 });
  const part = grainOf({ xPx: 15, yPx: 26, widthPx: 9, heightPx: 7 }, { seed: 4, softnessRatio: 0.4 });
  for (const [at, value] of part.entries()) expect(value).toBe(whole[(6 + Math.floor(at / 9)) * 30 + 5 + (at % 9)]);
  expect(grainOf({ xPx: 10, yPx: 20, widthPx: 30, heightPx: 20 }, { seed: 5, softnessRatio: 0.4 })).not.toEqual(whole);
});

test.each(addonSets)("%s gives the twin's bits", (_name, kernels) => {
  const side = fc.integer({ min: 1, max: 70 });
  const place = fc.integer({ min: 0, max: 30_000 });
  fc.assert(
    fc.property(side, side, place, place, fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (...made) => {
      const [widthPx, heightPx, xPx, yPx, seed, softnessRatio] = made;
      const box = { widthPx, heightPx, xPx, yPx };
      const twin = grainOf(box, { seed, softnessRatio, kernels: twinKernels });
      expect(grainOf(box, { seed, softnessRatio, kernels })).toEqual(twin);
    }),
  );
});
