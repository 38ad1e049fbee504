// The tasks of the small networks: each learns one batch of made-up examples by heart within a few steps.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adamWDefaults } from "../../autodiff/index.ts";
import { randomFrom, silentLogger } from "../../base/index.ts";
import { openRuntime } from "../../onnx/index.ts";
import { elementCount, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { DrawnExample } from "../loop/dataset.ts";
import { freshState, openOptimiser } from "../loop/trained-state.ts";
import { openAutoencoderTask, openDecoderTask } from "./autoencoder-task.ts";
import { newWeights } from "./new-weights.ts";
import type { Device } from "./open-graphs.ts";
import { openPhoneTask } from "./phone-task.ts";
import type { TrainingTask } from "./task.ts";

let device: Device;
let workFolder = "";
beforeAll(async () => {
  workFolder = mkdtempSync(path.join(tmpdir(), "dubwright-small-networks-"));
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  device = { runtime, provider: "cpu", threads: 1, precision: "float32", memoryBudgetBytes: 1e9, workFolder };
});
afterAll(() => rmSync(workFolder, { recursive: true }));

const random = randomFrom(5);
const drawn = (dims: readonly number[], rule: (value: number) => number = (value) => 2 * value - 1) =>
  tensorOf(
    "float32",
    dims,
    Float32Array.from({ length: elementCount(dims) }, () => rule(random.uniform())),
  );

const examplesOf = (count: number, make: () => Readonly<Record<string, Tensor>>): readonly DrawnExample[] =>
  Array.from({ length: count }, (_, seed) => ({ example: make(), seed }));

/** The losses before and after so many steps on the same examples. */
async function learn(task: TrainingTask, examples: readonly DrawnExample[], steps: number) {
  const options = { runtime: device.runtime, threads: 1, adamW: adamWDefaults, averageDecay: 0 };
  await using optimiser = await openOptimiser(options);
  const state = freshState(await task.initial(), "no-average");
  const before = await task.losses({ parameters: state.parameter, examples });
  for (let update = 1; update <= steps; update += 1) {
    const { gradients } = await task.gradients({ parameters: state.parameter, examples, lossScale: 1 });
    await optimiser.step(state, { gradients, factor: 1, learningRate: 3e-3, update });
  }
  return [before.losses, (await task.losses({ parameters: state.parameter, examples })).losses] as const;
}

const vae = { pictureChannels: 3, latentChannels: 4, levelChannels: [4, 8], layersPerLevel: 1, normGroups: 2 };
const lossWeights = { absolute: 1, squared: 2, edges: 0.5, divergence: 3e-5 };
const autoencoder = () => ({ config: vae, weights: newWeights(1), batch: 2, sidePx: 8, lossWeights, device });
const picture = () => ({ image: drawn([3, 8, 8]), pixel_weights: drawn([1, 8, 8], () => 1) });

test("an autoencoder draws again what it has seen better and better, where pixels weigh anything", async () => {
  await using task = await openAutoencoderTask(autoencoder());
  const [before, after] = await learn(task, examplesOf(2, picture), 40);
  expect(after["total"]).toBeLessThan(0.85 * (before["total"] ?? 0));
  const { absolute = 0, squared = 0, edges = 0, divergence = 0, total = 0 } = after;
  expect(absolute + 2 * squared + 0.5 * edges + 3e-5 * divergence).toBeCloseTo(total, 5);
  const unseen = examplesOf(2, () => ({ ...picture(), pixel_weights: drawn([1, 8, 8], () => 0) }));
  const { losses } = await task.losses({ parameters: await task.initial(), examples: unseen });
  expect([losses["absolute"], losses["squared"], losses["edges"]]).toEqual([0, 0, 0]);
});

test("a decoder learns to draw from latents that it was given, and nothing but the decoder is trained", async () => {
  await using task = await openDecoderTask(autoencoder());
  expect([...task.trained.keys()].every((key) => /^(decoder|post_quant_conv)\./.test(key))).toBe(true);
  const examples = examplesOf(2, () => ({ ...picture(), latent: drawn([4, 4, 4]) }));
  const [before, after] = await learn(task, examples, 40);
  expect(after["total"]).toBeLessThan(0.85 * (before["total"] ?? 0));
});

test("an encoder of phones begins by guessing and learns to tell them", async () => {
  const phones = { count: 5, contextRows: [0] };
  const config = { melBins: 8, positions: 6, width: 16, heads: 2, blocks: 1, phones };
  await using task = await openPhoneTask({ config, weights: newWeights(1), batch: 3, labelSmoothing: 0.1, device });
  const examples = examplesOf(3, () => ({
    log_mel: drawn([8, 12]),
    labels: drawn([6], (value) => Math.floor(5 * value)),
  }));
  const [before, after] = await learn(task, examples, 80);
  expect(before["total"]).toBeGreaterThan(1);
  expect(after["total"]).toBeLessThan(0.7 * (before["total"] ?? 0));
  expect(after["accuracy"]).toBeGreaterThan(0.9);
});
