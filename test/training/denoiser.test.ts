// The denoiser's task: gradients through every loss against finite differences, and a small model that learns.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock } from "../../src/core/base/index.ts";
import { constantRate } from "../../src/core/autodiff/index.ts";
import { newAdapter, unetGraph, vaeDecoderGraph } from "../../src/core/models/index.ts";
import { encodeModel, openRuntime, variantOf } from "../../src/core/onnx/index.ts";
import type { Runtime, Session } from "../../src/core/onnx/index.ts";
import { tensorOf, transpose } from "../../src/core/tensor/index.ts";
import { newWeights, openDenoiserTask, readSteps, train } from "../../src/core/training/index.ts";
import type { Dataset, DenoiserTaskOptions, DrawnExample, Parameters } from "../../src/core/training/index.ts";
import { madeDataset } from "../support/training/made-examples.ts";
import { smallDecoder, smallPictureLosses, smallSizes, smallUnet } from "../support/training/small-networks.ts";

let folder = "";
let runtime: Runtime;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "dubwright-training-"));
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});
afterAll(() => rmSync(folder, { recursive: true }));

const options = (changes: Partial<DenoiserTaskOptions> = {}): DenoiserTaskOptions => ({
  denoiser: { config: smallUnet, weights: newWeights(1) },
  trained: { kind: "patterns", patterns: ["motion_modules.", "attn2."] },
  sizes: smallSizes,
  noising: { predicts: "clean", noiseAlpha: 1, timestepExponent: 1, pureNoiseRatio: 0, audioDropoutRatio: 0 },
  denoisingWeight: 1,
  pictureLosses: smallPictureLosses,
  pictureLossesUpTo: 999,
  decoder: smallDecoder,
  device: {
    runtime,
    provider: "cpu",
    threads: 1,
    precision: "float32",
    memoryBudgetBytes: 1e9,
    workFolder: folder,
  },
  ...changes,
});

const drawnExample = async (seed: number): Promise<DrawnExample> => ({
  example: await madeDataset(8).load(0, { uint32: () => 0, uniform: () => 0, bytes: () => new Uint8Array() }),
  seed,
});

/** The parameters a step further along a direction. */
const along = (parameters: Parameters, direction: Readonly<Record<string, Float32Array>>, step: number): Parameters =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, { dims, data }]) => [
      key,
      tensorOf(
        "float32",
        dims,
        data.map((value, i) => value + step * (direction[key]?.[i] ?? 0)),
      ),
    ]),
  );

test.each(["noise", "v", "clean"] as const)(
  "where %s is predicted, the gradient through all four losses is the slope of their weighted sum",
  { timeout: 120_000 },
  async (predicts) => {
    const noising = { predicts, noiseAlpha: 1, timestepExponent: 1, pureNoiseRatio: 0, audioDropoutRatio: 0 };
    // Loud weights, so that each of the losses tells in the sum.
    const pictureLosses = {
      sync: { ...smallPictureLosses.sync, weight: 0.5 },
      likeness: { ...smallPictureLosses.likeness, weight: 1 },
      temporal: { ...smallPictureLosses.temporal, weight: 1000 },
    };
    await using task = await openDenoiserTask(options({ noising, pictureLosses }));
    const examples = [await drawnExample(5)];
    const parameters = await task.initial();
    const { gradients, losses } = await task.gradients({ parameters, examples, lossScale: 1 });
    expect(Object.keys(losses).toSorted()).toEqual(["denoising", "likeness", "sync", "temporal", "total"]);
    const length = Math.sqrt(Object.values(gradients).reduce((sum, d) => sum + d.reduce((s, v) => s + v * v, 0), 0));
    const unit = Object.fromEntries(Object.entries(gradients).map(([key, d]) => [key, d.map((v) => v / length)]));
    const totalAt = async (step: number) => {
      const report = await task.gradients({ parameters: along(parameters, unit, step), examples, lossScale: 1 });
      return report.losses["total"] ?? NaN;
    };
    // Rectifiers and poolings bend the curve at every step of 1e-2; below 1e-4 float32 drowns it.
    const step = 2e-3;
    const slope = ((await totalAt(step)) - (await totalAt(-step))) / (2 * step);
    expect(Math.abs(slope / length - 1)).toBeLessThan(0.01);
  },
);

/** ‖found − expected‖ / ‖expected‖ over all tensors. */
function distance(
  found: Readonly<Record<string, Float32Array>>,
  expected: Readonly<Record<string, Float32Array>>,
): number {
  let [error, length] = [0, 0];
  for (const [key, values] of Object.entries(expected))
    values.forEach((value, i) => {
      error += (value - (found[key]?.[i] ?? NaN)) ** 2;
      length += value ** 2;
    });
  return Math.sqrt(error / length);
}

