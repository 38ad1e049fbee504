// DDIM against the reference trajectories: timesteps, cumulative alphas, and every latent on the way.
import { expect, test } from "vitest";
import { decompose, noiseSchedule, samplers, timeGrid } from "../../src/core/diffusion/index.ts";
import { silentLogger } from "../../src/core/base/index.ts";
import { openRuntime } from "../../src/core/onnx/index.ts";
import { checkVectors } from "../../src/core/training/index.ts";
import { openTensorFile, readTensorBytes } from "../../src/core/weights/index.ts";
import { sharedVectors } from "../support/shared-folder.ts";

const file = sharedVectors("ddim.vectors.safetensors");

function read(name: string) {
  using vectors = openTensorFile(file ?? "");
  const { buffer } = readTensorBytes(vectors, name);
  return { floats: () => new Float32Array(buffer), integers: () => [...new BigInt64Array(buffer)].map(Number) };
}

const relativeError = (ours: ArrayLike<number>, reference: Float32Array) => {
  const difference = Math.hypot(...reference.map((value, i) => (ours[i] ?? 0) - value));
  return difference / Math.hypot(...reference);
};

test.skipIf(!file)("the cumulative alphas are the reference's", () => {
  expect(relativeError(noiseSchedule().alphaBars, read("schedule/out/alphas_cumprod").floats())).toBeLessThan(1e-6);
});

test.skipIf(!file).each([4, 10, 20, 50])("%i steps go through the reference's timesteps and latents", async (steps) => {
  const grid = timeGrid(noiseSchedule(), steps);
  expect(grid.slice(0, -1).map((point) => point.timestep)).toEqual(read(`steps${steps}/out/timesteps`).integers());

  const latents: number[] = [];
  await samplers.ddim(
    async (x, { timestep, alphaBar }) => {
      const prediction = x.map((value) => Math.tanh(0.7 * value + 0.001 * timestep));
      return await Promise.resolve(decompose({ latents: x, prediction, predicts: "noise", alphaBar }));
    },
    read(`steps${steps}/in/start`).floats(),
    { grid, onStep: (_index, next) => latents.push(...next) },
  );
  const reference = read(`steps${steps}/out/trajectory`).floats();
  expect(latents).toHaveLength(reference.length);
  expect(relativeError(latents, reference)).toBeLessThan(1e-5);
});

test.skipIf(!file)("the same file is checked as `models check` does it, every output of it", async () => {
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const report = await checkVectors(file ?? "", { runtime, workFolder: "" });
  expect(report.notComputed).toEqual([]);
  expect(report.outputs).toHaveLength(9);
  for (const { case: name, output, relativeError: error } of report.outputs)
    expect(error, `${name} ${output}`).toBeLessThan(1e-6);
});
