// A recipe: every number of a training, as a file that can be read, copied and changed.
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import { constantRate, cosineRate, warmUp } from "../../autodiff/index.ts";
import type { RateSchedule } from "../../autodiff/index.ts";

const count = z.int().positive();
const ratio = z.number().min(0).max(1);
const patterns = z.array(z.string().min(1)).min(1);

const trainedPart = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("patterns"), patterns }),
  z.strictObject({ kind: z.literal("adapter"), rank: count, alpha: z.number().positive(), projections: patterns }),
]);

/** The sizes of a U-Net that is none of the published ones. */
export const unetSizesSchema = z.strictObject({
  inChannels: count,
  outChannels: count,
  levelChannels: z.array(count).min(1),
  layersPerLevel: count,
  audioWidth: count,
  heads: count,
  normGroups: count,
  motion: z.enum(["none", "decoder", "all"]),
  motionHeads: count,
  maxFrames: count,
  audioKeys: z.strictObject({ norm: z.string(), attention: z.string() }),
});

/** A stored model by its network's name, or new weights in sizes of one's own. */
const denoiserStart = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("model"), networks: z.array(z.string()).min(1) }),
  z.strictObject({ from: z.literal("new"), seed: z.int().nonnegative(), sizes: unetSizesSchema }),
]);

const pictureLosses = z.strictObject({
  sync: z.strictObject({ weight: z.number().nonnegative(), space: z.enum(["pixels", "latents"]) }),
  likeness: z.strictObject({ weight: z.number().nonnegative() }),
  temporal: z.strictObject({ weight: z.number().nonnegative() }),
  /** Pictures are judged up to this timestep; 999 judges all, as published. */
  upToTimestep: z.int().min(0).max(999),
});

const denoiserPart = z.strictObject({
  kind: z.literal("denoiser"),
  start: denoiserStart,
  trained: trainedPart,
  sizePx: count,
  frames: count,
  predicts: z.enum(["noise", "v", "clean"]),
  noise: z.strictObject({
    alpha: z.number().nonnegative(),
    timestepExponent: z.number().positive(),
    pureNoiseRatio: ratio,
    audioDropoutRatio: ratio,
  }),
  losses: z.strictObject({
    denoising: z.number().positive(),
    /** What a cell that is painted, and one that is kept, weighs in the loss on latents. */
    paintedCellWeight: z.number().nonnegative(),
    keptCellWeight: z.number().nonnegative(),
    pictures: pictureLosses,
  }),
});

const syncNetPart = z.strictObject({
  kind: z.literal("syncnet"),
  start: z.strictObject({ from: z.literal("new"), seed: z.int().nonnegative() }),
  frames: z.union([z.literal(5), z.literal(16), z.literal(25)]),
  space: z.enum(["pixels", "latents"]),
  attends: z.boolean(),
});

const optimiser = z.strictObject({
  learningRate: z.number().positive(),
  warmUpSteps: z.int().nonnegative(),
  schedule: z.enum(["constant", "cosine"]),
  betas: z.tuple([ratio, ratio]),
  epsilon: z.number().positive(),
  weightDecay: z.number().nonnegative(),
  clipNorm: z.number().positive(),
  /** Of the moving average of the weights, which is what is kept in the end; 0 keeps the last weights. */
  averageDecay: z.number().min(0).lt(1),
});

const loop = z
  .strictObject({
    steps: count,
    examplesPerStep: count,
    examplesAtOnce: count,
    seed: z.int().nonnegative(),
    checkpointEverySteps: count,
    validateEverySteps: count,
    patience: z.int().nonnegative(),
  })
  .refine((given) => given.examplesPerStep % given.examplesAtOnce === 0, {
    message: "examplesPerStep must be a multiple of examplesAtOnce",
  });

export const recipeSchema = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string().min(1),
  /** What it is for and what it costs, for the person who chooses. */
  says: z.string().min(1),
  task: z.discriminatedUnion("kind", [denoiserPart, syncNetPart]),
  /** On a graphics card; the processor computes in float32 whatever this says. */
  precision: z.enum(["float32", "float16"]),
  optimiser,
  loop,
});

export type Recipe = z.infer<typeof recipeSchema>;
export type DenoiserRecipe = z.infer<typeof denoiserPart>;
export type SyncNetRecipe = z.infer<typeof syncNetPart>;

/** Refuses what is no recipe with the place and the reason of the first thing that is wrong. */
export function parseRecipe(given: unknown, source: string): Recipe {
  const parsed = recipeSchema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused("training.wrong-recipe", {
      message: `${source} is no recipe: ${issue?.path.join(".") || "the file"}: ${issue?.message}.`,
      hint: "Copy one of the recipes in assets/recipes and change its numbers.",
      details: { issues: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) },
    });
  }
  const { task } = parsed.data;
  if (task.kind === "denoiser" && task.predicts === "noise" && task.noise.pureNoiseRatio > 0)
    throw refused("training.wrong-recipe", {
      message: `${source} feeds pure noise to a network that predicts noise, which could only guess.`,
      hint: 'Set noise.pureNoiseRatio to 0, or let it predict "clean" or "v".',
    });
  return parsed.data;
}

/** Step 0 is the first update. */
export function rateOf({ optimiser: given, loop: { steps } }: Recipe): RateSchedule {
  const after = given.schedule === "cosine" ? cosineRate(given.learningRate, steps) : constantRate(given.learningRate);
  return warmUp(given.warmUpSteps, after);
}
