// From start noise to clean latents: one batch of windows through a sampler, guided where it is asked for.
import { assert } from "../../../shared/failure/index.ts";
import { decompose, guide, isGuided, noiseSchedule, samplers, timeGrid } from "../../diffusion/index.ts";
import type { Denoiser, Guidance, SamplerName, Spacing } from "../../diffusion/index.ts";
import { unetStepFeeds } from "../../models/index.ts";
import type { PreparedWindow } from "../../models/index.ts";
import { int64s, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { dataOf, latentSizeOf } from "./networks.ts";
import type { LipsyncNetworks, StepKind } from "./networks.ts";

/** Windows of equally many frames, one after another. */
export type WindowBatch = {
  readonly count: number;
  readonly frames: number;
  /** [count, mask 1 + masked latents + reference latents, frames, side, side]; the mask is 1 where the picture is kept. */
  readonly condition: Float32Array;
  /** [count * frames, tokens, audio width]. */
  readonly audio: Float32Array;
  /** [count, channels, frames, side, side]. */
  readonly startNoise: Float32Array;
};

export type DenoiseSettings = {
  readonly inferenceSteps: number;
  readonly guidance: Guidance;
  readonly sampler: SamplerName;
  readonly spacing: Spacing;
  /** Of so many steps one is full, the others take its deep features (DeepCache, Ma et al. 2023); 1 is off. */
  readonly deepCacheSteps: number;
};

export type DenoiseOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((stepIndex: number) => void) | undefined;
};

/** Clean latents [count, channels, frames, side, side]. */
export async function denoise(
  networks: LipsyncNetworks,
  batch: WindowBatch,
  settings: DenoiseSettings,
  options: DenoiseOptions = {},
): Promise<Float32Array> {
  const { config } = networks.files;
  const grid = timeGrid(noiseSchedule(config.schedule), settings.inferenceSteps, settings.spacing);
  const prepared = await prepareBatch(
    networks,
    batch,
    grid.slice(0, -1).map(({ timestep }) => timestep),
  );
  const { channels, side } = latentSizeOf(config);
  const dims = [batch.count, channels, batch.frames, side, side];
  const predict = predictor(networks, prepared, settings);
  let stepIndex = 0;
  const denoiser: Denoiser = async (latents, { alphaBar }) => {
    const prediction = await predict(tensorOf("float32", dims, latents), stepIndex);
    stepIndex += 1;
    return decompose({ latents, prediction, predicts: config.predicts, alphaBar });
  };
  return await samplers[settings.sampler](denoiser, batch.startNoise, {
    grid,
    ...(options.signal && { signal: options.signal }),
    ...(options.onStep && { onStep: options.onStep }),
  });
}

async function prepareBatch(
  networks: LipsyncNetworks,
  { count, frames, condition, audio }: WindowBatch,
  timesteps: readonly number[],
): Promise<PreparedWindow> {
  const { config } = networks.files;
  const { side } = latentSizeOf(config);
  const known = config.unet.inChannels - config.unet.outChannels;
  const tokens = audio.length / (count * frames * config.unet.audioWidth);
  const session = await networks.prepare();
  return await session.run({
    condition: tensorOf("float32", [count, known, frames, side, side], condition),
    audio: tensorOf("float32", [count * frames, tokens, config.unet.audioWidth], audio),
    timesteps: int64s([timesteps.length], timesteps),
  });
}

/** What the network says at a step, guidance applied. */
function predictor(networks: LipsyncNetworks, prepared: PreparedWindow, settings: DenoiseSettings) {
  const { inferenceSteps, guidance, deepCacheSteps } = settings;
  let deep: { readonly features: Tensor; readonly isGuidedStep: boolean } | undefined;
  return async (latents: Tensor<"float32">, stepIndex: number): Promise<Float32Array> => {
    const isGuidedStep = isGuided(guidance, stepIndex / inferenceSteps);
    const isFull = stepIndex % deepCacheSteps === 0 || deep?.isGuidedStep !== isGuidedStep;
    const kind: StepKind = `${isFull ? "full" : "shallow"}-${isGuidedStep ? "guided" : "unguided"}`;
    const session = await networks.step(kind);
    const state = { latents, stepIndex, ...(!isFull && deep && { deepFeatures: deep.features }) };
    const wanted = ["noise", ...(isGuidedStep ? ["noise_without_audio"] : [])];
    const keepsFeatures = isFull && deepCacheSteps > 1;
    const answer = await session.run(
      unetStepFeeds(session.inputNames, prepared, state),
      keepsFeatures ? [...wanted, "deep_features"] : wanted,
    );
    if (keepsFeatures) {
      const features = answer["deep_features"];
      assert(features, "a full step gives its deep features");
      deep = { features, isGuidedStep };
    }
    const heard = dataOf(answer["noise"], "noise");
    if (!isGuidedStep) return heard;
    return guide(dataOf(answer["noise_without_audio"], "noise_without_audio"), heard, guidance.guidanceScale);
  };
}
