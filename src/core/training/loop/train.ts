// The loop: examples in, gradients, an update, a line in the log; checkpoints, validation, and what to do when a step goes wrong.
import path from "node:path";
import { assert, failed } from "../../../shared/failure/index.ts";
import { makeFolderDurably, randomFrom } from "../../base/index.ts";
import type { Clock, Logger, Progress } from "../../base/index.ts";
import type { RateSchedule } from "../../autodiff/index.ts";
import type { OpenTask, TrainingTask } from "../tasks/task.ts";
import { batchesOf, seedOf } from "./dataset.ts";
import type { Dataset, DrawnExample } from "./dataset.ts";
import { keptOf, readLatestCheckpoint, writeBest, writeCheckpoint } from "./checkpoint.ts";
import type { Checkpoint, CheckpointFolder, Kept, Standing } from "./checkpoint.ts";
import { appendStep, cutSteps } from "./curves.ts";
import type { StepLine } from "./curves.ts";
import { firstScale, nextScale } from "./loss-scale.ts";
import { fewerAtOnce, stepGradients } from "./micro-batches.ts";
import { freshState, normOf, openOptimiser } from "./trained-state.ts";
import type { Optimiser, OptimiserOptions } from "./trained-state.ts";

export type LoopPlan = {
  readonly steps: number;
  /** What one update learns from; in runs of `examplesAtOnce`, whose gradients are added. */
  readonly examplesPerStep: number;
  readonly examplesAtOnce: number;
  readonly seed: number;
  readonly rate: RateSchedule;
  /** Largest global norm of the gradients. */
  readonly clipNorm: number;
  readonly precision: "float32" | "float16";
  readonly checkpointEverySteps: number;
  readonly validateEverySteps: number;
  /** Validations without a better loss after which the run ends; 0 never. */
  readonly patience: number;
};

export type TrainOptions = {
  readonly plan: LoopPlan;
  readonly openTask: OpenTask;
  readonly dataset: Dataset;
  /** Held-out examples; validation is left out where there are none. */
  readonly validation?: Dataset | undefined;
  readonly optimiser: OptimiserOptions;
  /** Holds log.jsonl and checkpoints/. */
  readonly folder: string;
  readonly fingerprint: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: Progress;
};

export type TrainingEnd = {
  readonly why: "all-steps" | "no-better" | "stopped";
  readonly checkpoint: Checkpoint;
  readonly checkpointFile: string;
  /** What was learnt: the average of the best moment where examples were held out, else of the last. */
  readonly kept: Kept;
};

/** The loss scale falls by half each time: after so many in a row nothing is left to hope for. */
const mostSkippedInARow = 24;

/**
 * Trains from the latest checkpoint of the folder, or from the beginning, until all steps are done, validation no longer gets
 * better, or `signal` asks to stop; a checkpoint is written before it answers. Resumed on the processor with the same
 * threads it ends with the very bits of an uninterrupted run. Memory that runs out halves how many examples go at once; a
 * step whose gradients are not finite is left out and told.
 */
export async function train(options: TrainOptions): Promise<TrainingEnd> {
  const { plan, signal } = options;
  const at: CheckpointFolder = { folder: path.join(options.folder, "checkpoints"), fingerprint: options.fingerprint };
  await using tasks = await openTasks(options);
  await using optimiser = await openOptimiser(options.optimiser);
  const logFile = path.join(options.folder, "log.jsonl");
  let now = await beginning(options, at, tasks);
  await makeFolderDurably(options.folder);
  await cutSteps(logFile, now.standing.step);
  const source = { seed: plan.seed, examplesPerStep: plan.examplesPerStep, fromStep: now.standing.step };
  let why: TrainingEnd["why"] = "all-steps";
  let written: string | undefined;
  for await (const examples of batchesOf(options.dataset, source)) {
    if (signal.aborted) why = "stopped";
    if (why !== "all-steps" || now.standing.step >= plan.steps) break;
    const { next, line } = await oneStep(options, { now, examples, tasks, optimiser });
    now = next;
    appendStep(logFile, line);
    if (line.validation !== null && now.standing.validationsSinceBest === 0) await writeBest(at, now);
    options.onProgress(now.standing.step, plan.steps, "steps");
    if (plan.patience > 0 && now.standing.validationsSinceBest >= plan.patience) why = "no-better";
    const isDue = now.standing.step % plan.checkpointEverySteps === 0;
    written = isDue ? await writeCheckpoint(at, now) : undefined;
  }
  const checkpointFile = written ?? (await writeCheckpoint(at, now));
  return { why, checkpoint: now, checkpointFile, kept: keptOf(at, now) };
}

/** The one task that is open, for as many examples at once as memory has borne so far. */
type Tasks = AsyncDisposable & {
  readonly current: () => TrainingTask;
  readonly examplesAtOnce: () => number;
  readonly reopen: (examplesAtOnce: number) => Promise<void>;
  /** Closes the task and opens it for fewer examples; fails when one alone is too many. */
  readonly shrink: (cause: unknown) => Promise<void>;
};