/** Gradients of one example on latents alone. */
async function gradientsOf(changes: Partial<DenoiserTaskOptions>, lossScale = 1) {
  await using task = await openDenoiserTask(options({ pictureLosses: {}, ...changes }));
  const examples = [await drawnExample(5)];
  const { gradients } = await task.gradients({ parameters: await task.initial(), examples, lossScale });
  return { gradients, blocks: task.recomputation.blocks };
}

test("computing blocks again changes memory and not the gradients", { timeout: 120_000 }, async () => {
  const { device } = options();
  const kept = await gradientsOf({});
  const again = await gradientsOf({ device: { ...device, memoryBudgetBytes: 0 } });
  expect([kept.blocks, again.blocks > 5]).toEqual([0, true]);
  expect(distance(again.gradients, kept.gradients)).toBeLessThan(1e-6);
});

test(
  "in halves, with float32 parameters and a scaled loss, gradients agree to the precision of halves",
  {
    timeout: 120_000,
  },
  async () => {
    const { device } = options();
    const single = await gradientsOf({});
    const half = await gradientsOf({ device: { ...device, precision: "float16" } }, 1024);
    expect(distance(half.gradients, single.gradients)).toBeLessThan(2e-2);
  },
);

test(
  "an adapter's gradients are those of its two matrices, and the network's weights stay where they are",
  {
    timeout: 120_000,
  },
  async () => {
    const adapter = { kind: "adapter", rank: 2, alpha: 4, projections: ["attn2.to_q", "attn2.to_out.0"] } as const;
    const base = { config: smallUnet, weights: newWeights(1) };
    const tensors = newAdapter(unetGraph(base), adapter, randomFrom(1));
    const denoiser = { ...base, adapter: { spec: adapter, tensors } };
    const { gradients } = await gradientsOf({ denoiser, trained: adapter });
    expect(Object.keys(gradients).toSorted()).toEqual(Object.keys(tensors).toSorted());
    const isMoved = (name: string) => gradients[name]?.some((value) => value !== 0) ?? false;
    // B begins as zeros: until it has moved, nothing reaches A.
    for (const name of Object.keys(gradients)) expect(isMoved(name), name).toBe(name.endsWith("lora_B.weight"));
  },
);

const openDecoder = async (): Promise<Session> => {
  const decoder = variantOf(vaeDecoderGraph(smallDecoder), { lowering: "cpu" });
  return runtime.openSession("decoder", await encodeModel(decoder), { providers: ["cpu"], threads: 1 });
};

/** The pictures that the clean latents stand for, as films would have them. */
const withPictures = (dataset: Dataset, decoder: Session): Dataset => ({
  size: dataset.size,
  load: async (index, random) => {
    const example = await dataset.load(index, random);
    const { clean } = example;
    if (clean?.dtype !== "float32") throw new Error("an example has clean latents");
    const latent = transpose(clean, [1, 0, 2, 3]);
    const { image } = await decoder.run({ latent: { ...latent, data: latent.data.map((value) => value / 0.18215) } });
    return image === undefined ? example : { ...example, pictures: image };
  },
});

test("a small model learns through all four losses: the curve falls", { timeout: 300_000 }, async () => {
  const run = path.join(folder, "falling");
  await using decoder = await openDecoder();
  const end = await train({
    plan: {
      steps: 40,
      examplesPerStep: 2,
      examplesAtOnce: 1,
      seed: 1,
      rate: constantRate(3e-3),
      clipNorm: 1,
      precision: "float32",
      checkpointEverySteps: 100,
      validateEverySteps: 20,
      patience: 0,
    },
    openTask: (batch) => openDenoiserTask(options({ trained: { kind: "all" }, sizes: { ...smallSizes, batch } })),
    dataset: withPictures(madeDataset(16), decoder),
    validation: madeDataset(4, 100),
    optimiser: {
      runtime,
      threads: 1,
      adamW: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 },
      averageDecay: 0.9,
    },
    folder: run,
    fingerprint: "falling",
    clock: systemClock,
    logger: silentLogger,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(end.why).toBe("all-steps");
  const steps = readSteps(path.join(run, "log.jsonl"));
  const meanOf = (from: number, to: number, name: string) =>
    steps.slice(from, to).reduce((sum, { losses }) => sum + (losses[name] ?? NaN), 0) / (to - from);
  expect(steps).toHaveLength(40);
  for (const [name, ratio] of Object.entries({ total: 0.7, denoising: 0.7, likeness: 0.95, temporal: 0.95 }))
    expect(meanOf(32, 40, name), name).toBeLessThan(ratio * meanOf(0, 8, name));
  // The judge of synchrony is a drawn one here and knows nothing; it must be asked, and answer with a number.
  expect(meanOf(0, 40, "sync")).toBeGreaterThan(0);
});
