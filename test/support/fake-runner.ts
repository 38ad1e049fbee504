// What tests of the queue work with: a runner that does what they say, and jobs for it.
import { failed, toFailureData } from "../../src/shared/failure/index.ts";
import type { JobOrder, JobRunner, NewJob, RunEars, RunEnd } from "../../src/core/jobs/index.ts";

type Run = {
  readonly order: JobOrder;
  readonly ears: RunEars;
  readonly end: (end: RunEnd) => void;
  stopReason: string | undefined;
};

/** A test double of JobRunner: runs end when the test says so, and stopped ones at once. */
export function fakeRunner() {
  const runs: Run[] = [];
  const runner: JobRunner = {
    start: (order, ears) => {
      const { promise: ended, resolve } = Promise.withResolvers<RunEnd>();
      const run: Run = { order, ears, end: resolve, stopReason: undefined };
      runs.push(run);
      const stop = (reason: string) => {
        run.stopReason = reason;
        resolve({ type: "failed", error: toFailureData(failed("jobs.stopped", { message: reason })) });
      };
      return { ended, stop };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const lastRun = (): Run => {
    const run = runs.at(-1);
    if (run === undefined) throw new Error("nothing was started");
    return run;
  };
  return { runner, runs, lastRun, idsInOrder: () => runs.map((run) => run.order.jobId) };
}

export const job = (jobId: string, more: Partial<NewJob> = {}): NewJob => ({
  jobId,
  kind: "test.work",
  resourceClass: "cpu",
  input: null,
  ...more,
});
export const done: RunEnd = { type: "done", result: "fine" };
