// How a job looks from outside: rows and events of core/jobs in the words of the contract.
import type { JobProgress, JobSummary } from "../../shared/contract/index.ts";
import type { Job, JobEvent } from "../jobs/index.ts";

type Progressed = Extract<JobEvent, { type: "progressed" }>;

/** `latest` is what was last heard of the job's pace; the row alone doesn't know it. */
export function jobSummary(job: Job, latest: JobProgress | undefined): JobSummary {
  return {
    jobId: job.jobId,
    kind: job.kind,
    title: job.labels["title"] ?? job.kind,
    state: job.state,
    priority: job.priority,
    attempts: job.attempts,
    createdAt: isoTime(job.createdMs),
    startedAt: isoTimeOrNull(job.startedMs),
    finishedAt: isoTimeOrNull(job.finishedMs),
    failure: job.error ?? null,
    result: job.result ?? null,
    progress: job.state === "running" && latest ? latest : rowProgress(job),
    labels: job.labels,
  };
}

export const jobProgress = ({ jobId, progress, perSecond, timeLeftMs }: Progressed): JobProgress => ({
  jobId,
  doneRatio: ratioOf(progress.done, progress.total),
  done: progress.done,
  total: progress.total,
  unit: progress.unit,
  perSecond: perSecond ?? null,
  leftMs: timeLeftMs ?? null,
  stage: progress.stage,
});

function rowProgress({ jobId, progress }: Job): JobProgress | null {
  if (progress.unit === "" && progress.stage === "") return null;
  return jobProgress({ type: "progressed", jobId, progress, perSecond: undefined, timeLeftMs: undefined });
}

const ratioOf = (done: number, total: number): number | null =>
  total > 0 ? Math.min(1, Math.max(0, done / total)) : null;

export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();

const isoTimeOrNull = (timeMs: number | undefined): string | null => (timeMs === undefined ? null : isoTime(timeMs));
