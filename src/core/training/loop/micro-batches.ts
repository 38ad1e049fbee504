// One step's gradients from runs of few examples each: added up, and with fewer at once where memory runs out.
import { DubError } from "../../../shared/failure/index.ts";
import type { GradientReport, GradientRequest, TrainingTask } from "../tasks/task.ts";
import { accumulate } from "./trained-state.ts";

export type Shrinking = {
  readonly current: () => TrainingTask;
  readonly examplesAtOnce: () => number;
  readonly shrink: (cause: unknown) => Promise<void>;
};

/** The largest part of a step that is at most half of what went at once before; undefined when that was one example. */
export function fewerAtOnce(examplesPerStep: number, examplesAtOnce: number): number | undefined {
  for (let count = Math.floor(examplesAtOnce / 2); count >= 1; count -= 1)
    if (examplesPerStep % count === 0) return count;
  return undefined;
}

/**
 * Losses as means over the step's examples, gradients as sums over its runs: whoever uses them divides by their number. When
 * memory runs out the whole step is done again with fewer examples at once.
 */
export async function stepGradients(request: GradientRequest, tasks: Shrinking): Promise<GradientReport> {
  for (;;) {
    try {
      return await allRuns(request, tasks);
    } catch (error) {
      if (!(error instanceof DubError) || error.code !== "onnx.out-of-memory") throw error;
      await tasks.shrink(error);
    }
  }
}

async function allRuns(request: GradientRequest, tasks: Shrinking): Promise<GradientReport> {
  const atOnce = tasks.examplesAtOnce();
  const runs = request.examples.length / atOnce;
  const losses: Record<string, number> = {};
  let gradients: Record<string, Float32Array> = {};
  for (let run = 0; run < runs; run += 1) {
    const examples = request.examples.slice(run * atOnce, (run + 1) * atOnce);
    const report = await tasks.current().gradients({ ...request, examples });
    for (const [name, loss] of Object.entries(report.losses)) losses[name] = (losses[name] ?? 0) + loss / runs;
    gradients = accumulate(gradients, report.gradients);
  }
  return { losses, gradients };
}
