// A queue's events in the words of the contract, with the pace of each job kept for whoever asks later.
import type { JobProgress, JobSummary } from "../../shared/contract/index.ts";
import type { Job, JobScheduler } from "../jobs/index.ts";
import type { EventHub } from "./event-hub.ts";
import { jobProgress, jobSummary } from "./job-summaries.ts";

export type JobAnnouncer = Disposable & { readonly summaryOf: (job: Job) => JobSummary };

export function announceJobs(scheduler: JobScheduler, events: EventHub): JobAnnouncer {
  const paces = new Map<string, JobProgress>();
  const summaryOf = (job: Job) => jobSummary(job, paces.get(job.jobId));
  const unsubscribe = scheduler.subscribe((event) => {
    if (event.type === "changed") {
      if (event.job.state !== "running") paces.delete(event.job.jobId);
      events.announce({ type: "job-changed", job: summaryOf(event.job) });
    } else if (event.type === "progressed") {
      const progress = jobProgress(event);
      paces.set(event.jobId, progress);
      events.announce({ type: "job-progressed", progress });
    }
  });
  return { summaryOf, [Symbol.dispose]: unsubscribe };
}
