// Vectors of the sampler: the noise schedule, the timesteps, and every latent on the way from noise to picture.
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import { decompose, noiseSchedule, samplers, timeGrid } from "../../diffusion/index.ts";
import type { Family, PlainRun } from "../../models/index.ts";
import { floats, int64s } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";

const configSchema = z.object({ noise: z.string() });

/** "tanh(0.7 x + 0.001 t)": what stands in for the network, of the latents x and the timestep t. */
const standIn = /^tanh\(([\d.e+-]+) x \+ ([\d.e+-]+) t\)/;

function standInOf(config: unknown): (x: Float32Array, timestep: number) => Float32Array {
  const { noise } = configSchema.parse(config);
  const [, ofLatents, ofTimestep] = standIn.exec(noise) ?? [];
  if (ofLatents === undefined || ofTimestep === undefined)
    throw refused("models.no-vectors", {
      message: `The vectors' stand-in for a network is "${noise}"; one like "tanh(0.7 x + 0.001 t)" is expected.`,
    });
  const [a, b] = [Number(ofLatents), Number(ofTimestep)];
  return (x, timestep) => x.map((value) => Math.tanh(a * value + b * timestep));
}

/** The steps of the published schedule from the case's start: [step, ...latents] and the timesteps. */
async function trajectoryOf({ config, feeds, dimsOf }: PlainRun, steps: number) {
  const start = feeds()["start"];
  if (start?.dtype !== "float32") return {};
  const noiseAt = standInOf(config);
  const grid = timeGrid(noiseSchedule(), steps);
  const trajectory = new Float32Array(steps * start.data.length);
  await samplers.ddim(
    async (latents, { timestep, alphaBar }) =>
      await Promise.resolve(
        decompose({ latents, prediction: noiseAt(latents, timestep), predicts: "noise", alphaBar }),
      ),
    start.data,
    { grid, onStep: (index, latents) => trajectory.set(latents, index * latents.length) },
  );
  return {
    timesteps: int64s(
      [steps],
      grid.slice(0, -1).map(({ timestep }) => timestep),
    ),
    trajectory: floats(dimsOf("trajectory") ?? [steps, ...start.dims], trajectory),
  };
}

const scheduleOf = (): Readonly<Record<string, Tensor>> => {
  const { alphaBars } = noiseSchedule();
  return { alphas_cumprod: floats([alphaBars.length], Float32Array.from(alphaBars)) };
};

export const diffusionFamily: Family = {
  prefixes: [],
  graphs: () => [],
  compute: async (run) => {
    const [steps] = run.dimsOf("timesteps") ?? run.dimsOf("trajectory") ?? [];
    return steps === undefined ? scheduleOf() : await trajectoryOf(run, steps);
  },
};
