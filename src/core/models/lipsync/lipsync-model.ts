// A whole lip-sync model: U-Net, picture autoencoder and audio encoder that belong together, and how they are to be used.
// Published releases come as three files of known sizes; a model of any other size is one file that says its sizes itself.
import { z } from "zod";
import { refused } from "../../../shared/failure/index.ts";
import type { Weights } from "../../onnx/index.ts";
import { compareParameters, parametersOf, requireExactParameters } from "../parameters.ts";
import type { ParameterList } from "../parameters.ts";
import { latentSyncUnet } from "../unet/unet-config.ts";
import type { UnetConfig } from "../unet/unet-config.ts";
import { unetGraph } from "../unet/unet.ts";
import { stableDiffusionVae, vaeDecoderGraph, vaeEncoderGraph, vaeScalingFactor } from "../vae/vae.ts";
import { heardOf, whisperEncoderGraph, whisperTiny } from "../whisper/whisper-encoder.ts";

const count = z.int().positive();
const channels = z.array(count).min(1).max(8).readonly();

const unetSchema = z
  .strictObject({
    inChannels: count,
    outChannels: count,
    levelChannels: channels,
    layersPerLevel: count,
    audioWidth: count,
    heads: count,
    normGroups: count,
    motion: z.enum(["none", "decoder", "all"]),
    motionHeads: count,
    motionNormGroups: count.exactOptional(),
    maxFrames: count,
    audioKeys: z.strictObject({ norm: z.string(), attention: z.string() }).readonly(),
  })
  .readonly();

const vaeSchema = z
  .strictObject({
    pictureChannels: count,
    latentChannels: count,
    levelChannels: channels,
    layersPerLevel: count,
    normGroups: count,
  })
  .readonly();

const whisperSchema = z
  .strictObject({
    melBins: count,
    positions: z.int().min(6),
    width: count,
    heads: count,
    blocks: count,
    phones: z
      .strictObject({ count, contextRows: z.array(z.int().min(-50).max(50)).min(1).max(32).readonly() })
      .readonly()
      .exactOptional(),
  })
  .readonly();

/** Sizes and use of a lip-sync model. */
export const lipsyncModelSchema = z
  .strictObject({
    unet: unetSchema,
    vae: vaeSchema,
    whisper: whisperSchema,
    /** Side of the square face it was trained on. */
    faceSizePx: count.multipleOf(8),
    /** Frames it was trained to see at once. */
    windowFrames: count,
    /** What the U-Net's output means. */
    predicts: z.enum(["noise", "v", "clean"]),
    schedule: z
      .strictObject({ trainingSteps: count, betaFirst: z.number().positive(), betaLast: z.number().positive() })
      .readonly(),
    /** Where the steps lie when nothing else is asked for. */
    spacing: z.enum(["leading", "trailing"]),
    /** Of each latent channel: latents = (encoded mean - shift) * scale. */
    latentScale: z.number().positive(),
    latentShifts: z.array(z.number()).readonly(),
    /** Rows of sound before and after the one at a frame's start, of 20 ms each. */
    hearing: z.strictObject({ rowsBefore: z.int().nonnegative(), rowsAfter: z.int().nonnegative() }).readonly(),
  })
  .readonly();

export type LipsyncModelConfig = z.infer<typeof lipsyncModelSchema>;

/** The published releases, which differ in their U-Net and the size of pictures. Dossier sections 1 and 2.1. */
export const publishedLipsync = {
  unet: latentSyncUnet,
  vae: stableDiffusionVae,
  whisper: whisperTiny,
  faceSizePx: 256,
  windowFrames: 16,
  predicts: "noise",
  schedule: { trainingSteps: 1000, betaFirst: 0.00085, betaLast: 0.012 },
  spacing: "leading",
  latentScale: vaeScalingFactor,
  latentShifts: [0, 0, 0, 0],
  hearing: { rowsBefore: 4, rowsAfter: 5 },
} as const satisfies LipsyncModelConfig;

