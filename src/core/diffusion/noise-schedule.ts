// How much of the picture is left at each timestep of the training: the cumulative products of alpha. Dossier 1.11.
import { assert } from "../../shared/failure/index.ts";

/** Timestep -> alpha bar: latents at it are sqrt(alphaBar) clean + sqrt(1 - alphaBar) noise. */
export type NoiseSchedule = {
  readonly alphaBars: Float64Array;
};

export type ScheduleSpec = {
  readonly trainingSteps: number;
  readonly betaFirst: number;
  readonly betaLast: number;
};

/** LatentSync's, which is Stable Diffusion's. */
export const latentSyncSchedule: ScheduleSpec = { trainingSteps: 1000, betaFirst: 0.00085, betaLast: 0.012 };

/** "Scaled linear": linear in the square root of beta, then squared. */
export function noiseSchedule({
  trainingSteps,
  betaFirst,
  betaLast,
}: ScheduleSpec = latentSyncSchedule): NoiseSchedule {
  const alphaBars = new Float64Array(trainingSteps);
  const [rootFirst, rootLast] = [Math.sqrt(betaFirst), Math.sqrt(betaLast)];
  let product = 1;
  for (let step = 0; step < trainingSteps; step++) {
    const root = rootFirst + ((rootLast - rootFirst) * step) / (trainingSteps - 1);
    product *= 1 - root * root;
    alphaBars[step] = product;
  }
  return { alphaBars };
}

/** One place on the way from noise to picture. */
export type GridPoint = {
  /** What the network is told; the last point of a grid is never shown to it. */
  readonly timestep: number;
  readonly alphaBar: number;
};

/** Descending in noise; a sampler makes one step between each two. One more point than steps. */
export type TimeGrid = readonly GridPoint[];

/**
 * leading: 1 + k floor(1000 / steps), as published; few steps then begin where some picture is expected, although the
 * input is pure noise. trailing: begins at the last timestep, which suits few steps (Lin et al. 2023).
 */
export type Spacing = "leading" | "trailing";

/** Ends at timestep 0's alpha bar, not at 1: `set_alpha_to_one` is false in the published configuration. */
export function timeGrid(schedule: NoiseSchedule, inferenceSteps: number, spacing: Spacing = "leading"): TimeGrid {
  const trainingSteps = schedule.alphaBars.length;
  assert(
    Number.isInteger(inferenceSteps) && inferenceSteps >= 1 && inferenceSteps <= trainingSteps,
    `inference steps must be 1 to ${trainingSteps}, not ${inferenceSteps}`,
  );
  const timesteps = Array.from({ length: inferenceSteps }, (_, index) =>
    timestepRules[spacing]({ index, inferenceSteps, trainingSteps }),
  );
  return [...timesteps, 0].map((timestep) => ({ timestep, alphaBar: schedule.alphaBars[timestep] ?? 1 }));
}

type Place = { readonly index: number; readonly inferenceSteps: number; readonly trainingSteps: number };

const timestepRules: { readonly [S in Spacing]: (place: Place) => number } = {
  leading: ({ index, inferenceSteps, trainingSteps }) =>
    Math.min(trainingSteps - 1, 1 + (inferenceSteps - 1 - index) * Math.floor(trainingSteps / inferenceSteps)),
  trailing: ({ index, inferenceSteps, trainingSteps }) =>
    Math.max(1, Math.round(trainingSteps - (index * trainingSteps) / inferenceSteps) - 1),
};
