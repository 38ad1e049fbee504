// A small StableSyncNet on latents: do these frames and this sound belong together?
import path from "node:path";
import { newWeights, openSyncNetTask } from "../../../../src/core/training/index.ts";
import type { Dataset, Parameters } from "../../../../src/core/training/index.ts";
import { clipFolders } from "../clips.ts";
import type { Family } from "../family.ts";
import { readTensors, trainStage } from "../stage.ts";
import type { Shop } from "../stage.ts";
import { latentFile } from "./latents.ts";
import type { Split } from "./latents.ts";

/** Clips that were encoded whole, with their sound. */
function syncDataset(shop: Shop, { material }: Family, split: Split): Dataset {
  const clips = clipFolders(path.join(shop.folder, "clips", split)).slice(0, material.wholeClips);
  return {
    size: clips.length,
    load: (index) => {
      const { clean, mel } = readTensors(latentFile(shop, split, clips[index] ?? "", "a"));
      if (!clean || !mel) throw new Error(`${clips[index]} was not encoded whole`);
      return Promise.resolve({ frames: clean, mel });
    },
  };
}

export async function teachSyncNet(shop: Shop, family: Family): Promise<Parameters> {
  return await trainStage(shop, {
    name: "syncnet",
    numbers: family.stages.syncnet,
    dataset: syncDataset(shop, family, "train"),
    validation: syncDataset(shop, family, "validation"),
    openTask: (batch) =>
      openSyncNetTask({
        config: family.syncNet,
        weights: newWeights(14),
        frames: family.model.windowFrames,
        batch,
        device: shop.device,
      }),
  });
}
