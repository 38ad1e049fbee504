// The training job as a worker does it: one run by its recipe, from wherever its folder stands.
import { dirname, join } from "node:path";
import { DubError, refused } from "../../shared/failure/index.ts";
import { makeFolderDurably } from "../base/index.ts";
import type { Clock } from "../base/index.ts";
import type { JobFunctions } from "../jobs/index.ts";
import { openRuntime } from "../onnx/index.ts";
import { runLockName, runOrderSchema, runRecipe, sweepGraphs } from "../training/index.ts";
import type { RunOrder } from "../training/index.ts";
import { holdLock, isAlive } from "../weights/index.ts";

export const trainingJobs: JobFunctions = {
  "train.run": async (input, context) => {
    const order = runOrderSchema.parse(input);
    const { clock, log: logger, signal, progress: onProgress } = context;
    await using held = new AsyncDisposableStack();
    held.use(await lockRun(order, clock));
    await makeFolderDurably(context.folder);
    const workFolder = workFolderOf(order, context.folder);
    sweepGraphs(workFolder, isAlive);
    const runtime = await openRuntime({ role: "worker", logger });
    context.stage("training");
    const result = await runRecipe(order, { runtime, clock, logger, signal, onProgress, workFolder });
    return { run: order.runFolder.split(/[\\/]/).at(-1) ?? "", ...result };
  },
};

/** Beside the weights, so that graphs refer to them instead of holding them again. */
const workFolderOf = ({ models }: RunOrder, jobFolder: string): string =>
  models.denoiser ? dirname(models.denoiser.path) : jobFolder;

/** Two at once would write each other's checkpoints. */
async function lockRun({ runFolder }: RunOrder, clock: Clock): Promise<AsyncDisposable> {
  try {
    return await holdLock(join(runFolder, runLockName), clock);
  } catch (error) {
    if (!(error instanceof DubError) || error.code !== "models.busy") throw error;
    throw refused("training.busy", {
      message: "Another window or command is at work on this run.",
      hint: "Stop it there, or wait until it is done.",
      details: { runFolder },
      cause: error,
    });
  }
}
