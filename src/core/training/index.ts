// The door of core/training: what teaches the networks: losses, tasks, the loop with its checkpoints, and the recipes.
//
// A task knows a network, its losses and what of it is trained, and answers with gradients. The loop knows none of that:
//
//   const openTask = (batch) => openDenoiserTask({ denoiser, trained, sizes: { ...sizes, batch }, ... });
//   await train({ plan, openTask, dataset, optimiser, folder, ... });   // goes on from the folder's latest checkpoint
export { batchesOf, orderOfEpoch, seedOf } from "./loop/dataset.ts";
export type { Dataset, DrawnExample, Example } from "./loop/dataset.ts";
export { readLatestCheckpoint, writeCheckpoint } from "./loop/checkpoint.ts";
export type { Checkpoint, Standing } from "./loop/checkpoint.ts";
export { readSteps } from "./loop/curves.ts";
export type { StepLine } from "./loop/curves.ts";
export { train } from "./loop/train.ts";
export type { LoopPlan, TrainingEnd, TrainOptions } from "./loop/train.ts";
export type { OptimiserOptions, TrainedState } from "./loop/trained-state.ts";
export type { RedrawingWeights } from "./losses/redrawing.ts";
export type { PictureLosses } from "./losses/picture-losses.ts";
export type { TrainedPart } from "./parameters.ts";
export { plotCurves } from "./recipes/plot-curves.ts";
export { parseRecipe } from "./recipes/recipe.ts";
export type { Recipe } from "./recipes/recipe.ts";
export { neededModels } from "./recipes/recipe-models.ts";
export type { ModelPlaces, ModelRole } from "./recipes/recipe-models.ts";
export {
  createRun,
  freeRunName,
  isRunning,
  readRun,
  readRuns,
  rewriteRun,
  runLockName,
} from "./recipes/run-folders.ts";
export type { Run } from "./recipes/run-folders.ts";
export { runOrderSchema, runRecipe, stopFileName } from "./recipes/run-recipe.ts";
export type { RunOrder, RunResult } from "./recipes/run-recipe.ts";
export { recipeNamed, recipes } from "./recipes/table.ts";
export { openAutoencoderTask, openDecoderTask } from "./tasks/autoencoder-task.ts";
export type { AutoencoderTaskOptions } from "./tasks/autoencoder-task.ts";
export { openDenoiserTask } from "./tasks/denoiser-task.ts";
export type { DenoiserTaskOptions } from "./tasks/denoiser-task.ts";
export { openSyncNetTask } from "./tasks/syncnet-task.ts";
export type { SyncNetTaskOptions } from "./tasks/syncnet-task.ts";
export { newWeights } from "./tasks/new-weights.ts";
export { openPhoneTask } from "./tasks/phone-task.ts";
export type { PhoneTaskOptions } from "./tasks/phone-task.ts";
export { sweepGraphs } from "./tasks/open-graphs.ts";
export type { Device } from "./tasks/open-graphs.ts";
export type { OpenTask, Parameters, TrainingTask } from "./tasks/task.ts";
export { checkVectors } from "./vectors/check-vectors.ts";
export { trainingFamilies } from "./vectors/training-families.ts";
