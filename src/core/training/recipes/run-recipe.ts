// A recipe at work: its networks opened from their files, its clips read, its loop run, its result written.
import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { z } from "zod";
import { randomFrom, renameDurably } from "../../base/index.ts";
import type { Clock, Logger, Progress } from "../../base/index.ts";
import { weightOf } from "../../onnx/index.ts";
import type { Runtime } from "../../onnx/index.ts";
import { writeSafetensors } from "../../weights/index.ts";
import { seedOf } from "../loop/dataset.ts";
import { train } from "../loop/train.ts";
import type { TrainingEnd } from "../loop/train.ts";
import type { Device } from "../tasks/open-graphs.ts";
import { requireFittingExample } from "./fitting-clips.ts";
import { openPreparedClips } from "./prepared-clips.ts";
import { rateOf, recipeSchema } from "./recipe.ts";
import type { Recipe } from "./recipe.ts";
import { openRecipeTasks } from "./recipe-tasks.ts";
import { modelPlacesSchema } from "./recipe-models.ts";

/** What a run is told: everything, so that whoever does it reads neither settings nor stores. */
export const runOrderSchema = z.strictObject({
  recipe: recipeSchema,
  dataFolder: z.string(),
  runFolder: z.string(),
  models: modelPlacesSchema,
  provider: z.enum(["cpu", "cuda", "tensorrt", "dml", "coreml", "webgpu"]),
  /** Null: as many as the machine has. */
  threads: z.int().positive().nullable(),
  memoryBudgetBytes: z.number().positive(),
});
export type RunOrder = z.infer<typeof runOrderSchema>;

export type RunTools = {
  readonly runtime: Runtime;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
  /** An empty folder for what is written on the way. */
  readonly workFolder: string;
};

export type RunResult = {
  readonly why: TrainingEnd["why"];
  readonly step: number;
  readonly bestValidation: number | null;
  /** What was learnt: an adapter, or the trained weights. */
  readonly resultPath: string;
};

/** Whoever wants a run to end writes this file into its folder: it is looked for after each step. */
export const stopFileName = "stop";

/** Goes on where the run's folder stands. The result is written whether the run was ended or came to its end. */
export async function runRecipe(order: RunOrder, tools: RunTools): Promise<RunResult> {
  const { recipe, runFolder } = order;
  const device = deviceOf(order, tools);
  const isDenoiser = recipe.task.kind === "denoiser";
  const clips = openPreparedClips(order.dataFolder, isDenoiser ? recipe.task.frames : undefined);
  const first = await clips.train.load(0, randomFrom(seedOf(recipe.loop.seed)));
  requireFittingExample(first, recipe);
  using tasks = openRecipeTasks(order, { device, first });
  const stopFile = path.join(runFolder, stopFileName);
  rmSync(stopFile, { force: true });
  const asked = new AbortController();
  const end = await train({
    plan: { ...recipe.loop, rate: rateOf(recipe), clipNorm: recipe.optimiser.clipNorm, precision: device.precision },
    openTask: tasks.openTask,
    dataset: clips.train,
    validation: clips.validation,
    optimiser: {
      runtime: tools.runtime,
      threads: device.threads,
      adamW: recipe.optimiser,
      averageDecay: recipe.optimiser.averageDecay,
    },
    folder: runFolder,
    fingerprint: fingerprintOf(recipe),
    clock: tools.clock,
    logger: tools.logger,
    signal: AbortSignal.any([tools.signal, asked.signal]),
    onProgress: (done, total, unit) => {
      tools.onProgress(done, total, unit);
      if (existsSync(stopFile)) asked.abort();
    },
  });
  const { standing } = end.checkpoint;
  const resultPath = await writeResult(order, end);
  return { why: end.why, step: standing.step, bestValidation: standing.bestValidation, resultPath };
}

/** A processor computes halves by widening them: it is given float32. */
function deviceOf({ recipe, provider, threads, memoryBudgetBytes }: RunOrder, tools: RunTools): Device {
  return {
    runtime: tools.runtime,
    provider,
    threads: threads ?? availableParallelism(),
    precision: provider === "cpu" ? "float32" : recipe.precision,
    memoryBudgetBytes,
    workFolder: tools.workFolder,
  };
}

/** Whatever shapes what a step computes; how long the run is, and how often it looks up, may change when it is resumed. */
function fingerprintOf({ task, optimiser, loop: { seed, examplesPerStep } }: Recipe): string {
  const text = JSON.stringify({ task, optimiser, seed, examplesPerStep });
  return createHash("sha256").update(text).digest("hex");
}

/** The moving average of what was trained, under its own keys; an adapter's file says what it stands beside. */
async function writeResult({ recipe, runFolder, models }: RunOrder, { kept }: TrainingEnd): Promise<string> {
  const file = path.join(runFolder, "result.safetensors");
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  const trained = recipe.task.kind === "denoiser" ? recipe.task.trained : { kind: "all" as const };
  const metadata = {
    kind: trained.kind === "adapter" ? "dubwright-adapter" : "dubwright-trained-weights",
    recipe: recipe.name,
    step: String(kept.step),
    ...(trained.kind === "adapter" && { adapter: JSON.stringify(trained) }),
    ...(models.denoiser && { base: path.basename(path.dirname(models.denoiser.path)) }),
  };
  const weights = Object.entries(kept.tensors).map(([key, tensor]) => weightOf(key, tensor));
  await writeSafetensors(partial, weights, { metadata });
  await renameDurably(partial, file);
  return file;
}