async function openTasks({ openTask, plan, logger }: TrainOptions): Promise<Tasks> {
  let examplesAtOnce = plan.examplesAtOnce;
  assert(plan.examplesPerStep % examplesAtOnce === 0, "a step's examples fall into equal runs");
  let task = await openTask(examplesAtOnce);
  logger.info("the task is open", { trainedTensors: task.trained.size, examplesAtOnce, ...task.recomputation });
  const reopen = async (count: number) => {
    await task[Symbol.asyncDispose]();
    examplesAtOnce = count;
    task = await openTask(count);
  };
  return {
    reopen,
    current: () => task,
    examplesAtOnce: () => examplesAtOnce,
    shrink: async (cause) => {
      const fewer = fewerAtOnce(plan.examplesPerStep, examplesAtOnce);
      if (fewer === undefined)
        throw failed("training.out-of-memory", {
          message: "Not even one example at a time fits the memory of this device.",
          hint: "Choose fewer frames, a smaller picture, half precision, or an adapter of fewer projections.",
          cause,
        });
      logger.warn("memory ran out; fewer examples go at once from here on", { before: examplesAtOnce, now: fewer });
      await reopen(fewer);
    },
    [Symbol.asyncDispose]: () => task[Symbol.asyncDispose](),
  };
}

async function beginning(
  { plan, logger, optimiser }: TrainOptions,
  at: CheckpointFolder,
  tasks: Tasks,
): Promise<Checkpoint> {
  const found = readLatestCheckpoint(at, tasks.current().trained);
  for (const { file, why } of found?.passedOver ?? []) logger.warn("a checkpoint is passed over", { file, why });
  if (found) {
    const { standing, state } = found;
    if (standing.examplesAtOnce !== tasks.examplesAtOnce()) await tasks.reopen(standing.examplesAtOnce);
    return { standing, state };
  }
  const standing: Standing = {
    step: 0,
    updates: 0,
    seed: plan.seed,
    ...firstScale(plan.precision),
    examplesAtOnce: plan.examplesAtOnce,
    bestValidation: null,
    validationsSinceBest: 0,
  };
  const averages = optimiser.averageDecay === 0 ? "no-average" : "keeps-average";
  return { standing, state: freshState(await tasks.current().initial(), averages) };
}

type Step = {
  readonly now: Checkpoint;
  readonly examples: readonly DrawnExample[];
  readonly tasks: Tasks;
  readonly optimiser: Optimiser;
};

async function oneStep(options: TrainOptions, { now, examples, tasks, optimiser }: Step) {
  const { plan, clock, logger } = options;
  const startMs = clock.monotonicMs();
  const { standing } = now;
  const { losses, gradients } = await stepGradients(
    { parameters: now.state.parameter, examples, lossScale: standing.lossScale },
    tasks,
  );
  const share = tasks.examplesAtOnce() / examples.length;
  const norm = normOf(gradients) * share;
  const isFinite = Number.isFinite(norm) && Number.isFinite(losses["total"] ?? NaN);
  const scale = nextScale(standing, isFinite ? "finite" : "not-finite", plan.precision);
  if (!isFinite) {
    logger.warn("a step is left out: a number in it is not finite", {
      step: standing.step,
      lossScale: scale.lossScale,
    });
    requireHope(scale.skippedInARow, standing.step);
  }
  const update = standing.updates + 1;
  const learningRate = plan.rate(standing.updates);
  const factor = share * Math.min(1, plan.clipNorm / (norm + 1e-6));
  const { state } = now;
  if (isFinite) await optimiser.step(state, { gradients, factor, learningRate, update });
  const moved: Standing = {
    ...standing,
    ...scale,
    step: standing.step + 1,
    updates: isFinite ? update : standing.updates,
    examplesAtOnce: tasks.examplesAtOnce(),
  };
  const validation = await validate(options, { standing: moved, state }, tasks);
  const seconds = (clock.monotonicMs() - startMs) / 1000;
  const line: StepLine = {
    step: standing.step,
    losses: isFinite ? losses : {},
    gradientNorm: isFinite ? norm : null,
    learningRate,
    lossScale: standing.lossScale,
    skipped: !isFinite,
    seconds,
    examplesPerSecond: examples.length / Math.max(seconds, 1e-3),
    residentBytes: process.memoryUsage().rss,
    validation: validation ?? null,
  };
  return { next: { standing: judged(moved, validation), state }, line };
}

function requireHope(skippedInARow: number, step: number): void {
  if (skippedInARow < mostSkippedInARow) return;
  throw failed("training.diverged", {
    message: `${skippedInARow} steps in a row gave numbers that are not finite.`,
    hint: "Resume from an earlier checkpoint with a lower learning rate, or train in float32.",
    details: { step },
  });
}

/** The mean loss over the held-out examples, each with the same noise every time; undefined where it is not due. */
async function validate(
  { plan, validation }: TrainOptions,
  { standing, state }: Checkpoint,
  tasks: Tasks,
): Promise<number | undefined> {
  const isDue = standing.step % plan.validateEverySteps === 0 || standing.step === plan.steps;
  if (validation === undefined || validation.size === 0 || !isDue) return undefined;
  const atOnce = tasks.examplesAtOnce();
  const runs = Math.max(1, Math.floor(validation.size / atOnce));
  let total = 0;
  for (let run = 0; run < runs; run += 1) {
    const examples: DrawnExample[] = [];
    for (let slot = 0; slot < atOnce; slot += 1) {
      const index = (run * atOnce + slot) % validation.size;
      const example = await validation.load(index, randomFrom(seedOf(plan.seed, index, 3)));
      examples.push({ example, seed: seedOf(plan.seed, index, 4) });
    }
    const { losses } = await tasks.current().losses({ parameters: state.average, examples });
    total += (losses["total"] ?? NaN) / runs;
  }
  return total;
}

function judged(standing: Standing, validation: number | undefined): Standing {
  if (validation === undefined) return standing;
  const isBetter = standing.bestValidation === null || validation < standing.bestValidation;
  return isBetter
    ? { ...standing, bestValidation: validation, validationsSinceBest: 0 }
    : { ...standing, validationsSinceBest: standing.validationsSinceBest + 1 };
}
