// For tests: a folder of prepared clips and a recipe small enough to run on them.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { weightOf } from "../../../src/core/onnx/index.ts";
import { writeSafetensors } from "../../../src/core/weights/index.ts";
import { recipes } from "../../../src/core/training/index.ts";
import type { Recipe } from "../../../src/core/training/index.ts";
import { madeExample } from "./made-examples.ts";
import { smallUnet } from "./small-networks.ts";

/** Clips of 12 frames, three windows each. */
export async function writeClips(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const { clean, masked, keep, audio } = madeExample(index, 12);
    const tensors = Object.entries({ clean, masked, keep, audio });
    const weights = tensors.map(([name, tensor]) => weightOf(name, tensor));
    await writeSafetensors(path.join(folder, `clip-${String(index).padStart(3, "0")}.safetensors`), weights);
  }
}

/** The adapter's recipe over new weights of the small network, on latents alone. */
export function smallAdapterRecipe(): Recipe {
  const base = recipes.find(({ name }) => name === "adapter-quick");
  if (base?.task.kind !== "denoiser") throw new Error("the adapter is a denoiser's");
  return {
    ...base,
    name: "small-adapter",
    task: {
      ...base.task,
      start: { from: "new", seed: 1, sizes: { ...smallUnet, levelChannels: [...smallUnet.levelChannels] } },
      sizePx: 128,
      frames: 4,
    },
    optimiser: { ...base.optimiser, learningRate: 3e-3, warmUpSteps: 0 },
    loop: { ...base.loop, steps: 12, checkpointEverySteps: 4, validateEverySteps: 6, patience: 0 },
  };
}

export function writeRecipe(file: string, recipe: Recipe): void {
  writeFileSync(file, JSON.stringify(recipe));
}
