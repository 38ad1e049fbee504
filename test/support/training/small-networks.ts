// For tests: networks of all four losses, as small as they get, with drawn weights.
import type {
  LpipsConfig,
  SyncNetConfig,
  UnetConfig,
  VaeConfig,
  VideoMaeConfig,
} from "../../../src/core/models/index.ts";
import { latentSyncUnet } from "../../../src/core/models/index.ts";
import { newWeights } from "../../../src/core/training/index.ts";
import type { PictureLosses } from "../../../src/core/training/index.ts";

export const smallUnet: UnetConfig = {
  ...latentSyncUnet,
  levelChannels: [16, 16],
  layersPerLevel: 1,
  audioWidth: 8,
  heads: 2,
  normGroups: 4,
  motion: "decoder",
  motionHeads: 2,
};

export const smallVae: VaeConfig = {
  pictureChannels: 3,
  latentChannels: 4,
  levelChannels: [8, 8],
  layersPerLevel: 1,
  normGroups: 4,
};

const half = [2, 2] as const;

/** Four frames of 16 x 32 pixels, groups of 32 as the network has them. */
export const smallSyncNet: SyncNetConfig = {
  visual: {
    inChannels: 12,
    stages: [
      { channels: 32, shrink: [1, 2], attends: "plain" },
      ...([half, half, half] as const).map((shrink) => ({ channels: 32, shrink, attends: "plain" as const })),
    ],
  },
  audio: {
    inChannels: 1,
    stages: ([half, half, half] as const).map((shrink) => ({ channels: 32, shrink, attends: "plain" as const })),
  },
  visualSize: [16, 32],
  audioSize: [16, 16],
};

const smallVideoMae: VideoMaeConfig = {
  imageSizePx: 32,
  patchSizePx: 16,
  tubeletFrames: 2,
  frames: 4,
  width: 16,
  blocks: 2,
  heads: 2,
  mlpWidth: 32,
};

const smallLpips: LpipsConfig = { stageChannels: [4, 4, 8, 8, 8] };

/** Pictures of 32 x 32 are latents of 16 x 16 to the small autoencoder. */
export const smallSizes = { batch: 1, frames: 4, latentHeight: 16, latentWidth: 16, audioTokens: 3 };

export const smallDecoder = { config: smallVae, weights: newWeights(2) };

/** All with the weights that are published. */
export const smallPictureLosses: Required<PictureLosses> = {
  sync: { config: smallSyncNet, weights: newWeights(3), weight: 0.05, space: "pixels" },
  likeness: { config: smallLpips, weights: newWeights(4), weight: 0.1 },
  temporal: { config: smallVideoMae, weights: newWeights(5), weight: 10 },
};
