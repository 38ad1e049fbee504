// The U-Net: few random frames of many clips, clean latents predicted, measured on paired clips while it learns.
import path from "node:path";
import { readdirSync } from "node:fs";
import { newWeights, openDenoiserTask } from "../../../../src/core/training/index.ts";
import type { Dataset, Example, Parameters } from "../../../../src/core/training/index.ts";
import type { Random } from "../../../../src/core/base/index.ts";
import { byChannel, cellsOf, heardBy, keepOf, readClipLatents } from "../clip-latents.ts";
import type { ClipLatents } from "../clip-latents.ts";
import { keepCells, weighRegions } from "../face-regions.ts";
import type { Family } from "../family.ts";
import { trainStage } from "../stage.ts";
import type { Shop } from "../stage.ts";
import type { Split } from "./latents.ts";
import { openMeasure } from "./measure.ts";

/** Frames of one example. They need not follow each other: norms pool over as many in use. */
export const framesAtOnce = 4;
/** A reference is of another moment, so that the mouth cannot be copied. */
const leastAwayFrames = 8;
/** Share of examples that hear the other voice, where a clip has one. */
const variedRatio = 0.6;
const cellWeights = { mouth: 3, painted: 1, kept: 0.1 } as const;

/** Frames drawn from a clip, each with a reference of another moment. */
export function drawFrames(clip: ClipLatents, family: Family, random: Random): Example {
  const { clean, masked, varied, frames } = clip;
  const audio = random.uniform() < variedRatio ? (varied ?? clip.audio) : clip.audio;
  const all = [...frames.data.keys()];
  const pick = (from: readonly number[]) => from[Math.floor(random.uniform() * from.length)] ?? 0;
  const rows = Array.from({ length: framesAtOnce }, () => pick(all));
  const away = (row: number) =>
    all.filter((other) => Math.abs((frames.data[other] ?? 0) - (frames.data[row] ?? 0)) >= leastAwayFrames);
  return {
    clean: byChannel(clean, rows),
    masked: byChannel(masked, rows),
    keep: keepOf(family, framesAtOnce),
    reference: byChannel(
      clean,
      rows.map((row) => pick(away(row))),
    ),
    audio: heardBy(audio, rows),
  };
}

export function frameDataset(shop: Shop, family: Family, split: Split): Dataset {
  const folder = path.join(shop.folder, "latents", split);
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".safetensors"))
    .toSorted();
  return {
    size: files.length,
    load: (index, random) =>
      Promise.resolve(drawFrames(readClipLatents(path.join(folder, files[index] ?? "")), family, random)),
  };
}

/** Draws by sound alone, in part from nothing but noise, and now and then without sound, for guidance's other branch. */
const noising = {
  predicts: "clean",
  noiseAlpha: 1,
  timestepExponent: 0.6,
  pureNoiseRatio: 0.35,
  audioDropoutRatio: 0.1,
} as const;

export async function teachDenoiser(shop: Shop, family: Family, validationClips: string): Promise<Parameters> {
  const { model, stages, measure } = family;
  const cells = cellsOf(family);
  const look = openMeasure(shop, family, validationClips);
  return await trainStage(shop, {
    name: "unet",
    numbers: stages.unet,
    dataset: frameDataset(shop, family, "train"),
    validation: frameDataset(shop, family, "validation"),
    look: { everySteps: measure.everySteps, at: look },
    openTask: (batch) =>
      openDenoiserTask({
        denoiser: { config: model.unet, weights: newWeights(13) },
        trained: { kind: "all" },
        sizes: {
          batch,
          frames: framesAtOnce,
          latentHeight: cells,
          latentWidth: cells,
          audioTokens: model.hearing.rowsBefore + 1 + model.hearing.rowsAfter,
        },
        noising,
        denoisingWeight: 1,
        cellWeights: [...weighRegions(keepCells(model.faceSizePx), cellWeights)],
        pictureLosses: {},
        pictureLossesUpTo: 0,
        decoder: { config: model.vae, weights: newWeights(0) },
        device: shop.device,
      }),
  });
}
