// The task of stages 1 and 2 and of adapters: teach the denoiser, by its latents alone or by its pictures as well.
import { randomFrom } from "../../base/index.ts";
import { gradientName } from "../../autodiff/index.ts";
import type { VaeConfig } from "../../models/index.ts";
import type { Session, Weights } from "../../onnx/index.ts";
import { floats, int64s, sliceRows, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { PictureLosses } from "../losses/picture-losses.ts";
import { initialParameters, isTrainedBy, requireFittingPatterns, trainedWeights } from "../parameters.ts";
import type { TrainedPart } from "../parameters.ts";
import { denoiserNetwork, denoisingGraph, estimateGraph, gradientGraph } from "./denoiser-graphs.ts";
import type { Denoiser, DenoiserSizes, StepOptions } from "./denoiser-graphs.ts";
import { noiseExample, stacked } from "./noising.ts";
import type { NoisedExample, NoisingOptions } from "./noising.ts";
import { answerNamed, numberNamed, openGraph, openLater } from "./open-graphs.ts";
import type { Device } from "./open-graphs.ts";
import { openPictureGradients } from "./picture-gradients.ts";
import type { PictureGradients } from "./picture-gradients.ts";
import type { DrawnExample, GradientRequest, TrainingTask } from "./task.ts";

export type DenoiserTaskOptions = {
  readonly denoiser: Denoiser;
  readonly trained: TrainedPart;
  readonly sizes: DenoiserSizes;
  readonly noising: NoisingOptions;
  readonly denoisingWeight: number;
  /** Weight of each latent cell, row by row; 1 everywhere unless given. */
  readonly cellWeights?: readonly number[] | undefined;
  readonly pictureLosses: PictureLosses;
  /** Losses on pictures are taken up to this timestep: above it the estimate is a blur (dossier 4.1). 999 takes all. */
  readonly pictureLossesUpTo: number;
  readonly decoder: { readonly config: VaeConfig; readonly weights: Weights };
  readonly device: Device;
};

type Feeds = Readonly<Record<string, Tensor>>;

/** Opens its sessions; a loss on pictures opens the decoder and its judge as well. */
export async function openDenoiserTask(options: DenoiserTaskOptions): Promise<TrainingTask> {
  const { sizes, device, noising, trained } = options;
  const isTrained = isTrainedBy(trained);
  const network = denoiserNetwork(options.denoiser, sizes);
  if (trained.kind === "patterns") requireFittingPatterns(network, trained.patterns);
  const step: StepOptions = { predicts: noising.predicts, isTrained, denoisingWeight: options.denoisingWeight };
  const weights = trainedWeights(network, isTrained);
  const looks = Object.keys(options.pictureLosses).length > 0;
  const { graph, plan } = gradientGraph(network, step, device.memoryBudgetBytes);
  await using stack = new AsyncDisposableStack();
  const backwardSession = stack.use(await openGraph(graph, device));
  const lossSession = openLater(() => openGraph(denoisingGraph(network, step), device), stack);
  const estimator = looks ? stack.use(await openGraph(estimateGraph(network, step), device)) : undefined;
  const pictures = looks ? stack.use(await openPictures(options)) : undefined;
  const kept = stack.move();
  const lookers: Lookers = { estimator, pictures, options };
  return {
    trained: new Map(weights.map(({ key, dims }) => [key, dims])),
    recomputation: { blocks: plan.blocks.length, keptBytes: plan.keptBytes, chosenBytes: plan.chosenBytes },
    initial: () => initialParameters(weights),
    gradients: (request) => gradientsOf(request, { session: backwardSession, ...lookers }),
    losses: async ({ parameters, examples }) => {
      const noised = noisedExamples(examples, noising);
      const feeds = { ...batchFeeds(noised), ...targetFeeds(noised, options), ...parameters };
      const session = await lossSession();
      const denoising = numberNamed(await session.run(only(feeds, session)), "denoising");
      return { losses: { denoising, total: denoising * options.denoisingWeight } };
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const noisedExamples = (examples: readonly DrawnExample[], noising: NoisingOptions): readonly NoisedExample[] =>
  examples.map(({ example, seed }) => noiseExample(example, noising, randomFrom(seed)));

/** Of the parameters, those that the session's graph takes: a loss that does not read one has no input for it. */
function only(feeds: Feeds, { contract }: Session): Feeds {
  const names = new Set(contract.inputs.map(({ name }) => name));
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => names.has(name)));
}

type Lookers = {
  readonly estimator: Session | undefined;
  readonly pictures: PictureGradients | undefined;
  readonly options: DenoiserTaskOptions;
};

async function gradientsOf(
  { parameters, examples, lossScale }: GradientRequest,
  { session, ...lookers }: Lookers & { readonly session: Session },
) {
  const { options } = lookers;
  const noised = noisedExamples(examples, options.noising);
  const inputs = { ...batchFeeds(noised), ...parameters };
  const { slope, losses } = await slopeOfPictures(inputs, { examples, noised }, lookers);
  const feeds = { ...inputs, ...targetFeeds(noised, options), slope, loss_scale: floats([], [lossScale]) };
  const answers = await session.run(feeds);
  const denoising = numberNamed(answers, "denoising");
  const weighed = Object.entries(losses).map(([name, loss]) => loss * weightOfLoss(options.pictureLosses, name));
  const total = weighed.reduce((sum, each) => sum + each, denoising * options.denoisingWeight);
  const gradients = Object.fromEntries(
    Object.keys(parameters).map((key) => [key, answerNamed(answers, gradientName(key)).data]),
  );
  return { losses: { denoising, ...losses, total }, gradients };
}

const weightOfLoss = (losses: PictureLosses, name: string): number =>
  Object.entries(losses).find(([key]) => key === name)?.[1].weight ?? 0;

type Batch = { readonly examples: readonly DrawnExample[]; readonly noised: readonly NoisedExample[] };

/** Losses on pictures, means over the batch, and their slopes; zeros for items above the last timestep that is looked at. */
async function slopeOfPictures(inputs: Feeds, { examples, noised }: Batch, lookers: Lookers) {
  const { estimator, pictures, options } = lookers;
  const dims = [noised.length, ...(noised[0]?.target.dims ?? [])];
  const slope = tensorOf("float32", dims, new Float32Array(dims.reduce((count, size) => count * size, 1)));
  const looked = noised.flatMap(({ timestep }, item) => (timestep <= options.pictureLossesUpTo ? [item] : []));
  if (!estimator || !pictures || looked.length === 0) return { slope, losses: {} };
  const clean = answerNamed(await estimator.run(only(inputs, estimator)), "clean");
  const losses: Record<string, number> = {};
  for (const item of looked) {
    const example = examples[item]?.example ?? {};
    const row = sliceRows(clean, item, item + 1);
    const seen = await pictures.look({ ...row, dims: row.dims.slice(1) }, example);
    for (const [name, loss] of Object.entries(seen.losses)) losses[name] = (losses[name] ?? 0) + loss / noised.length;
    slope.data.set(
      seen.slope.data.map((value) => value / noised.length),
      item * seen.slope.data.length,
    );
  }
  return { slope, losses };
}

function batchFeeds(noised: readonly NoisedExample[]): Feeds {
  const audio = stacked(noised.map((item) => item.audio));
  const [batch = 1, frames = 1, ...rest] = audio.dims;
  const roots = (pick: (item: NoisedExample) => number) => floats([noised.length, 1, 1, 1, 1], noised.map(pick));
  return {
    sample: stacked(noised.map((item) => item.sample)),
    audio: { ...audio, dims: [batch * frames, ...rest] },
    timestep: int64s(
      [noised.length],
      noised.map(({ timestep }) => timestep),
    ),
    signal: roots((item) => item.signal),
    noise_level: roots((item) => item.noise),
  };
}

function targetFeeds(noised: readonly NoisedExample[], { sizes, cellWeights }: DenoiserTaskOptions): Feeds {
  const { latentHeight, latentWidth } = sizes;
  const weights = cellWeights ?? Array.from({ length: latentHeight * latentWidth }, () => 1);
  return {
    target: stacked(noised.map((item) => item.target)),
    cell_weights: floats([1, 1, 1, latentHeight, latentWidth], weights),
  };
}

function openPictures(options: DenoiserTaskOptions): Promise<PictureGradients> {
  const { sizes, decoder, device, pictureLosses: losses, denoiser } = options;
  return openPictureGradients({
    losses,
    decoder,
    device,
    sizes: {
      frames: sizes.frames,
      latentChannels: denoiser.config.outChannels,
      latentHeight: sizes.latentHeight,
      latentWidth: sizes.latentWidth,
      scale: 2 ** (decoder.config.levelChannels.length - 1),
    },
  });
}
