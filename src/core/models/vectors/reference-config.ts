// Configurations in the words of the reference implementations, as vectors files carry them, turned into our own.
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
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
    .object({
      num_attention_heads: count,
      temporal_position_encoding_max_len: count,
      num_transformer_block: z.literal(1),
      attention_block_types: z.tuple([z.literal("Temporal_Self"), z.literal("Temporal_Self")]),
      temporal_position_encoding: z.literal(true),
      temporal_attention_dim_div: z.literal(1),
    })
    .partial()
    .optional(),
  // What the reference could also be told, and no release was: refused rather than overlooked.
  motion_module_resolutions: z.array(z.int()).optional(),
  motion_module_mid_block: z.literal(false).default(false),
  add_audio_layer: z.literal(true).default(true),
  act_fn: z.literal("silu").default("silu"),
  norm_eps: z.literal(1e-5).default(1e-5),
  flip_sin_to_cos: z.literal(true).default(true),
  freq_shift: z.literal(0).default(0),
  resnet_time_scale_shift: z.literal("default").default("default"),
});

type UnetReference = z.infer<typeof unetSchema>;

/** The reference leaves modules out at levels whose shrinking is not listed; here they stand at all levels or none. */
function requireAllLevels({ use_motion_module, motion_module_resolutions, block_out_channels }: UnetReference): void {
  const missing = block_out_channels
    .map((_, level) => 2 ** level)
    .find((by) => !motion_module_resolutions?.includes(by));
  if (!use_motion_module || motion_module_resolutions === undefined || missing === undefined) return;
  throw refused("models.unknown-config", {
    message: `The configuration has no motion modules at 1/${missing} of the size; this version has them at every level.`,
    details: { motion_module_resolutions },
  });
}

const has10Keys = (keys: Iterable<string>): boolean => [...keys].some((key) => key.includes("audio_cross_attn"));

function motionOf(reference: UnetReference): UnetConfig["motion"] {
  if (!reference.use_motion_module) return "none";
  return reference.motion_module_decoder_only ? "decoder" : "all";
}

/** `keys` of the checkpoint tell whether it names its audio attention as release 1.0 does. */
export function unetConfigOf(config: unknown, keys: Iterable<string>): UnetConfig {
  const reference = unetSchema.parse(config);
  requireAllLevels(reference);
  return {
    inChannels: reference.in_channels,
    outChannels: reference.out_channels,
    levelChannels: reference.block_out_channels,
    layersPerLevel: reference.layers_per_block,
    audioWidth: reference.cross_attention_dim,
    heads: reference.attention_head_dim,
    normGroups: reference.norm_num_groups,
    motionNormGroups: 32,
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
