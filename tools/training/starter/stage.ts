// One stage of the training: a task and its examples through the training loop, resumed where it stands, its result kept.
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { cosineRate, warmUp } from "../../../src/core/autodiff/index.ts";
import { renameDurably } from "../../../src/core/base/index.ts";
import type { Clock, Logger } from "../../../src/core/base/index.ts";
import { weightOf } from "../../../src/core/onnx/index.ts";
import { asFloat32 } from "../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";
import { train } from "../../../src/core/training/index.ts";
import type { Dataset, Device, OpenTask, Parameters, TrainingEnd } from "../../../src/core/training/index.ts";
import { openTensorFile, readTensor, writeSafetensors } from "../../../src/core/weights/index.ts";

export type StageNumbers = {
  readonly steps: number;
  readonly examplesPerStep: number;
  readonly learningRate: number;
  readonly warmUpSteps: number;
  readonly averageDecay: number;
  readonly checkpointEverySteps: number;
  readonly validateEverySteps: number;
  readonly patience: number;
};

/** What every stage works with. */
export type Shop = {
  readonly device: Device;
  /** Everything is written below it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
};

/** Thrown when someone asked for a stop: everything is written, and the same command goes on. */
export class Stopped extends Error {}

export function requireGoing({ signal }: Shop): void {
  if (signal.aborted) throw new Stopped();
}

export type Stage = {
  readonly name: string;
  readonly numbers: StageNumbers;
  readonly openTask: OpenTask;
  readonly dataset: Dataset;
  readonly validation?: Dataset;
  /** A look at the moving average every so many steps. */
  readonly look?: {
    readonly everySteps: number;
    readonly at: (parameters: Parameters, step: number) => Promise<void>;
  };
};

const seed = 7;

/** Runs the stage to its end, or from where it stands; answers at once with the result of one that is done. */
export async function trainStage(shop: Shop, stage: Stage): Promise<Parameters> {
  const file = path.join(shop.folder, "results", `${stage.name}.safetensors`);
  if (existsSync(file)) return readTensors(file);
  const { numbers, look } = stage;
  for (;;) {
    const end = await trainUntilLook(shop, stage);
    const { step } = end.checkpoint.standing;
    const { average } = end.checkpoint.state;
    const isDone = end.why === "no-better" || step >= numbers.steps;
    if (look && (isDone || step % look.everySteps === 0)) await look.at(average, step);
    if (isDone) {
      await writeTensors(file, average);
      return average;
    }
    requireGoing(shop);
  }
}

/** The loop is stopped at each look, and goes on from there as if nothing had been. */
async function trainUntilLook(shop: Shop, stage: Stage): Promise<TrainingEnd> {
  const { device, clock, logger, signal } = shop;
  const { name, numbers, openTask, dataset, validation, look } = stage;
  const pause = new AbortController();
  const startMs = clock.monotonicMs();
  let [saidMs, first] = [startMs, -1];
  return await train({
    plan: {
      ...numbers,
      examplesAtOnce: numbers.examplesPerStep,
      seed,
      rate: warmUp(numbers.warmUpSteps, cosineRate(numbers.learningRate, numbers.steps, numbers.learningRate / 50)),
      clipNorm: 1,
      precision: "float32",
    },
    openTask,
    dataset,
    validation,
    optimiser: {
      runtime: device.runtime,
      threads: device.threads,
      adamW: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.01 },
      averageDecay: numbers.averageDecay,
    },
    folder: path.join(shop.folder, "runs", name),
    fingerprint: JSON.stringify({ name, numbers }),
    clock,
    logger,
    signal: AbortSignal.any([signal, pause.signal]),
    onProgress: (done, total) => {
      const nowMs = clock.monotonicMs();
      if (first < 0) first = done - 1;
      if (nowMs - saidMs > 60_000 || done === total) {
        const secondsPerStep = (nowMs - startMs) / 1000 / (done - first);
        const leftMinutes = Math.ceil((secondsPerStep * (total - done)) / 60);
        shop.say(`${name}: step ${done} of ${total}, ${secondsPerStep.toFixed(2)} s a step, ${leftMinutes} min left`);
        saidMs = nowMs;
      }
      if (look && done % look.everySteps === 0) pause.abort();
    },
  });
}

/** Whole or not at all. */
export async function writeTensors(
  file: string,
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  await writeSafetensors(
    partial,
    Object.entries(tensors).map(([key, tensor]) => weightOf(key, tensor)),
    { metadata },
  );
  await renameDurably(partial, file);
}

/** All tensors of a file, halves as float32. */
export function readTensors(file: string): Parameters {
  using opened = openTensorFile(file);
  const tensors: Record<string, Tensor<"float32">> = {};
  for (const name of opened.entries.keys()) {
    const tensor = readTensor(opened, name);
    if (tensor.dtype !== "float32" && tensor.dtype !== "float16")
      throw new Error(`${name} of ${file} is ${tensor.dtype}, not floats`);
    tensors[name] = asFloat32(tensor);
  }
  return tensors;
}