/** The three networks of a model, as prefixes of the keys in one file. */
export const lipsyncParts = ["unet", "vae", "whisper"] as const;
export type LipsyncPart = (typeof lipsyncParts)[number];

/** Key -> dims of one network of the model, without prefix. */
export function partParameters(config: LipsyncModelConfig, part: LipsyncPart): ParameterList {
  const unet: UnetConfig = config.unet;
  const graphs = {
    unet: (weights: Weights) => [unetGraph({ config: unet, weights })],
    vae: (weights: Weights) => [
      vaeEncoderGraph({ config: config.vae, weights }),
      vaeDecoderGraph({ config: config.vae, weights }),
    ],
    whisper: (weights: Weights) => [whisperEncoderGraph({ config: config.whisper, weights })],
  } satisfies Readonly<Record<LipsyncPart, (weights: Weights) => unknown>>;
  return parametersOf(graphs[part]);
}

/** Key -> dims of a file that holds the whole model: "unet.conv_in.weight", "vae.decoder. …", "whisper.encoder. …". */
export const lipsyncParameters = (config: LipsyncModelConfig): ParameterList =>
  new Map(
    lipsyncParts.flatMap((part) =>
      [...partParameters(config, part)].map(([key, dims]) => [`${part}.${key}`, dims] as const),
    ),
  );

/** The network's name of models in one file. */
export const lipsyncNetwork = "lipsync-model";
/** Where such a file carries its configuration: a key of the safetensors header's metadata. */
export const lipsyncMetadataKey = "dubwright.lipsync-model";

/** Undefined for a file that does not say it is one; refused when what it says does not hold. */
export function recogniseLipsyncModel(
  found: ParameterList,
  metadata: ReadonlyMap<string, string | number | boolean>,
): LipsyncModelConfig | undefined {
  const text = metadata.get(lipsyncMetadataKey);
  if (text === undefined) return undefined;
  const config = lipsyncConfigOf(text);
  requireExactParameters(lipsyncNetwork, compareParameters(lipsyncParameters(config), found));
  return config;
}

function lipsyncConfigOf(text: string | number | boolean): LipsyncModelConfig {
  try {
    const parsed = lipsyncModelSchema.safeParse(JSON.parse(String(text)));
    if (!parsed.success) throw badConfig(z.prettifyError(parsed.error));
    const why = contradiction(parsed.data);
    if (why !== undefined) throw badConfig(why);
    return parsed.data;
  } catch (error) {
    if (error instanceof SyntaxError) throw badConfig("it is no JSON");
    throw error;
  }
}

/** What does not fit together although each part by itself is well-formed. */
function contradiction({ unet, vae, whisper, latentShifts, faceSizePx, windowFrames }: LipsyncModelConfig) {
  const rules: readonly (readonly [boolean, string])[] = [
    [unet.outChannels === vae.latentChannels, "the U-Net's latents are not the autoencoder's"],
    [unet.inChannels === 3 * vae.latentChannels + 1, "the U-Net takes noisy, masked and reference latents and a mask"],
    [unet.audioWidth === heardOf(whisper).width, "the U-Net does not hear what the audio encoder says"],
    [latentShifts.length === vae.latentChannels, "there is not one shift for each latent channel"],
    [vae.pictureChannels === 3, "a picture has three channels"],
    [vae.levelChannels.length === 4, "latents are not an eighth of the picture"],
    [faceSizePx % (8 * 2 ** (unet.levelChannels.length - 1)) === 0, "the face cannot be halved once for every level"],
    [windowFrames <= unet.maxFrames, "a window has more frames than the U-Net has positions"],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

const badConfig = (why: string) =>
  refused("models.bad-config", {
    message: `The file says that it holds a lip-sync model, but its configuration cannot be used: ${why}.`,
    hint: "Ask whoever made the model for a sound file.",
  });
