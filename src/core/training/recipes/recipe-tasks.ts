// From a recipe and its files to the task that the loop trains.
import { newAdapter, unetGraph } from "../../models/index.ts";
import type { LpipsConfig, SyncNetConfig, VaeConfig, VideoMaeConfig } from "../../models/index.ts";
import { stableDiffusionVae } from "../../models/index.ts";
import { randomFrom } from "../../base/index.ts";
import type { Example } from "../loop/dataset.ts";
import type { PictureLosses } from "../losses/picture-losses.ts";
import type { Denoiser, DenoiserSizes } from "../tasks/denoiser-graphs.ts";
import { openDenoiserTask } from "../tasks/denoiser-task.ts";
import { newWeights } from "../tasks/new-weights.ts";
import { tensorNamed } from "../tasks/noising.ts";
import type { Device } from "../tasks/open-graphs.ts";
import { openSyncNetTask } from "../tasks/syncnet-task.ts";
import type { OpenTask } from "../tasks/task.ts";
import { unetSizesSchema } from "./recipe.ts";
import type { DenoiserRecipe, Recipe, SyncNetRecipe } from "./recipe.ts";
import { openModels } from "./recipe-models.ts";
import type { ModelPlaces, OpenModels } from "./recipe-models.ts";
import { syncNetConfigOf } from "./syncnet-configs.ts";

type Order = { readonly recipe: Recipe; readonly models: ModelPlaces };

export type RecipeTasks = Disposable & { readonly openTask: OpenTask };

type Surroundings = {
  readonly device: Device;
  /** An example of the data: its dims are the sizes of the latents and of the sound. */
  readonly first: Example;
};

export function openRecipeTasks({ recipe, models: places }: Order, { device, first }: Surroundings): RecipeTasks {
  const models = openModels(places);
  const { task } = recipe;
  const openTask: OpenTask =
    task.kind === "syncnet"
      ? (batch) => openSyncNetTask({ ...syncNetOf(task), frames: task.frames, batch, device })
      : (batch) => openDenoiserTask({ ...denoiserOptions(task, models, first), device, sizes: sizesOf(first, batch) });
  return { openTask, [Symbol.dispose]: () => models[Symbol.dispose]() };
}

const syncNetOf = (task: SyncNetRecipe) => ({ config: syncNetConfigOf(task), weights: newWeights(task.start.seed) });

function sizesOf(first: Example, batch: number): DenoiserSizes {
  const [, frames = 0, latentHeight = 0, latentWidth = 0] = tensorNamed(first, "clean").dims;
  const [, audioTokens = 0] = tensorNamed(first, "audio").dims;
  return { batch, frames, latentHeight, latentWidth, audioTokens };
}

function denoiserOptions(task: DenoiserRecipe, models: OpenModels, first: Example) {
  const { alpha: noiseAlpha, ...noise } = task.noise;
  const { pictures, paintedCellWeight, keptCellWeight } = task.losses;
  const lookAt = pictureLossesOf(task, models);
  return {
    denoiser: denoiserOf(task, models),
    trained: task.trained,
    noising: { predicts: task.predicts, noiseAlpha, ...noise },
    denoisingWeight: task.losses.denoising,
    cellWeights: cellWeightsOf(first, { paintedCellWeight, keptCellWeight }),
    pictureLosses: lookAt,
    pictureLossesUpTo: pictures.upToTimestep,
    decoder: Object.keys(lookAt).length > 0 ? decoderOf(models) : unreadDecoder,
  };
}

/** Where no picture is looked at: described, never read. */
const unreadDecoder = { config: stableDiffusionVae, weights: newWeights(0) };

function decoderOf(models: OpenModels) {
  const { config, weights } = models.open("decoder");
  return { config: config as VaeConfig, weights };
}

/** The first frame's mask says which cells are painted; it is the same in every frame. */
function cellWeightsOf(
  first: Example,
  { paintedCellWeight, keptCellWeight }: { readonly paintedCellWeight: number; readonly keptCellWeight: number },
): readonly number[] {
  const keep = tensorNamed(first, "keep");
  const area = (keep.dims[2] ?? 0) * (keep.dims[3] ?? 0);
  return Array.from(keep.data.subarray(0, area), (kept) => (kept > 0.5 ? keptCellWeight : paintedCellWeight));
}

function denoiserOf({ start, trained }: DenoiserRecipe, models: OpenModels): Denoiser {
  const { config, weights } =
    start.from === "new" ? { config: start.sizes, weights: newWeights(start.seed) } : models.open("denoiser");
  const base = { config: unetSizesSchema.parse(config), weights };
  if (trained.kind !== "adapter") return base;
  const tensors = newAdapter(unetGraph(base), trained, randomFrom(1));
  return { ...base, adapter: { spec: trained, tensors } };
}

function pictureLossesOf({ losses: { pictures } }: DenoiserRecipe, models: OpenModels): PictureLosses {
  const { sync, likeness, temporal } = pictures;
  // The store checked each file against its network when it was imported, and wrote that network's sizes beside it.
  const judge = () => {
    const { config, weights } = models.open("sync");
    return { config: config as SyncNetConfig, weights };
  };
  const looks = () => {
    const { config, weights } = models.open("vgg", "lpipsLinear");
    return { config: config as LpipsConfig, weights };
  };
  const motion = () => {
    const { config, weights } = models.open("videomae");
    return { config: config as VideoMaeConfig, weights };
  };
  return {
    ...(sync.weight > 0 && { sync: { ...judge(), weight: sync.weight, space: sync.space } }),
    ...(likeness.weight > 0 && { likeness: { ...looks(), weight: likeness.weight } }),
    ...(temporal.weight > 0 && { temporal: { ...motion(), weight: temporal.weight } }),
  };
}
