// The polyphase filter: its defining sum, and the addon against the twin to the last bit.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Kernels } from "../../../native/index.d.ts";
import { randomFrom } from "../base/index.ts";
import { polyphaseCount, runPolyphase } from "./index.ts";
import type { PolyphaseFilter } from "./index.ts";
import { servedKernels } from "./load-addon.ts";
import { twinKernels } from "./twin-kernels.ts";

const served = servedKernels();
if (served.serves === "twin") console.warn(`NOT CHECKED: the addon's filter against its twin. ${served.reason}`);

const addonSets: readonly (readonly [string, Kernels])[] =
  served.baseline === undefined
    ? []
    : [
        [`addon ${served.baseline.simd}`, served.baseline],
        [`addon ${served.simd}`, served.kernels],
      ];

const cases = fc.record({
  up: fc.integer({ min: 1, max: 12 }),
  down: fc.integer({ min: 1, max: 40 }),
  tapCount: fc.integer({ min: 1, max: 6 }).map((eighths) => 8 * eighths),
  sampleCount: fc.integer({ min: 0, max: 300 }),
  seed: fc.integer(),
});

function makeCase({ up, down, tapCount, sampleCount, seed }: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const random = randomFrom(seed);
  const noise = (length: number) => Float32Array.from({ length }, () => random.uniform() - 0.5);
  const filter: PolyphaseFilter = { up, down, tapCount, taps: noise(up * tapCount) };
  const firstPhase = random.uint32() % up;
  const samples = noise(sampleCount);
  const run = (kernels: Kernels) => {
    const output = new Float32Array(polyphaseCount(filter, firstPhase, sampleCount));
    runPolyphase(filter, firstPhase, samples, { output, kernels });
    return output;
  };
  return { filter, firstPhase, samples, run };
}

test.each([["twin", twinKernels] as const, ...addonSets])(
  "%s: each output is the sum over its phase's taps",
  (_name, kernels) => {
    fc.assert(
      fc.property(cases, (numbers) => {
        const { filter, firstPhase, samples, run } = makeCase(numbers);
        for (const [k, value] of run(kernels).entries()) {
          const position = firstPhase + k * filter.down;
          const [start, phase] = [Math.floor(position / filter.up), position % filter.up];
          let sum = 0;
          for (let tap = 0; tap < filter.tapCount; tap++) {
            sum += (samples[start + tap] ?? NaN) * (filter.taps[phase * filter.tapCount + tap] ?? NaN);
          }
          expect(value).toBeCloseTo(sum, 6);
        }
      }),
    );
  },
);

test.each(addonSets)("%s gives the twin's bits", (_name, kernels) => {
  fc.assert(
    fc.property(cases, (numbers) => {
      const { run } = makeCase(numbers);
      expect(run(kernels)).toEqual(run(twinKernels));
    }),
    { numRuns: 300 },
  );
});

test.each(addonSets)("%s refuses to read beyond the samples or the taps", (_name, kernels) => {
  const plan = Int32Array.of(2, 3, 8, 0);
  const taps = new Float32Array(16);
  expect(() => kernels.polyphase(plan, taps, new Float32Array(10), new Float32Array(3))).toThrow("do not fit");
  expect(() => kernels.polyphase(plan, taps.subarray(1), new Float32Array(99), new Float32Array(1))).toThrow(
    "do not fit",
  );
  expect(() => kernels.polyphase(Int32Array.of(2, 3, 9, 0), taps, taps, taps)).toThrow("plan");
});
