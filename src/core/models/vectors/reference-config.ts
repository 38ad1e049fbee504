// Configurations in the words of the reference implementations, as vectors files carry them, turned into our own.
import { z } from "zod";
import type { LpipsConfig } from "../lpips/lpips.ts";
import { lpipsVgg } from "../lpips/lpips.ts";
import type { EncoderConfig, SyncNetConfig } from "../syncnet/stable-syncnet.ts";
import { syncNetPixelPlain } from "../syncnet/stable-syncnet.ts";
import type { UnetConfig } from "../unet/unet-config.ts";
import { latentSyncUnet, unet10 } from "../unet/unet-config.ts";
import type { VaeConfig } from "../vae/vae.ts";
import type { VideoMaeConfig } from "../videomae/videomae.ts";
import type { WhisperConfig } from "../whisper/whisper-encoder.ts";

const count = z.int().positive();

const unetSchema = z.object({
  in_channels: count,
  out_channels: count,
  block_out_channels: z.array(count).min(1),
  layers_per_block: count,
  cross_attention_dim: count,
  /** Means the number of heads: dossier 2.1. */
  attention_head_dim: count,
  norm_num_groups: count,
  use_motion_module: z.boolean().default(false),
  motion_module_decoder_only: z.boolean().default(false),
  motion_module_kwargs: z
    .object({ num_attention_heads: count, temporal_position_encoding_max_len: count })
    .partial()
    .optional(),
});

type UnetReference = z.infer<typeof unetSchema>;

const has10Keys = (keys: Iterable<string>): boolean => [...keys].some((key) => key.includes("audio_cross_attn"));

function motionOf(reference: UnetReference): UnetConfig["motion"] {
  if (!reference.use_motion_module) return "none";
  return reference.motion_module_decoder_only ? "decoder" : "all";
}

/** `keys` of the checkpoint tell whether it names its audio attention as release 1.0 does. */
export function unetConfigOf(config: unknown, keys: Iterable<string>): UnetConfig {
  const reference = unetSchema.parse(config);
  return {
    inChannels: reference.in_channels,
    outChannels: reference.out_channels,
    levelChannels: reference.block_out_channels,
    layersPerLevel: reference.layers_per_block,
    audioWidth: reference.cross_attention_dim,
    heads: reference.attention_head_dim,
    normGroups: reference.norm_num_groups,
    motion: motionOf(reference),
    motionHeads: reference.motion_module_kwargs?.num_attention_heads ?? latentSyncUnet.motionHeads,
    maxFrames: reference.motion_module_kwargs?.temporal_position_encoding_max_len ?? latentSyncUnet.maxFrames,
    audioKeys: has10Keys(keys) ? unet10.audioKeys : latentSyncUnet.audioKeys,
  };
}

const vaeSchema = z.object({
  in_channels: count,
  latent_channels: count,
  block_out_channels: z.array(count).min(1),
  layers_per_block: count,
  norm_num_groups: count,
});

export function vaeConfigOf(config: unknown): VaeConfig {
  const reference = vaeSchema.parse(config);
  return {
    pictureChannels: reference.in_channels,
    latentChannels: reference.latent_channels,
    levelChannels: reference.block_out_channels,
    layersPerLevel: reference.layers_per_block,
    normGroups: reference.norm_num_groups,
  };
}

const whisperSchema = z.object({
  n_mels: count,
  n_audio_ctx: count,
  n_audio_state: count,
  n_audio_head: count,
  n_audio_layer: count,
});

export function whisperConfigOf(config: unknown): WhisperConfig {
  const reference = whisperSchema.parse(config);
  return {
    melBins: reference.n_mels,
    positions: reference.n_audio_ctx,
    width: reference.n_audio_state,
    heads: reference.n_audio_head,
    blocks: reference.n_audio_layer,
  };
}

const factor = z.union([count, z.tuple([count, count])]);
const encoderSchema = z.object({
  in_channels: count,
  block_out_channels: z.array(count).min(1),
  downsample_factors: z.array(factor),
  attn_blocks: z.array(z.int()),
});
const syncNetSchema = z.object({ audio_encoder: encoderSchema, visual_encoder: encoderSchema });

function encoderConfigOf(reference: z.infer<typeof encoderSchema>): EncoderConfig {
  const stages = reference.block_out_channels.map((channels, index) => {
    const by = reference.downsample_factors[index] ?? 1;
    const shrink = typeof by === "number" ? ([by, by] as const) : by;
    return { channels, shrink, attends: reference.attn_blocks[index] ? "attends" : "plain" } as const;
  });
  return { inChannels: reference.in_channels, stages };
}

type Sizes = Pick<SyncNetConfig, "visualSize" | "audioSize">;

export function syncNetConfigOf(config: unknown, sizes: Sizes = syncNetPixelPlain): SyncNetConfig {
  const reference = syncNetSchema.parse(config);
  return {
    visual: encoderConfigOf(reference.visual_encoder),
    audio: encoderConfigOf(reference.audio_encoder),
    visualSize: sizes.visualSize,
    audioSize: sizes.audioSize,
  };
}

const videoMaeSchema = z.object({
  img_size: count,
  patch_size: count,
  embed_dim: count,
  depth: count,
  num_heads: count,
  mlp_ratio: z.number().positive(),
  tubelet_size: count,
  all_frames: count,
});

export function videoMaeConfigOf(config: unknown): VideoMaeConfig {
  const reference = videoMaeSchema.parse(config);
  return {
    imageSizePx: reference.img_size,
    patchSizePx: reference.patch_size,
    tubeletFrames: reference.tubelet_size,
    frames: reference.all_frames,
    width: reference.embed_dim,
    blocks: reference.depth,
    heads: reference.num_heads,
    // Truncated by the reference, which lands on 6144 for the giant's 48/11.
    mlpWidth: Math.trunc(reference.embed_dim * reference.mlp_ratio + 1e-9),
  };
}

const lpipsSchema = z.object({ widthDivisor: count.default(1), linear: z.string().default("") });

/** The second file holds the linear layers; "" when the first holds all. */
export function lpipsConfigOf(config: unknown): { readonly config: LpipsConfig; readonly linearFile: string } {
  const { widthDivisor, linear } = lpipsSchema.parse(config);
  const stageChannels = lpipsVgg.stageChannels.map((channels) => channels / widthDivisor);
  return { config: { stageChannels }, linearFile: linear };
}
