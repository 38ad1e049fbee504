// SyncNet's task: a small one learns which sound belongs to which picture, and tells it of clips it has never seen.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { constantRate } from "../../src/core/autodiff/index.ts";
import { randomFrom, silentLogger, systemClock } from "../../src/core/base/index.ts";
import { gaussian } from "../../src/core/diffusion/index.ts";
import { openRuntime } from "../../src/core/onnx/index.ts";
import type { Runtime } from "../../src/core/onnx/index.ts";
import { tensorOf } from "../../src/core/tensor/index.ts";
import { newWeights, openSyncNetTask, readSteps, seedOf, train } from "../../src/core/training/index.ts";
import type { Dataset } from "../../src/core/training/index.ts";
import { smallSyncNet } from "../support/training/small-networks.ts";

let folder = "";
let runtime: Runtime;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "dubwright-syncnet-"));
  runtime = await openRuntime({ role: "test", logger: silentLogger });
});
afterAll(() => rmSync(folder, { recursive: true }));

const frameCount = 32;
const [height, width] = smallSyncNet.visualSize;
const [bins] = smallSyncNet.audioSize;
const columns = Math.ceil(3.2 * frameCount) + 16;

/** A mouth that is as open as the sound is loud: a bright bar of that height, and that much in every mel bin below it. */
const clips = (size: number, firstClip: number): Dataset => ({
  size,
  load: (index) => {
    const random = randomFrom(seedOf(firstClip + index, 5));
    const open = Array.from(gaussian(frameCount + 8, random), (value) => 1 / (1 + Math.exp(-2 * value)));
    const frames = new Float32Array(frameCount * 3 * height * width);
    frames.forEach((_, at) => {
      const row = Math.floor(at / width) % height;
      const frame = Math.floor(at / (3 * height * width));
      frames[at] = row < height * (open[frame] ?? 0) ? 1 : -1;
    });
    const mel = new Float32Array(bins * columns);
    mel.forEach((_, at) => {
      const [bin, column] = [Math.floor(at / columns), at % columns];
      mel[at] = bin < bins * (open[Math.floor(column / 3.2)] ?? 0) ? 2 : -2;
    });
    return Promise.resolve({
      frames: tensorOf("float32", [frameCount, 3, height, width], frames),
      mel: tensorOf("float32", [1, bins, columns], mel),
    });
  },
});

test("the loss leaves ln 2, on clips that were never seen as well", { timeout: 400_000 }, async () => {
  const run = path.join(folder, "run");
  await train({
    plan: {
      steps: 120,
      examplesPerStep: 16,
      examplesAtOnce: 16,
      seed: 2,
      rate: constantRate(1e-3),
      clipNorm: 1,
      precision: "float32",
      checkpointEverySteps: 1000,
      validateEverySteps: 60,
      patience: 0,
    },
    openTask: (batch) =>
      openSyncNetTask({
        config: smallSyncNet,
        weights: newWeights(3),
        frames: 4,
        batch,
        device: {
          runtime,
          provider: "cpu",
          threads: 1,
          precision: "float32",
          memoryBudgetBytes: 1e9,
          workFolder: folder,
        },
      }),
    dataset: clips(64, 0),
    validation: clips(64, 1000),
    optimiser: {
      runtime,
      threads: 1,
      adamW: { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 },
      averageDecay: 0.9,
    },
    folder: run,
    fingerprint: "syncnet",
    clock: systemClock,
    logger: silentLogger,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  const steps = readSteps(path.join(run, "log.jsonl"));
  const mean = (from: number, to: number) =>
    steps.slice(from, to).reduce((sum, { losses }) => sum + (losses["total"] ?? NaN), 0) / (to - from);
  expect(mean(100, 120)).toBeLessThan(0.5);
  expect(steps.at(-1)?.validation).toBeLessThan(0.5);
});
