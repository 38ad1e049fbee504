// One open project with the queue that works for it; both live and die together.
import { join } from "node:path";
import type { AnswerOf } from "../../shared/contract/index.ts";
import { toFailureData } from "../../shared/failure/index.ts";
import { mustGet, projectRecordId } from "../../shared/project/index.ts";
import { createWorkerPool, JobScheduler } from "../jobs/index.ts";
import type { OpenProject } from "../store/index.ts";
import { announceJobs } from "./announce-jobs.ts";
import type { JobAnnouncer } from "./announce-jobs.ts";
import type { CoreTools } from "./core-tools.ts";
import type { EventHub } from "./event-hub.ts";
import { sweepPartials } from "./sweep-partials.ts";
import { recorderOf } from "./job-recorder.ts";
import { variablesOf } from "./worker-places.ts";

export type OpenedProject = AsyncDisposable & {
  readonly project: OpenProject;
  readonly scheduler: JobScheduler;
  readonly summaryOf: JobAnnouncer["summaryOf"];
};

// Media work is ffmpeg's, which uses several threads by itself; the models own the device.
const slots = { media: 2, cpu: 1, gpu: 1 };

/** Takes over an open project: its jobs go on, its changes are announced. Disposing closes it. */
export async function startProject(project: OpenProject, tools: CoreTools, events: EventHub): Promise<OpenedProject> {
  await using opening = new AsyncDisposableStack();
  opening.use(project);
  opening.defer(() => backUpBeforeClosing(project, tools));
  const { clock, random, logger, worker } = tools;
  const pool = opening.use(
    createWorkerPool({
      command: {
        ...worker,
        environment: {
          ...worker.environment,
          ...variablesOf({
            projectFolder: project.paths.folder,
            cacheFolder: project.paths.cache,
            tracksFolder: project.paths.tracks,
          }),
        },
      },
      clock,
      logger: logger.child("core/jobs"),
    }),
  );
  const scheduler = opening.use(
    new JobScheduler({
      store: project.jobs,
      runner: pool,
      clock,
      random,
      logger: logger.child("core/jobs"),
      owner: Buffer.from(random.bytes(8)).toString("hex"),
      slots,
      folders: { contentFolder: project.paths.takes, tempFolder: join(project.paths.cache, "jobs") },
      recorder: recorderOf(project, random),
      // The project's lock says that nobody else works on it: whoever holds a lease here is dead.
      takeOver: "at-once",
    }),
  );
  const { summaryOf } = opening.use(announceJobs(scheduler, events));
  opening.defer(announceRecords(project, events));
  if (tools.jobs === "run") {
    await sweepPartials(join(project.paths.cache, "media"), logger);
    await scheduler.start();
  }
  const closing = opening.move();
  return { project, scheduler, summaryOf, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}

/** Short sessions, as each command on a terminal is one, would end before the clock comes to a backup. */
async function backUpBeforeClosing({ backups, paths }: OpenProject, { logger }: CoreTools): Promise<void> {
  const [outcome] = await Promise.allSettled([backups.makeDue()]);
  if (outcome.status === "rejected")
    logger.error("No backup could be made at closing.", {
      folder: paths.folder,
      failure: toFailureData(outcome.reason),
    });
}

function announceRecords(project: OpenProject, events: EventHub): () => void {
  return project.onChange((change) => {
    const { revision } = change;
    if (change.cause === "reopened") events.announce({ type: "records-reset", revision });
    else events.announce({ type: "records-changed", revision, diff: change.diff });
  });
}

export type ProjectInfo = NonNullable<AnswerOf<"project.info">["project"]>;

export function projectInfo({ project }: OpenedProject): ProjectInfo {
  const { name, createdAt, originalLanguage } = mustGet(project.view, "project", projectRecordId);
  return {
    name,
    folder: project.paths.folder,
    revision: project.revision,
    createdAt,
    originalLanguage,
    counts: project.counts(),
    warnings: [...project.warnings],
  };
}
