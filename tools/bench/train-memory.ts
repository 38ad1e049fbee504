// Peak memory of a training step of the U-Net at any width, with blocks computed again on the way back and without.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, freemem, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { latentSyncUnet, parametersOf, unetGraph } from "../../src/core/models/index.ts";
import type { UnetConfig } from "../../src/core/models/index.ts";
import { recipeNamed } from "../../src/core/training/index.ts";
import type { TrainedPart } from "../../src/core/training/index.ts";
import { writeSafetensors } from "../../src/core/weights/index.ts";
import { fixed, gigabytes } from "./networks/measure.ts";
import { seededTensors } from "./networks/seeded-weights.ts";
import type { TrainOrder, TrainReport } from "./networks/train-process.ts";

const { values } = parseArgs({
  options: {
    recipes: { type: "string", default: "stage2-efficient,adapter" },
    /** Channels of every level are divided by this; 1 is the published network of 1.27 billion parameters. */
    narrower: { type: "string", default: "1" },
    size: { type: "string", default: "256" },
    frames: { type: "string", default: "16" },
    threads: { type: "string", default: String(availableParallelism()) },
    steps: { type: "string", default: "1" },
    /** "again": everything computed again; "kept": nothing; or gigabytes. */
    budgets: { type: "string", default: "again,kept" },
    folder: { type: "string", default: "" },
  },
});

const config: UnetConfig = {
  ...latentSyncUnet,
  levelChannels: latentSyncUnet.levelChannels.map((channels) => channels / Number(values.narrower)),
};
const folder = values.folder === "" ? mkdtempSync(path.join(tmpdir(), "dubwright-memory-")) : values.folder;
mkdirSync(folder, { recursive: true });
const weights = path.join(folder, "weights.safetensors");

type Peaks = { readonly residentBytes: number; readonly ownBytes: number };

/** Of a process, in kB as Linux tells: all that is resident, and what no file stands behind. */
function memoryOf(pid: number): Peaks {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const field = (name: string) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
  return { residentBytes: field("VmRSS"), ownBytes: field("RssAnon") };
}

async function runChild(
  order: TrainOrder,
): Promise<{ readonly report: TrainReport | undefined; readonly peaks: Peaks }> {
  const script = fileURLToPath(new URL("./networks/train-process.ts", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(order)], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  let peaks: Peaks = { residentBytes: 0, ownBytes: 0 };
  const timer = setInterval(() => {
    if (child.pid === undefined || !existsSync(`/proc/${child.pid}/status`)) return;
    const now = memoryOf(child.pid);
    peaks = {
      residentBytes: Math.max(peaks.residentBytes, now.residentBytes),
      ownBytes: Math.max(peaks.ownBytes, now.ownBytes),
    };
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  clearInterval(timer);
  return { report: code === 0 ? (JSON.parse(out.trim()) as TrainReport) : undefined, peaks };
}

function trainedPart(recipe: string): TrainedPart {
  const { task } = recipeNamed(recipe);
  if (task.kind !== "denoiser") throw new Error(`${recipe} trains no denoiser`);
  return task.trained;
}

const budgetOf: Readonly<Record<string, number>> = { again: 0, kept: 1e15 };

const parameters = parametersOf((unborn) => unetGraph({ config, weights: unborn }));
if (!existsSync(weights)) await writeSafetensors(weights, seededTensors(parameters, 1));
console.log(
  `U-Net of ${[...parameters.values()].reduce((sum, dims) => sum + dims.reduce((count, size) => count * size, 1), 0)} parameters, ` +
    `${values.size} px, ${values.frames} frames, batch 1, float32, ${values.threads} threads; ${gigabytes(freemem())} free`,
);
for (const recipe of values.recipes.split(","))
  for (const budget of values.budgets.split(",")) {
    const runFolder = path.join(folder, `run-${recipe}-${budget}`);
    rmSync(runFolder, { recursive: true, force: true });
    const { report, peaks } = await runChild({
      config,
      weights,
      trained: trainedPart(recipe),
      frames: Number(values.frames),
      latentSide: Number(values.size) / 8,
      audioTokens: 50,
      threads: Number(values.threads),
      steps: Number(values.steps),
      budgetBytes: budgetOf[budget] ?? Number(budget) * 1e9,
      runFolder,
    });
    const measured = `peak ${gigabytes(peaks.residentBytes)} resident, of which ${gigabytes(peaks.ownBytes)} are its own`;
    if (report === undefined) console.log(`${recipe}, ${budget}: did not end; ${measured}`);
    else {
      const { recomputation, trainedCount, openSeconds, openBytes, secondsPerStep } = report;
      console.log(
        `${recipe}, ${budget}: ${measured}, ${gigabytes(openBytes)} before the first step; estimated ${gigabytes(recomputation.chosenBytes)} with ${recomputation.blocks} blocks ` +
          `computed again, ${gigabytes(recomputation.keptBytes)} without; ${trainedCount} trained; ` +
          `opened in ${fixed(openSeconds, 0)} s, steps of ${secondsPerStep.map((seconds) => fixed(seconds, 1)).join(", ")} s`,
      );
    }
    rmSync(runFolder, { recursive: true, force: true });
  }
if (values.folder === "") rmSync(folder, { recursive: true });
