// The sizes that tell one LatentSync U-Net from another. Defaults of all published ones: dossier section 2.1.

export type UnetConfig = {
  readonly inChannels: number;
  readonly outChannels: number;
  /** Channels of the four levels, from full size down. */
  readonly levelChannels: readonly number[];
  /** Residual blocks of a down level; an up level has one more. */
  readonly layersPerLevel: number;
  /** Width of an audio token. */
  readonly audioWidth: number;
  /** Heads of spatial attention, at every level. */
  readonly heads: number;
  readonly normGroups: number;
  /** Where motion modules stand: nowhere (1.0, stage 1), in the decoder (efficient), or on both sides (1.5, 1.6). */
  readonly motion: "none" | "decoder" | "all";
  readonly motionHeads: number;
  /** Groups of the motion modules' own norms, where they differ: the reference has 32 there, whatever the others are. */
  readonly motionNormGroups?: number;
  /** Rows of the frame position table; a window may have at most so many frames. */
  readonly maxFrames: number;
  /** How the audio cross-attention is called in the checkpoint: 1.0 has names of its own. */
  readonly audioKeys: { readonly norm: string; readonly attention: string };
};

const audioKeys = { norm: "norm2", attention: "attn2" } as const;

/** 1.5 and 1.6, 256 and 512 px: one network. */
export const latentSyncUnet: UnetConfig = {
  inChannels: 13,
  outChannels: 4,
  levelChannels: [320, 640, 1280, 1280],
  layersPerLevel: 2,
  audioWidth: 384,
  heads: 8,
  normGroups: 32,
  motion: "all",
  motionHeads: 8,
  maxFrames: 24,
  audioKeys,
};

/** Fine-tuned by the efficient recipe: motion modules in the decoder only. */
export const efficientUnet: UnetConfig = { ...latentSyncUnet, motion: "decoder" };

/** Stage 1 of the training: no motion modules. */
export const stage1Unet: UnetConfig = { ...latentSyncUnet, motion: "none" };

/** Release 1.0: stage 1's shape with its own names for the audio cross-attention. */
export const unet10: UnetConfig = {
  ...stage1Unet,
  audioKeys: { norm: "audio_cross_attn.norm", attention: "audio_cross_attn.attn" },
};

/** Height and width of latents: whole eights, as every release needs, or more where there are more levels to halve. */
export function latentSides({ levelChannels }: UnetConfig): readonly [height: string, width: string] {
  const multiple = Math.max(8, 2 ** (levelChannels.length - 1));
  return [`${multiple}*height`, `${multiple}*width`];
}
