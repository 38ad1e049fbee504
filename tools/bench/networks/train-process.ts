// One training run of a few steps in a process of its own; says how long a step took and what was estimated.
import path from "node:path";
import { constantRate } from "../../../src/core/autodiff/index.ts";
import { randomFrom, silentLogger, systemClock } from "../../../src/core/base/index.ts";
import type { UnetConfig } from "../../../src/core/models/index.ts";
import { newAdapter, stableDiffusionVae, unetGraph } from "../../../src/core/models/index.ts";
import { openRuntime } from "../../../src/core/onnx/index.ts";
import { openDenoiserTask, readSteps, train } from "../../../src/core/training/index.ts";
import type { Dataset, TrainedPart, TrainingTask } from "../../../src/core/training/index.ts";
import { openTensorFile, weightsOf } from "../../../src/core/weights/index.ts";
import { noise } from "./measure.ts";
import { seededWeights } from "./seeded-weights.ts";

export type TrainOrder = {
  readonly config: UnetConfig;
  /** A file of the network's weights; graphs are written beside it. */
  readonly weights: string;
  readonly trained: TrainedPart;
  readonly frames: number;
  readonly latentSide: number;
  readonly audioTokens: number;
  readonly threads: number;
  readonly steps: number;
  readonly budgetBytes: number;
  readonly runFolder: string;
};

export type TrainReport = {
  readonly secondsPerStep: readonly number[];
  /** Of all threads together: on a busy machine the steadier of the two. */
  readonly processorSecondsPerStep: readonly number[];
  readonly openSeconds: number;
  /** When all sessions are open and nothing has run. */
  readonly openBytes: number;
  readonly trainedCount: number;
  readonly recomputation: TrainingTask["recomputation"];
  readonly losses: readonly number[];
};

const order = JSON.parse(process.argv[2] ?? "") as TrainOrder;
const { config, frames, latentSide, audioTokens, threads, trained } = order;
using file = openTensorFile(order.weights);
const weights = weightsOf(file, { dtype: "float32" });
const runtime = await openRuntime({ role: "bench", logger: silentLogger });
const random = randomFrom(4);
const latents = (channels: number) => noise(random, [channels, frames, latentSide, latentSide]);
const example = {
  clean: latents(4),
  masked: latents(4),
  reference: latents(4),
  keep: latents(1),
  audio: noise(random, [frames, audioTokens, config.audioWidth]),
};
const dataset: Dataset = { size: 1, load: () => Promise.resolve(example) };
const base = { config, weights };
const denoiser =
  trained.kind === "adapter"
    ? { ...base, adapter: { spec: trained, tensors: newAdapter(unetGraph(base), trained, random) } }
    : base;

let report: Pick<TrainReport, "openSeconds" | "openBytes" | "trainedCount" | "recomputation"> | undefined;
const openTask = async (batch: number): Promise<TrainingTask> => {
  const startMs = performance.now();
  const task = await openDenoiserTask({
    denoiser,
    trained,
    sizes: { batch, frames, latentHeight: latentSide, latentWidth: latentSide, audioTokens },
    noising: { predicts: "noise", noiseAlpha: 1, timestepExponent: 1, pureNoiseRatio: 0, audioDropoutRatio: 0 },
    denoisingWeight: 1,
    pictureLosses: {},
    pictureLossesUpTo: 999,
    decoder: { config: stableDiffusionVae, weights: seededWeights(2) },
    device: {
      runtime,
      provider: "cpu",
      threads,
      precision: "float32",
      memoryBudgetBytes: order.budgetBytes,
      workFolder: path.dirname(order.weights),
    },
  });
  const counts = [...task.trained.values()].map((dims) => dims.reduce((product, size) => product * size, 1));
  report = {
    openSeconds: (performance.now() - startMs) / 1000,
    openBytes: process.memoryUsage().rss,
    trainedCount: counts.reduce((sum, count) => sum + count, 0),
    recomputation: task.recomputation,
  };
  return task;
};

const processorSeconds: number[] = [];
let before = process.cpuUsage();

await train({
  plan: {
    steps: order.steps,
    examplesPerStep: 1,
    examplesAtOnce: 1,
    seed: 1,
    rate: constantRate(1e-5),
    clipNorm: 1,
    precision: "float32",
    checkpointEverySteps: 1_000_000,
    validateEverySteps: 1_000_000,
    patience: 0,
  },
  openTask,
  dataset,
  optimiser: { runtime, threads, adamW: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 }, averageDecay: 0 },
  folder: order.runFolder,
  fingerprint: "memory",
  clock: systemClock,
  logger: silentLogger,
  signal: new AbortController().signal,
  onProgress: () => {
    const { user, system } = process.cpuUsage(before);
    processorSeconds.push((user + system) / 1e6);
    before = process.cpuUsage();
  },
});
const lines = readSteps(path.join(order.runFolder, "log.jsonl"));
console.log(
  JSON.stringify({
    ...report,
    processorSecondsPerStep: processorSeconds,
    secondsPerStep: lines.map(({ seconds }) => seconds),
    losses: lines.map(({ losses }) => losses["total"] ?? NaN),
  }),
);
