// Rules of the loop, over a task in plain numbers: accumulation, steps left out, memory that runs out, early stop, stopping.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { failed } from "../../../shared/failure/index.ts";
import { adamWDefaults, constantRate } from "../../autodiff/index.ts";
import { collectingLogger, silentLogger, systemClock } from "../../base/index.ts";
import type { LogEntry } from "../../base/index.ts";
import { openRuntime } from "../../onnx/index.ts";
import type { Runtime } from "../../onnx/index.ts";
import { floats } from "../../tensor/index.ts";
import type { GradientRequest, OpenTask, TrainingTask } from "../tasks/task.ts";
import { readSteps } from "./curves.ts";
import { batchesOf } from "./dataset.ts";
import type { Dataset } from "./dataset.ts";
import { train } from "./train.ts";
import type { LoopPlan, TrainOptions } from "./train.ts";

let folder = "";
let runtime: Runtime;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "dubwright-loop-"));
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Examples are the numbers 0, 1, 2, ... */
const numbers = (size: number): Dataset => ({
  size,
  load: (index) => Promise.resolve({ x: floats([1], [index]) }),
});

const valueOf = ({ examples }: Pick<GradientRequest, "examples">): number =>
  examples.reduce((sum, { example }) => sum + Number(example["x"]?.data[0]), 0) / examples.length;

/** loss = (w − mean of the examples)² / 2. */
const lineTask =
  (change: (request: GradientRequest) => void = () => undefined): OpenTask =>
  () => {
    const task: TrainingTask = {
      trained: new Map([["w", [1]]]),
      recomputation: { blocks: 0, keptBytes: 0, chosenBytes: 0 },
      initial: () => Promise.resolve({ w: floats([1], [0]) }),
      gradients: (request) => {
        change(request);
        const error = Number(request.parameters["w"]?.data[0]) - valueOf(request);
        const gradients = { w: Float32Array.of(error) };
        return Promise.resolve({ losses: { total: error ** 2 / 2 }, gradients });
      },
      losses: (request) =>
        Promise.resolve({ losses: { total: (Number(request.parameters["w"]?.data[0]) - valueOf(request)) ** 2 / 2 } }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return Promise.resolve(task);
  };

const plan: LoopPlan = {
  steps: 12,
  examplesPerStep: 4,
  examplesAtOnce: 4,
  seed: 3,
  rate: constantRate(0.1),
  clipNorm: 1e9,
  precision: "float32",
  checkpointEverySteps: 5,
  validateEverySteps: 100,
  patience: 0,
};

const entries: LogEntry[] = [];
const options = (name: string, changes: Partial<TrainOptions> = {}): TrainOptions => ({
  plan,
  openTask: lineTask(),
  dataset: numbers(8),
  optimiser: { runtime, threads: 1, adamW: adamWDefaults, averageDecay: 0 },
  folder: path.join(folder, name),
  fingerprint: "line",
  clock: systemClock,
  logger: collectingLogger("test", (entry) => entries.push(entry)),
  signal: new AbortController().signal,
  onProgress: () => undefined,
  ...changes,
});

test("one run of four examples and four runs of one learn the same", async () => {
  const together = await train(options("together"));
  const apart = await train(options("apart", { plan: { ...plan, examplesAtOnce: 1 } }));
  const weight = ({ checkpoint }: typeof together) => Number(checkpoint.state.parameter["w"]?.data[0]);
  expect(weight(apart)).toBeCloseTo(weight(together), 5);
  expect(weight(together)).toBeGreaterThan(0.9);
});

test("a step with a number that is not finite is left out, told, and costs nothing but itself", async () => {
  const broken: OpenTask = async (count) => {
    const task = await lineTask()(count);
    let step = 0;
    const gradients: TrainingTask["gradients"] = async (request) => {
      step += 1;
      const report = await task.gradients(request);
      return step === 4 ? { ...report, gradients: { w: Float32Array.of(NaN) } } : report;
    };
    return { ...task, gradients };
  };
  const end = await train(options("spoilt", { openTask: broken }));
  const lines = readSteps(path.join(folder, "spoilt", "log.jsonl"));
  expect(lines.map(({ skipped }) => skipped)).toEqual(lines.map((_, index) => index === 3));
  expect(end.checkpoint.standing).toMatchObject({ step: 12, updates: 11 });
  expect(entries.some(({ message }) => message.startsWith("a step is left out"))).toBe(true);
});

test("in halves the loss is scaled, the scale falls with each overflow, and the gradient is what it would be without", async () => {
  const scales: number[] = [];
  const overflowing: OpenTask = async (count) => {
    const task = await lineTask()(count);
    const gradients: TrainingTask["gradients"] = async (request) => {
      scales.push(request.lossScale);
      const report = await task.gradients(request);
      return request.lossScale > 20_000 ? { ...report, gradients: { w: Float32Array.of(Infinity) } } : report;
    };
    return { ...task, gradients };
  };
  const scaled = await train(
    options("half", { openTask: overflowing, plan: { ...plan, precision: "float16", steps: 6 } }),
  );
  expect(scales).toEqual([65_536, 32_768, 16_384, 16_384, 16_384, 16_384]);
  const plain = await train(options("single", { plan: { ...plan, steps: 4 } }));
  expect(scaled.checkpoint.standing.updates).toBe(plain.checkpoint.standing.updates);
});

test("memory that runs out halves how many examples go at once, until one alone does not fit", async () => {
  const tight = (most: number) =>
    lineTask(({ examples }) => {
      if (examples.length > most) throw failed("onnx.out-of-memory", { message: "The network needs more memory." });
    });
  const end = await train(options("tight", { openTask: tight(1) }));
  expect(end.checkpoint.standing).toMatchObject({ step: 12, examplesAtOnce: 1 });
  await expect(train(options("none", { openTask: tight(0) }))).rejects.toThrow(/Not even one example/);
});

test("a run whose validation no longer gets better ends early and says so", async () => {
  const validation = numbers(1);
  const end = await train(
    options("early", { validation, plan: { ...plan, steps: 100, validateEverySteps: 2, patience: 3 } }),
  );
  expect(end.why).toBe("no-better");
  expect(end.checkpoint.standing).toMatchObject({ step: 8, validationsSinceBest: 3 });
});

test("a run that is asked to stop writes where it stands and goes on from there", async () => {
  const controller = new AbortController();
  const onProgress = (done: number) => {
    if (done === 7) controller.abort();
  };
  const stopped = await train(options("stopped", { signal: controller.signal, onProgress }));
  expect([stopped.why, stopped.checkpoint.standing.step]).toEqual(["stopped", 7]);
  const resumed = await train(options("stopped"));
  const whole = await train(options("whole"));
  expect(resumed.checkpoint).toEqual(whole.checkpoint);
});

test("examples go through each epoch once, in an order of its own, and a later start reads on in the same order", async () => {
  const read = async (fromStep: number, steps: number): Promise<readonly number[]> => {
    const seen: number[] = [];
    let left = steps;
    for await (const batch of batchesOf(numbers(6), { seed: 1, examplesPerStep: 4, fromStep })) {
      for (const { example } of batch) seen.push(Number(example["x"]?.data[0]));
      left -= 1;
      if (left === 0) break;
    }
    return seen;
  };
  const all = await read(0, 6);
  for (const epoch of [0, 1, 2, 3])
    expect(all.slice(6 * epoch, 6 * epoch + 6).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(all.slice(0, 6)).not.toEqual(all.slice(6, 12));
  expect(await read(4, 2)).toEqual(all.slice(16));
});
