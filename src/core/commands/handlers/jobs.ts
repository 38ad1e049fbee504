// Handlers of durable jobs.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import { hasEnded } from "../../jobs/index.ts";
import type { Job, JobScheduler } from "../../jobs/index.ts";
import { isoTime } from "../job-summaries.ts";
import { ownerOf } from "../app-jobs.ts";
import type { RunningJobs } from "../app-jobs.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names =
  | "jobs.list"
  | "jobs.get"
  | "jobs.log"
  | "jobs.pause"
  | "jobs.resume"
  | "jobs.cancel"
  | "jobs.retry"
  | "jobs.clear";

const byEditor = "by the editor";

export function jobHandlers({ current, appJobs }: HandlerTools): Pick<Handlers, Names> {
  const owner = (jobId: string): RunningJobs => ownerOf(jobId, appJobs.find(), current.get);
  const answer = async (jobId: string, act: (scheduler: JobScheduler) => Job): Promise<AnswerOf<"jobs.get">> => {
    const { scheduler, summaryOf } = owner(jobId);
    return { job: summaryOf(act(scheduler)) };
  };
  return {
    "jobs.list": async ({ states, limit }) => {
      const queues = [current.find(), appJobs.find()].filter((queue) => queue !== undefined);
      const jobs = queues.flatMap(({ scheduler, summaryOf }) =>
        scheduler.list({ limit, ...(states ? { states } : {}) }).map(summaryOf),
      );
      const newestFirst = jobs.toReversed().toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
      return { jobs: newestFirst.slice(0, limit) };
    },
    "jobs.get": ({ jobId }) => answer(jobId, (scheduler) => scheduler.get(jobId)),
    "jobs.log": async ({ jobId, limit }) => {
      const entries = owner(jobId).scheduler.readLog(jobId, limit);
      return { lines: entries.map(({ atMs, level, message }) => ({ at: isoTime(atMs), level, message })) };
    },
    "jobs.pause": ({ jobId }) => answer(jobId, (scheduler) => scheduler.pause(jobId, `paused ${byEditor}`)),
    "jobs.resume": ({ jobId }) => answer(jobId, (scheduler) => scheduler.resume(jobId)),
    "jobs.cancel": ({ jobId }) => answer(jobId, (scheduler) => scheduler.cancel(jobId, `cancelled ${byEditor}`)),
    "jobs.retry": ({ jobId }) => answer(jobId, (scheduler) => scheduler.retry(jobId, `queued again ${byEditor}`)),
    "jobs.clear": async () => {
      const removeEnded = (scheduler: JobScheduler) =>
        scheduler.list({}).filter((job) => hasEnded(job) && scheduler.remove(job.jobId)).length;
      const opened = current.find();
      const app = appJobs.find();
      const ofProject = opened ? opened.project.jobs.transact(() => removeEnded(opened.scheduler)) : 0;
      return { removed: ofProject + (app ? removeEnded(app.scheduler) : 0) };
    },
  };
}
