// Handlers of durable jobs.
import type { AnswerOf, Handlers } from "../../../shared/contract/index.ts";
import { hasEnded } from "../../jobs/index.ts";
import type { Job } from "../../jobs/index.ts";
import { isoTime } from "../job-summaries.ts";
import type { OpenedProject } from "../opened-project.ts";
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

export function jobHandlers({ current }: HandlerTools): Pick<Handlers, Names> {
  const answer = async (act: (opened: OpenedProject) => Job): Promise<AnswerOf<"jobs.get">> => {
    const opened = current.get();
    return { job: opened.summaryOf(act(opened)) };
  };
  return {
    "jobs.list": async ({ states, limit }) => {
      const { scheduler, summaryOf } = current.get();
      const jobs = scheduler.list({ limit, ...(states ? { states } : {}) });
      return { jobs: jobs.toReversed().map(summaryOf) };
    },
    "jobs.get": ({ jobId }) => answer(({ scheduler }) => scheduler.get(jobId)),
    "jobs.log": async ({ jobId, limit }) => {
      const entries = current.get().scheduler.readLog(jobId, limit);
      return { lines: entries.map(({ atMs, level, message }) => ({ at: isoTime(atMs), level, message })) };
    },
    "jobs.pause": ({ jobId }) => answer(({ scheduler }) => scheduler.pause(jobId, `paused ${byEditor}`)),
    "jobs.resume": ({ jobId }) => answer(({ scheduler }) => scheduler.resume(jobId)),
    "jobs.cancel": ({ jobId }) => answer(({ scheduler }) => scheduler.cancel(jobId, `cancelled ${byEditor}`)),
    "jobs.retry": ({ jobId }) => answer(({ scheduler }) => scheduler.retry(jobId, `queued again ${byEditor}`)),
    "jobs.clear": async () => {
      const { scheduler, project } = current.get();
      const ended = scheduler.list({}).filter(hasEnded);
      const remove = () => ended.filter((job) => scheduler.remove(job.jobId)).length;
      return { removed: project.jobs.transact(remove) };
    },
  };
}
