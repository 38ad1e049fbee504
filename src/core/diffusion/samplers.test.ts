// Samplers against problems whose answer is known in closed form, and the schedule against published numbers.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { decompose, gaussian, guide, isGuided, noiseSchedule, samplers, timeGrid, windowNoise } from "./index.ts";
import type { Denoiser, Predicts, SamplerName, TimeGrid } from "./index.ts";

const schedule = noiseSchedule();

describe("the published schedule", () => {
  test.each([
    [1, 0.9983],
    [51, 0.95052],
    [101, 0.89298],
    [251, 0.67215],
    [501, 0.275],
    [751, 0.05572],
    [951, 0.00816],
    [999, 0.00466],
  ])("has the alpha bar of timestep %i", (timestep, alphaBar) => {
    expect(schedule.alphaBars[timestep]).toBeCloseTo(alphaBar, 5);
  });

  test("gives twenty steps the timesteps 951, 901, ... 51, 1 and ends at timestep 0", () => {
    const timesteps = timeGrid(schedule, 20).map((point) => point.timestep);
    expect(timesteps.slice(0, 3)).toEqual([951, 901, 851]);
    expect(timesteps.slice(-3)).toEqual([51, 1, 0]);
    expect(timesteps).toHaveLength(21);
  });

  test("spaced trailing begins at the last timestep whatever the number of steps", () => {
    for (const steps of [1, 2, 4, 10, 50, 1000]) expect(timeGrid(schedule, steps, "trailing")[0]?.timestep).toBe(999);
  });

  test("refuses zero steps and more than it was trained with", () => {
    expect(() => timeGrid(schedule, 0)).toThrow("1 to 1000");
    expect(() => timeGrid(schedule, 1001)).toThrow("1 to 1000");
  });
});

/**
 * Pictures that are normal with mean m and spread s have the best denoiser in closed form, and the flow from noise to
 * picture keeps each point at its place of the distribution: (x - sqrt(a) m) / sqrt(a s^2 + 1 - a) does not change.
 */
const mean = 0.7;
const spread = 0.35;
const gaussianDenoiser: Denoiser = (latents, { alphaBar }) => {
  const variance = alphaBar * spread * spread + 1 - alphaBar;
  const noise = latents.map((x) => (Math.sqrt(1 - alphaBar) * (x - Math.sqrt(alphaBar) * mean)) / variance);
  return Promise.resolve(decompose({ latents, prediction: noise, predicts: "noise", alphaBar }));
};

/** Evenly spaced in log(signal / noise), so that no single stretch dominates the error. */
const evenGrid = (steps: number): TimeGrid =>
  Array.from({ length: steps + 1 }, (_, index) => {
    const lambda = -2.5 + (5 * index) / steps;
    return { timestep: 0, alphaBar: 1 / (1 + Math.exp(-2 * lambda)) };
  });

async function errorOf(name: SamplerName, steps: number): Promise<number> {
  const grid = evenGrid(steps);
  const start = Float32Array.from([-2, -1, -0.3, 0.5, 1.4, 2.2]);
  const result = await samplers[name](gaussianDenoiser, start, { grid });
  const spreadAt = (alphaBar: number) => Math.sqrt(alphaBar * spread * spread + 1 - alphaBar);
  const [first, last] = [grid[0]?.alphaBar ?? 0, grid.at(-1)?.alphaBar ?? 0];
  const exact = start.map(
    (x) => ((x - Math.sqrt(first) * mean) / spreadAt(first)) * spreadAt(last) + Math.sqrt(last) * mean,
  );
  return Math.hypot(...result.map((value, i) => value - (exact[i] ?? 0)));
}

/** By how much the error should shrink when the steps are doubled, a little slack included. */
const shrinkage: { readonly [Name in SamplerName]: number } = { ddim: 0.6, "dpm-solver++-2m": 0.32, unipc: 0.32 };

describe("samplers on a problem with a known answer", () => {
  test.each(Object.entries(shrinkage) as [SamplerName, number][])(
    "%s converges as its order says",
    async (name, most) => {
      const errors = await Promise.all([20, 40, 80].map((steps) => errorOf(name, steps)));
      for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeLessThan((errors[i - 1] ?? 0) * most);
    },
  );

  test("second-order samplers beat DDIM at equal steps, and UniPC's correction helps", async () => {
    for (const steps of [10, 20, 40]) {
      const [ddim, solver, corrected] = await Promise.all([
        errorOf("ddim", steps),
        errorOf("dpm-solver++-2m", steps),
        errorOf("unipc", steps),
      ]);
      expect(solver).toBeLessThan(ddim / 2);
      expect(corrected).toBeLessThan(solver);
    }
  });

  test("a sampler stops between steps when it is told to", async () => {
    const controller = new AbortController();
    const grid = timeGrid(schedule, 20);
    const steps: number[] = [];
    const onStep = (index: number) => {
      steps.push(index);
      if (index === 3) controller.abort(new Error("enough"));
    };
    const start = Float32Array.of(1);
    const run = samplers.ddim(gaussianDenoiser, start, { grid, onStep, signal: controller.signal });
    await expect(run).rejects.toThrow("enough");
    expect(steps).toEqual([0, 1, 2, 3]);
    expect(start[0]).toBe(1);
  });
});

test.each(["noise", "v", "clean"] satisfies Predicts[])(
  "latents are taken apart alike from a prediction of %s",
  (predicts) => {
    const [clean, noise, alphaBar] = [0.6, -1.3, 0.4];
    const [signal, rest] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
    const predictions = { noise, v: signal * noise - rest * clean, clean };
    const parts = decompose({
      latents: Float32Array.of(signal * clean + rest * noise),
      prediction: Float32Array.of(predictions[predicts]),
      predicts,
      alphaBar,
    });
    expect(parts.clean[0]).toBeCloseTo(clean, 5);
    expect(parts.noise[0]).toBeCloseTo(noise, 5);
  },
);

describe("guidance", () => {
  test("goes beyond the guided prediction by its scale", () => {
    expect([...guide(Float32Array.of(1), Float32Array.of(3), 1.5)]).toEqual([4]);
    expect([...guide(Float32Array.of(1), Float32Array.of(3), 1)]).toEqual([3]);
  });

  test("is off at scale 1 and outside its interval", () => {
    expect(isGuided({ guidanceScale: 1 }, 0)).toBe(false);
    expect(isGuided({ guidanceScale: 2 }, 0.99)).toBe(true);
    expect([0.1, 0.25, 0.7, 0.75].map((done) => isGuided({ guidanceScale: 2, interval: [0.25, 0.75] }, done))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});

describe("start noise", () => {
  test("is normal, and the same for the same seed", () => {
    const values = gaussian(100_001, randomFrom(7));
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(average)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(gaussian(100_001, randomFrom(7))).toEqual(values);
  });

  test("repeats one frame when all is shared, and correlates frames by alpha^2 / (1 + alpha^2)", () => {
    const dims = { channels: 2, frames: 3, height: 64, width: 64 };
    const area = dims.height * dims.width;
    const frame = (values: Float32Array, index: number) => values.subarray(index * area, (index + 1) * area);
    const shared = windowNoise(dims, { random: randomFrom(1), alpha: Infinity });
    expect(frame(shared, 1)).toEqual(frame(shared, 0));
    const mixed = windowNoise(dims, { random: randomFrom(1), alpha: 1 });
    const [a, b] = [frame(mixed, 0), frame(mixed, 1)];
    const correlation = a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0) / area;
    expect(correlation).toBeCloseTo(0.5, 1);
  });
});
