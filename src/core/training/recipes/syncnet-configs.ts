// SyncNets of other windows than the published ones: what the paper's study compares (dossier 3.1).
import { syncNetLatent, syncNetPixelAttention, syncNetPixelPlain } from "../../models/index.ts";
import type { EncoderStage, SyncNetConfig } from "../../models/index.ts";
import type { SyncNetRecipe } from "./recipe.ts";

type Shrink = EncoderStage["shrink"];
const half: Shrink = [2, 2];
const pixelShrinks: readonly Shrink[] = [[1, 2], half, half, half, half, half, half, half];

const stages = (channels: readonly number[], shrinks: readonly Shrink[]): readonly EncoderStage[] =>
  channels.map((width, index) => ({ channels: width, shrink: shrinks[index] ?? half, attends: "plain" }));

/** 5 frames hear 16 mel columns; widths as of 16 frames. */
const fiveFrames: SyncNetConfig = {
  ...syncNetPixelPlain,
  visual: { ...syncNetPixelPlain.visual, inChannels: 15 },
  audio: {
    inChannels: 1,
    stages: stages([32, 64, 128, 256, 1024, 2048], [[2, 1], [2, 1], half, half, half, half]),
  },
  audioSize: [80, 16],
};

/** 25 frames hear 80 columns; widths of syncnet_25_pixel.yaml, whose attention list is missing and counts as none. */
const twentyFiveFrames: SyncNetConfig = {
  visual: { inChannels: 75, stages: stages([128, 128, 256, 256, 512, 512, 1024, 1024], pixelShrinks) },
  audio: { inChannels: 1, stages: stages([64, 128, 256, 256, 512, 1024], []) },
  visualSize: [128, 256],
  audioSize: [80, 80],
};

/** The network of a recipe. Attention is there for 16 frames of pixels alone, as in the published file. */
export function syncNetConfigOf({ frames, space, attends }: SyncNetRecipe): SyncNetConfig {
  if (space === "latents") return { ...syncNetLatent, visual: { ...syncNetLatent.visual, inChannels: 4 * frames } };
  if (frames === 5) return fiveFrames;
  if (frames === 25) return twentyFiveFrames;
  return attends ? syncNetPixelAttention : syncNetPixelPlain;
}
