// Worker processes kept warm between jobs: one job at a time each, ended when stopped too long, replaced after a crash.
import type { Clock, Logger } from "../base/index.ts";
import type { JobRunner } from "./job-runner.ts";
import { defaultWorkerTimes, WarmWorker } from "./warm-worker.ts";
import type { WorkerTimes } from "./warm-worker.ts";
import type { WorkerCommand } from "./worker-process.ts";

export type WorkerPoolOptions = {
  readonly command: WorkerCommand;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly times?: Partial<WorkerTimes>;
};

/**
 * Starts workers as jobs need them. Each serves one resource class, so that a job finds the sessions which the job before
 * it opened on the same device. Disposing ends them all with what they have started.
 */
export function createWorkerPool(options: WorkerPoolOptions): JobRunner {
  const tools = { ...options, times: { ...defaultWorkerTimes, ...options.times } };
  const workers = new Set<WarmWorker>();

  const startWorker = (resourceClass: string): WarmWorker => {
    const worker = new WarmWorker(resourceClass, options.command, tools);
    workers.add(worker);
    void worker.exited.then(() => workers.delete(worker));
    return worker;
  };

  return {
    start: (order, ears) => {
      const idle = [...workers].find((worker) => worker.resourceClass === order.resourceClass && worker.isIdle);
      return (idle ?? startWorker(order.resourceClass)).start(order, ears);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...workers].map((worker) => worker.end()));
    },
  };
}
