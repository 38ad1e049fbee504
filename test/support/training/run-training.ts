// A training run in a process of its own, which a test kills: the small denoiser on its latents alone.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { silentLogger, systemClock } from "../../../src/core/base/index.ts";
import { warmUp, cosineRate } from "../../../src/core/autodiff/index.ts";
import { openRuntime } from "../../../src/core/onnx/index.ts";
import { newWeights, openDenoiserTask, train } from "../../../src/core/training/index.ts";
import { madeDataset } from "./made-examples.ts";
import { smallDecoder, smallSizes, smallUnet } from "./small-networks.ts";

const [folder = "", steps = "0"] = process.argv.slice(2);
const workFolder = path.join(folder, `work-${process.pid}`);
mkdirSync(workFolder, { recursive: true });
const runtime = await openRuntime({ role: "test", logger: silentLogger });
const end = await train({
  plan: {
    steps: Number(steps),
    examplesPerStep: 4,
    examplesAtOnce: 2,
    seed: 7,
    rate: warmUp(5, cosineRate(2e-3, Number(steps))),
    clipNorm: 1,
    precision: "float32",
    checkpointEverySteps: 3,
    validateEverySteps: 5,
    patience: 0,
  },
  openTask: (batch) =>
    openDenoiserTask({
      denoiser: { config: smallUnet, weights: newWeights(1) },
      trained: { kind: "patterns", patterns: ["motion_modules.", "attn2."] },
      sizes: { ...smallSizes, batch },
      noising: {
        predicts: "clean",
        noiseAlpha: 1,
        timestepExponent: 0.6,
        pureNoiseRatio: 0.35,
        audioDropoutRatio: 0.1,
      },
      denoisingWeight: 1,
      pictureLosses: {},
      pictureLossesUpTo: 999,
      decoder: smallDecoder,
      device: { runtime, provider: "cpu", threads: 1, precision: "float32", memoryBudgetBytes: 1e9, workFolder },
    }),
  dataset: madeDataset(10),
  validation: madeDataset(2, 100),
  optimiser: {
    runtime,
    threads: 1,
    adamW: { betas: [0.9, 0.99], epsilon: 1e-8, weightDecay: 0.01 },
    averageDecay: 0.99,
  },
  folder,
  fingerprint: "killed",
  clock: systemClock,
  logger: silentLogger,
  signal: new AbortController().signal,
  onProgress: (done) => process.stdout.write(`${done}\n`),
});
process.stdout.write(`end ${end.checkpointFile}\n`);
