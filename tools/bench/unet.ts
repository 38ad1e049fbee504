// The full-size U-Net from a published-format checkpoint to a guided step, against the same network in plain PyTorch.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { randomFrom } from "../../src/core/base/index.ts";
import {
  latentSyncUnet,
  parameterCount,
  parametersOf,
  unetGraph,
  unetPrepareGraph,
  unetStepGraph,
} from "../../src/core/models/index.ts";
import type { UnetConfig } from "../../src/core/models/index.ts";
import { multiplyAddsOf, variantOf, writeModel } from "../../src/core/onnx/index.ts";
import type { Graph, Precision } from "../../src/core/onnx/index.ts";
import { concat, int64s, relativeError } from "../../src/core/tensor/index.ts";
import type { Tensor } from "../../src/core/tensor/index.ts";
import { openTensorFile, weightsOf } from "../../src/core/weights/index.ts";
import type { ImportOrder, ImportReport } from "./networks/import-process.ts";
import { askChild, askOwn, fixed, gigabytes, gigaflops, noise, peakBytes } from "./networks/measure.ts";
import type { Times } from "./networks/measure.ts";
import type { RunOrder, RunReport } from "./networks/run-process.ts";
import { seededTensors } from "./networks/seeded-weights.ts";
import { readTensorPlace, writeTensors } from "./networks/tensor-files.ts";
import type { TensorPlace } from "./networks/tensor-files.ts";
import { writeTorchCheckpoint } from "./networks/torch-checkpoint.ts";

const { values: given } = parseArgs({
  options: {
    width: { type: "string", default: "1" },
    frames: { type: "string", default: "16" },
    "side-px": { type: "string", default: "256" },
    rounds: { type: "string", default: "2" },
    threads: { type: "string", default: String(availableParallelism()) },
    /** Ends after the import; the exit code is 1 when it took more than 1.5 GB. */
    "import-only": { type: "boolean", default: false },
    /** Keeps ONNX Runtime's profiles of the steps in this folder. */
    profiles: { type: "string" },
  },
});
const [width, frames, rounds, threads] = [given.width, given.frames, given.rounds, given.threads].map(Number) as [
  number,
  number,
  number,
  number,
];
const cells = Number(given["side-px"]) / 8;
const audioTokens = 50;
const timestep = 501;

const config: UnetConfig = {
  ...latentSyncUnet,
  levelChannels: latentSyncUnet.levelChannels.map((channels) => channels * width),
};
const sizes = { batch: 1, frames, height: cells / 8, width: cells / 8, tokens: audioTokens, steps: 1 };

const folder = mkdtempSync(path.join(tmpdir(), "dubwright-bench-unet-"));
const inFolder = (name: string): string => path.join(folder, name);
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await work();
  return (performance.now() - startMs) / 1000;
};

async function writeCheckpoint(): Promise<string> {
  const checkpoint = inFolder("latentsync_unet.pt");
  const parameters = parametersOf((weights) => unetGraph({ config, weights }));
  const took = await seconds(() => writeTorchCheckpoint(checkpoint, seededTensors(parameters, 1)));
  const millions = fixed(parameterCount(parameters) / 1e6);
  console.log(`checkpoint: ${millions} million numbers in ${parameters.size} tensors, written in ${fixed(took)} s`);
  return checkpoint;
}

/** What an import may hold at once, whatever the checkpoint's size. */
const mostImportBytes = 1.5e9;

function importCheckpoint(checkpoint: string): string {
  const storeFolder = inFolder("models");
  const order: ImportOrder = { checkpoint, storeFolder, ...(width !== 1 && { narrowed: config }) };
  const report = askOwn("import-process.ts", order) as ImportReport | undefined;
  if (!report) throw new Error("the import failed");
  console.log(`import: ${fixed(report.seconds)} s, at most ${gigabytes(report.peakBytes)} resident`);
  if (given["import-only"]) process.exit(report.peakBytes <= mostImportBytes ? 0 : 1);
  return report.weights;
}

/** Lowered for the CPU at fixed sizes and written. */
async function writeVariant(graph: Graph, name: string, precision: Precision): Promise<string> {
  const file = inFolder(`${name}.onnx`);
  const took = await seconds(() => writeModel(variantOf(graph, { lowering: "cpu", precision, sizes }), file));
  console.log(`${name}: written as a model in ${fixed(took)} s`);
  return file;
}

function runModel(model: string, feeds: RunOrder["feeds"], wanted: readonly string[]): RunReport {
  const outputs = `${model}.outputs`;
  mkdirSync(outputs);
  const profilePrefix =
    given.profiles === undefined ? {} : { profilePrefix: path.join(given.profiles, path.basename(model)) };
  const order: RunOrder = { model, feeds, wanted, folder: outputs, threads, rounds, ...profilePrefix };
  const report = askOwn("run-process.ts", order) as RunReport | undefined;
  if (!report) throw new Error(`${model} could not be run`);
  for (const file of [model, `${model}.data`]) rmSync(file, { force: true });
  return report;
}

const pace = ({ seconds: wall, processorSeconds }: Times): string =>
  `${fixed(wall, 2)} s (${fixed(processorSeconds, 2)} s of processor time)`;

type Step = Times & { readonly noise: Tensor };

