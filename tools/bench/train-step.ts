// Time of a training step of a mid-size U-Net: forward, backward, clipping and AdamW, beside PyTorch eager.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { latentSyncUnet, parametersOf, unetGraph } from "../../src/core/models/index.ts";
import type { UnetConfig } from "../../src/core/models/index.ts";
import { writeSafetensors } from "../../src/core/weights/index.ts";
import { askChild, askOwn, fixed } from "./networks/measure.ts";
import { seededTensors } from "./networks/seeded-weights.ts";
import type { TrainOrder, TrainReport } from "./networks/train-process.ts";

const { values } = parseArgs({
  options: {
    narrower: { type: "string", default: "5" },
    size: { type: "string", default: "128" },
    frames: { type: "string", default: "16" },
    threads: { type: "string", default: String(availableParallelism()) },
    steps: { type: "string", default: "6" },
  },
});
const threads = Number(values.threads);
const config: UnetConfig = {
  ...latentSyncUnet,
  levelChannels: latentSyncUnet.levelChannels.map((channels) => channels / Number(values.narrower)),
};
const folder = mkdtempSync(path.join(tmpdir(), "dubwright-train-step-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const weights = path.join(folder, "weights.safetensors");
const parameters = parametersOf((unborn) => unetGraph({ config, weights: unborn }));
await writeSafetensors(weights, seededTensors(parameters, 1));

/** The best of some steps after the first, which warms up. */
const bestOf = (seconds: readonly number[]): number => Math.min(...seconds.slice(1));

const sizes = {
  config,
  weights,
  frames: Number(values.frames),
  latentSide: Number(values.size) / 8,
  audioTokens: 50,
  threads,
  steps: Number(values.steps),
};

const python = process.env["DUBWRIGHT_TORCH_PYTHON"] ?? "python3";
const hasTorch = askChild(python, ["-c", "import torch; print(1)"]) === 1;
const torchScript = fileURLToPath(new URL("torch/train_unet.py", import.meta.url));
const torchSchema = z.object({
  version: z.string(),
  secondsPerStep: z.array(z.number()),
  processorSecondsPerStep: z.array(z.number()),
});

console.log(
  `U-Net with levels of ${config.levelChannels.join(", ")} channels, ${values.size} px, ${values.frames} frames, batch 1, ` +
    `float32, ${threads} threads, best of ${values.steps} steps`,
);
for (const [name, patterns] of [
  ["everything trained", null],
  ["stage 2's part trained", ["motion_modules.", "attentions."]],
] as const) {
  const trained = patterns === null ? { kind: "all" as const } : { kind: "patterns" as const, patterns };
  const order: TrainOrder = { ...sizes, trained, budgetBytes: 1e15, runFolder: path.join(folder, name) };
  const ours = askOwn("train-process.ts", order) as TrainReport | undefined;
  if (!ours) throw new Error("our step could not be run");
  const best = bestOf(ours.secondsPerStep);
  console.log(`${name}: ours ${fixed(best, 2)} s a step (opened in ${fixed(ours.openSeconds, 0)} s)`);
  if (!hasTorch) {
    console.log(`NOT COMPARED: ${python} has no PyTorch; name one that has it in DUBWRIGHT_TORCH_PYTHON.`);
    continue;
  }
  const theirs = torchSchema.parse(askChild(python, [torchScript, JSON.stringify({ ...sizes, patterns })]));
  const base = bestOf(theirs.secondsPerStep);
  const processor = bestOf(ours.processorSecondsPerStep) / bestOf(theirs.processorSecondsPerStep);
  console.log(
    `${name}: PyTorch ${theirs.version}, eager, ${fixed(base, 2)} s; ours takes ${fixed(best / base, 2)} of that time, ${fixed(processor, 2)} of its processor time`,
  );
}
