// The networks of a lip-sync model as functions over plain arrays; each is opened when it is first asked for.
import { assert } from "../../../shared/failure/index.ts";
import {
  heardOf,
  unetPrepareGraph,
  unetStepGraph,
  vaeDecoderGraph,
  vaeEncoderGraph,
  whisperEncoderGraph,
} from "../../models/index.ts";
import type { LipsyncModelConfig } from "../../models/index.ts";
import { bakeSizes } from "../../onnx/index.ts";
import type { Graph, ProviderName, Sizes, Weights } from "../../onnx/index.ts";
import { asFloat32, tensorOf } from "../../tensor/index.ts";
import type { ModelFiles } from "./model-files.ts";
import { openPart } from "./part-sessions.ts";
import type { PartSession, SessionTools } from "./part-sessions.ts";

/** Sizes that follow from a model's configuration. */
export type LatentSize = {
  readonly channels: number;
  /** Height and width of a latent picture. */
  readonly side: number;
  /** Numbers of one frame's latents: channels * side * side. */
  readonly length: number;
};

export const latentSizeOf = ({ vae, faceSizePx }: LipsyncModelConfig): LatentSize => {
  const side = faceSizePx / 8;
  return { channels: vae.latentChannels, side, length: vae.latentChannels * side * side };
};

/** Which part of the step the network runs: see `unetStepGraph`. */
export type StepKind = `${"full" | "shallow"}-${"guided" | "unguided"}`;

export type LipsyncNetworks = AsyncDisposable & {
  readonly files: ModelFiles;
  /** Log-mel [melBins, 2 * positions] to embeddings [positions, states, width]. */
  readonly embed: (logMel: Float32Array) => Promise<Float32Array>;
  /** Pictures [count, 3, side, side], -1..1, to latents [count, channels, side, side]: the posterior's mean, shifted and scaled. */
  readonly encode: (pictures: Float32Array, count: number) => Promise<Float32Array>;
  /** Latents [count, channels, side, side] to pictures [count, 3, side, side], about -1..1. */
  readonly decode: (latents: Float32Array, count: number) => Promise<Float32Array>;
  /** The U-Net's graphs, for `denoise`. */
  readonly prepare: () => Promise<PartSession>;
  readonly step: (kind: StepKind) => Promise<PartSession>;
  /** Where they run; undefined until one is open. */
  readonly provider: () => ProviderName | undefined;
};

/** Opens nothing yet. Disposing closes whatever was opened. */
export function lipsyncNetworks(files: ModelFiles, tools: SessionTools): LipsyncNetworks {
  const { config, parts } = files;
  const { unet, vae, whisper } = config;
  const { side } = latentSizeOf(config);
  const closing = new AsyncDisposableStack();
  const opened = new Map<string, Promise<PartSession>>();
  let provider: ProviderName | undefined;

  const part = (
    name: string,
    file: ModelFiles["parts"][keyof ModelFiles["parts"]],
    define: (weights: Weights) => Graph,
    sizes: Sizes,
  ): (() => Promise<PartSession>) => {
    const open = async (): Promise<PartSession> => {
      const baked = (weights: Weights): Graph => bakeSizes(define(weights), sizes);
      const session = closing.use(await openPart({ label: `${files.title}: ${name}`, file, define: baked }, tools));
      provider ??= session.provider;
      return session;
    };
    return () => {
      const known = opened.get(name) ?? open();
      opened.set(name, known);
      return known;
    };
  };

  const picture = { height: side, width: side };
  // The U-Net's own sizes count in eighths of its input, because it is halved three times.
  const latent = { height: side / 8, width: side / 8 };
  const encoder = part("encoder", parts.vae, (weights) => vaeEncoderGraph({ config: vae, weights }), picture);
  const decoder = part("decoder", parts.vae, (weights) => vaeDecoderGraph({ config: vae, weights }), picture);
  const listener = part("audio", parts.whisper, (weights) => whisperEncoderGraph({ config: whisper, weights }), {
    batch: 1,
  });
  const prepare = part("prepare", parts.unet, (weights) => unetPrepareGraph({ config: unet, weights }), latent);
  const steps = new Map(
    (["full-guided", "full-unguided", "shallow-guided", "shallow-unguided"] as const).map((kind) => {
      const [depth, guidance] = kind.split("-") as ["full" | "shallow", "guided" | "unguided"];
      const define = (weights: Weights): Graph => unetStepGraph({ config: unet, weights, guidance, depth });
      return [kind, part(kind, parts.unet, define, latent)] as const;
    }),
  );

  return {
    files,
    embed: async (logMel) => {
      const mel = tensorOf("float32", [1, whisper.melBins, 2 * whisper.positions], logMel);
      const { embeddings } = await (await listener()).run({ log_mel: mel });
      return byPosition(dataOf(embeddings, "embeddings"), config);
    },
    encode: async (pictures, count) => {
      const px = config.faceSizePx;
      const image = tensorOf("float32", [count, 3, px, px], pictures);
      const { latent_mean: mean } = await (await encoder()).run({ image }, ["latent_mean"]);
      return scaled(dataOf(mean, "latent_mean"), config, (value, shift, scale) => (value - shift) * scale);
    },
    decode: async (latents, count) => {
      const unscaled = scaled(latents, config, (value, shift, scale) => value / scale + shift);
      const { image } = await (
        await decoder()
      ).run({ latent: tensorOf("float32", [count, config.vae.latentChannels, side, side], unscaled) });
      return dataOf(image, "image");
    },
    prepare,
    step: (kind) => {
      const open = steps.get(kind);
      assert(open, `there is a step ${kind}`);
      return open();
    },
    provider: () => provider,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

type Outputs = Awaited<ReturnType<PartSession["run"]>>;

/** A float32 output, whatever the network computed in. */
export function dataOf(tensor: Outputs[string] | undefined, name: string): Float32Array {
  assert(tensor?.dtype === "float32" || tensor?.dtype === "float16", `the network gives ${name} in floats`);
  return asFloat32(tensor).data;
}

/** [state, position, width] -> [position, state, width]: a row holds all that was heard at one time. Dossier 1.9. */
function byPosition(embeddings: Float32Array, { whisper }: LipsyncModelConfig): Float32Array {
  const { positions } = whisper;
  const { states, width } = heardOf(whisper);
  const rows = new Float32Array(embeddings.length);
  for (let state = 0; state < states; state++)
    for (let position = 0; position < positions; position++) {
      const from = (state * positions + position) * width;
      rows.set(embeddings.subarray(from, from + width), (position * states + state) * width);
    }
  return rows;
}

/** Each latent by its channel's shift and the scale. */
function scaled(
  latents: Float32Array,
  config: LipsyncModelConfig,
  rule: (value: number, shift: number, scale: number) => number,
): Float32Array {
  const { channels, side } = latentSizeOf(config);
  const { latentScale, latentShifts } = config;
  const area = side * side;
  return latents.map((value, at) => rule(value, latentShifts[Math.floor(at / area) % channels] ?? 0, latentScale));
}
