// The application's own queue, beside that of the open project: fetching and converting models belongs to no film.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { failed } from "../../shared/failure/index.ts";
import { createWorkerPool, JobScheduler, memoryJobStore } from "../jobs/index.ts";
import type { Job } from "../jobs/index.ts";
import { announceJobs } from "./announce-jobs.ts";
import type { JobAnnouncer } from "./announce-jobs.ts";
import type { CoreTools } from "./core-tools.ts";
import type { EventHub } from "./event-hub.ts";
import { variablesOf } from "./worker-places.ts";

export type RunningJobs = { readonly scheduler: JobScheduler; readonly summaryOf: JobAnnouncer["summaryOf"] };

export type AppJobs = AsyncDisposable & {
  /** Undefined until the first job. */
  readonly find: () => RunningJobs | undefined;
  readonly start: () => Promise<RunningJobs>;
};

// One download fills a line; converting and verifying read and write the disk; one network at a time fills the cores.
const slots = { network: 1, disk: 1, compute: 1 };

/**
 * Jobs are kept as long as the core lives: the network is used only when a person asks for it, never because a queue
 * remembers. What a download has fetched lies in its file, from which the next one goes on.
 */
export function createAppJobs(tools: CoreTools, events: EventHub): AppJobs {
  const closing = new AsyncDisposableStack();
  let running: RunningJobs | undefined;
  let starting: Promise<RunningJobs> | undefined;
  let isEnded = false;

  const open = async (): Promise<RunningJobs> => {
    if (isEnded) throw failed("core.ended", { message: "The core is shutting down." });
    const { clock, random, logger } = tools;
    const folder = join(tools.folders.appData, "jobs");
    // Of this core alone: other windows and commands have queues of their own.
    const tempFolder = join(folder, Buffer.from(random.bytes(6)).toString("hex"));
    closing.defer(() => rm(tempFolder, { recursive: true, force: true }));
    const pool = closing.use(
      createWorkerPool({ command: workerCommand(tools), clock, logger: logger.child("core/jobs") }),
    );
    const scheduler = closing.use(
      new JobScheduler({
        store: memoryJobStore(),
        runner: pool,
        clock,
        random,
        logger: logger.child("core/jobs"),
        owner: Buffer.from(random.bytes(8)).toString("hex"),
        slots,
        folders: { contentFolder: folder, tempFolder },
        takeOver: "at-once",
      }),
    );
    const { summaryOf } = closing.use(announceJobs(scheduler, events));
    await scheduler.start();
    running = { scheduler, summaryOf };
    return running;
  };

  return {
    find: () => running,
    start: () => (starting ??= open()),
    [Symbol.asyncDispose]: async () => {
      isEnded = true;
      await starting?.then(
        () => undefined,
        () => undefined,
      );
      await closing.disposeAsync();
    },
  };
}

/** Its workers may use the network: by the proxies and the certificates of this system, past them to this machine. */
function workerCommand({ worker, folders }: CoreTools) {
  const { environment } = worker;
  const without = [environment["NO_PROXY"] ?? environment["no_proxy"], "localhost", "127.0.0.1", "::1"];
  const noProxy = without.filter((part) => part !== undefined && part !== "").join(",");
  return {
    ...worker,
    environment: {
      ...environment,
      ...variablesOf({ projectFolder: folders.appData, cacheFolder: folders.appData, tracksFolder: folders.appData }),
      NODE_USE_ENV_PROXY: "1",
      NODE_USE_SYSTEM_CA: "1",
      NO_PROXY: noProxy,
      no_proxy: noProxy,
    },
  };
}

/** Whose queue a job is in: the application's, else the open project's. */
export const ownerOf = (jobId: string, app: RunningJobs | undefined, project: () => RunningJobs): RunningJobs =>
  app && hasJob(app, jobId) ? app : project();

const hasJob = ({ scheduler }: RunningJobs, jobId: string): boolean =>
  scheduler.list({}).some((job: Job) => job.jobId === jobId);
