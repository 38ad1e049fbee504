// The starter family: the sizes of its networks and how long each is taught. "full" is what ships, "tiny" proves the chain.
import type { LipsyncModelConfig, SyncNetConfig } from "../../../src/core/models/index.ts";
import { publishedLipsync } from "../../../src/core/models/index.ts";
import { phones } from "../../heads/speech/phones.ts";
import type { StageNumbers } from "./stage.ts";

export type StageName = "phones" | "vae-crops" | "vae-whole" | "unet" | "decoder" | "syncnet";

export type Family = {
  /** Latent scale and shifts are measured on the way. */
  readonly model: Omit<LipsyncModelConfig, "latentScale" | "latentShifts">;
  readonly syncNet: SyncNetConfig;
  readonly cropPx: number;
  readonly material: {
    readonly clips: number;
    readonly validationClips: number;
    readonly framesPerClip: number;
    readonly utterances: number;
    readonly validationUtterances: number;
    /** The first clips are encoded whole, for SyncNet; of the others every so many frames. */
    readonly wholeClips: number;
    readonly strideFrames: number;
    /** Clips whose frames the U-Net draws for the decoder to learn from, and how many frames of each. */
    readonly drawnClips: number;
    readonly drawnFrames: number;
  };
  readonly measure: { readonly everySteps: number; readonly clips: number; readonly inferenceSteps: number };
  readonly stages: Readonly<Record<StageName, StageNumbers>>;
};

const plain = (channels: readonly number[], shrinks: readonly (readonly [number, number])[]) =>
  channels.map((width, at) => ({ channels: width, shrink: shrinks[at] ?? half, attends: "plain" as const }));
const half = [2, 2] as const;

/** Both neighbours of every second row: the two rows of a frame together know all from 120 ms before to 140 ms after. */
const contextRows = [-6, -4, -2, 0, 2, 4, 6];
const phonesHeard = { count: phones.length, contextRows };

const latentChannels = 8;
const inChannels = 3 * latentChannels + 1;
const audioWidth = phones.length * contextRows.length;

const common = {
  windowFrames: 16,
  predicts: "clean",
  schedule: publishedLipsync.schedule,
  spacing: "trailing",
  hearing: { rowsBefore: 0, rowsAfter: 1 },
} as const;

const unetCommon = {
  ...publishedLipsync.unet,
  inChannels,
  outChannels: latentChannels,
  layersPerLevel: 1,
  audioWidth,
  heads: 4,
  motion: "none",
  motionHeads: 4,
} as const;

const numbers = (given: Partial<StageNumbers>): StageNumbers => ({
  steps: 20,
  examplesPerStep: 4,
  learningRate: 1e-3,
  warmUpSteps: 100,
  averageDecay: 0.997,
  checkpointEverySteps: 500,
  validateEverySteps: 1000,
  patience: 0,
  ...given,
});

export const full: Family = {
  model: {
    ...common,
    faceSizePx: 128,
    unet: { ...unetCommon, levelChannels: [64, 128, 160, 160], normGroups: 16 },
    vae: { pictureChannels: 3, latentChannels, levelChannels: [32, 64, 96, 96], layersPerLevel: 1, normGroups: 8 },
    whisper: { melBins: 80, positions: 200, width: 192, heads: 4, blocks: 4, phones: phonesHeard },
  },
  syncNet: {
    visual: { inChannels: 16 * latentChannels, stages: plain([64, 96, 96, 128], []) },
    audio: {
      inChannels: 1,
      stages: plain([32, 32, 64, 64, 96, 128], [[2, 1], half, half, half, half, [2, 3]]),
    },
    visualSize: [16, 16],
    audioSize: [80, 52],
  },
  cropPx: 64,
  material: {
    clips: 3000,
    validationClips: 24,
    framesPerClip: 64,
    utterances: 4000,
    validationUtterances: 96,
    wholeClips: 400,
    strideFrames: 3,
    drawnClips: 1200,
    drawnFrames: 4,
  },
  measure: { everySteps: 1000, clips: 12, inferenceSteps: 4 },
  stages: {
    phones: numbers({ steps: 5000, examplesPerStep: 24, learningRate: 1.2e-3, averageDecay: 0.998 }),
    "vae-crops": numbers({ steps: 8000, examplesPerStep: 12, averageDecay: 0.998 }),
    "vae-whole": numbers({ steps: 8000, examplesPerStep: 4, learningRate: 5e-4, averageDecay: 0.998 }),
    unet: numbers({ steps: 16_000, examplesPerStep: 8 }),
    decoder: numbers({ steps: 3000, examplesPerStep: 4, learningRate: 3e-4 }),
    syncnet: numbers({ steps: 4000, examplesPerStep: 16, learningRate: 5e-4 }),
  },
};

const tinySteps = { steps: 20, warmUpSteps: 2, averageDecay: 0.9, checkpointEverySteps: 10, validateEverySteps: 10 };
const tinyStage = numbers({ ...tinySteps, examplesPerStep: 2 });

export const tiny: Family = {
  model: {
    ...common,
    faceSizePx: 64,
    unet: { ...unetCommon, levelChannels: [16, 16, 32, 32], normGroups: 4, heads: 2, motionHeads: 2 },
    vae: { pictureChannels: 3, latentChannels, levelChannels: [8, 8, 16, 16], layersPerLevel: 1, normGroups: 4 },
    whisper: { melBins: 80, positions: 200, width: 32, heads: 2, blocks: 1, phones: phonesHeard },
  },
  syncNet: {
    visual: { inChannels: 16 * latentChannels, stages: plain([32, 32, 32], []) },
    audio: {
      inChannels: 1,
      stages: plain([32, 32, 32, 32, 32, 32], [[2, 1], half, half, half, half, [2, 3]]),
    },
    visualSize: [8, 8],
    audioSize: [80, 52],
  },
  cropPx: 32,
  material: {
    clips: 4,
    validationClips: 2,
    framesPerClip: 48,
    utterances: 8,
    validationUtterances: 2,
    wholeClips: 2,
    strideFrames: 3,
    drawnClips: 2,
    drawnFrames: 4,
  },
  measure: { everySteps: 10, clips: 2, inferenceSteps: 2 },
  stages: {
    phones: tinyStage,
    "vae-crops": tinyStage,
    "vae-whole": tinyStage,
    unet: tinyStage,
    decoder: tinyStage,
    syncnet: tinyStage,
  },
};