/** [noise without audio, with audio] of one guided step, as PyTorch's batch of two. */
function guidedNoise({ outputs }: RunReport): Tensor {
  const [silent, heard] = [outputs["noise_without_audio"], outputs["noise"]];
  if (!silent || !heard) throw new Error("a guided step gives two noises");
  return concat([readTensorPlace(silent), readTensorPlace(heard)], 0);
}

async function runOurs(weightsPath: string, inputs: Readonly<Record<string, TensorPlace>>, precision: Precision) {
  using file = openTensorFile(weightsPath);
  const weights = weightsOf(file, { dtype: "float32" });
  const prepare = unetPrepareGraph({ config, weights });
  const step = unetStepGraph({ config, weights, guidance: "guided", depth: "full" });
  const prepareModel = await writeVariant(prepare, `prepare-${precision}`, "float32");
  const stepModel = await writeVariant(step, `step-${precision}`, precision);
  const { latents, ...windowFeeds } = inputs;
  const prepared = runModel(prepareModel, windowFeeds, []);
  console.log(`prepared window: ${pace(prepared)}, ${gigaflops(multiplyAddsOf(prepare, sizes), prepared.seconds)}`);
  const { time_shifts: shifts, ...known } = prepared.outputs;
  if (!latents || !shifts) throw new Error("a step needs latents and time shifts");
  const ran = runModel(stepModel, { ...known, latents, time_shift: shifts }, ["noise", "noise_without_audio"]);
  console.log(`session of the step, ${precision}: created in ${fixed(ran.createSeconds)} s`);
  const rate = gigaflops(multiplyAddsOf(step, sizes), ran.seconds);
  console.log(`guided step, ${precision}: ${pace(ran)}, ${rate}, ${gigabytes(ran.residentBytes)} resident`);
  return { ...ran, noise: guidedNoise(ran) } satisfies Step;
}

const torchReport = z.object({
  version: z.string(),
  seconds: z.number(),
  processorSeconds: z.number(),
  residentBytes: z.number(),
  bfloat16: z.object({ seconds: z.number(), processorSeconds: z.number(), relativeError: z.number() }),
});

/** Undefined, and said so, where there is no PyTorch. */
function runTorch(checkpoint: string, inputs: Readonly<Record<string, TensorPlace>>): Step | undefined {
  const python = process.env["DUBWRIGHT_TORCH_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("torch/unet.py", import.meta.url));
  if (askChild(python, ["-c", "import torch; print(1)"]) !== 1) {
    console.log(`NOT COMPARED: ${python} has no PyTorch; name one that has it in DUBWRIGHT_TORCH_PYTHON.`);
    return undefined;
  }
  const output = inFolder("torch-noise");
  const { latents, condition, audio } = inputs;
  const order = { checkpoint, config, inputs: { latents, condition, audio }, timestep, threads, rounds, output };
  const report = torchReport.parse(askChild(python, [script, JSON.stringify(order)]));
  const work = 2 * multiplyAddsOf(unetGraph({ config, weights: unread }), sizes);
  const rate = gigaflops(work, report.seconds);
  console.log(
    `PyTorch ${report.version}, eager, float32: ${pace(report)}, ${rate}, ${gigabytes(report.residentBytes)} resident`,
  );
  if (report.bfloat16)
    console.log(
      `PyTorch, bfloat16: ${pace(report.bfloat16)}, differs by ${report.bfloat16.relativeError.toExponential(1)}`,
    );
  const dims = [2, config.outChannels, frames, cells, cells];
  return { ...report, noise: readTensorPlace({ path: output, dtype: "float32", dims }) };
}

/** For counting: described, never read. */
const unread = {
  keys: () => [],
  find: (key: string, dims: readonly number[] = []) => ({
    key,
    dtype: "float32" as const,
    dims,
    read: () => {
      throw new Error(`${key} is only described`);
    },
  }),
};

function compare(name: string, ours: Step, base: Step, baseName: string): void {
  const ratios = [ours.seconds / base.seconds, ours.processorSeconds / base.processorSeconds];
  const [wall = NaN, processor = NaN] = ratios;
  const error = relativeError(ours.noise, base.noise).toExponential(1);
  console.log(
    `${name}: ${fixed(wall, 2)} of ${baseName}'s time (${fixed(processor, 2)} of its processor time), differs by ${error}`,
  );
}

console.log(
  `U-Net of 1.6 at width ${width}: ${frames} frames at ${given["side-px"]} px, ${threads} threads, best of ${rounds}`,
);
const random = randomFrom(2);
const inputs = writeTensors(folder, {
  latents: noise(random, [1, config.outChannels, frames, cells, cells]),
  condition: noise(random, [1, config.inChannels - config.outChannels, frames, cells, cells]),
  audio: noise(random, [frames, audioTokens, config.audioWidth]),
  timesteps: int64s([1], [timestep]),
});
const checkpoint = await writeCheckpoint();
const weightsPath = importCheckpoint(checkpoint);
const single = await runOurs(weightsPath, inputs, "float32");
const eight = await runOurs(weightsPath, inputs, "int8");
console.log(`this process, which wrote checkpoint and models: at most ${gigabytes(peakBytes())} resident`);
const torch = runTorch(checkpoint, inputs);
if (torch) {
  compare("ours, float32, equal mathematics", single, torch, "PyTorch");
  compare("ours, int8", eight, torch, "PyTorch");
}
compare("int8", eight, single, "float32");
