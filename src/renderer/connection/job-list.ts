// The page's list of jobs: how a job that was announced enters it, and what of it still runs.
import type { JobSummary } from "../../shared/contract/index.ts";

/** Newest first; a job that is known keeps its place, and its progress when the announcement carries none. */
export function applyToJobs(jobs: readonly JobSummary[], job: JobSummary): readonly JobSummary[] {
  const known = jobs.find((each) => each.jobId === job.jobId);
  if (!known) return [job, ...jobs].toSorted((left, right) => right.createdAt.localeCompare(left.createdAt));
  const merged = { ...job, progress: job.progress ?? known.progress };
  return jobs.map((each) => (each === known ? merged : each));
}

/** As a person asks: what runs now, what comes next in its turn, what is held, and then what is over, newest first. */
export const inOrderOfWork = (jobs: readonly JobSummary[]): readonly JobSummary[] =>
  jobs.toSorted((left, right) => {
    const byState = placeOf[left.state] - placeOf[right.state];
    if (byState !== 0) return byState;
    const byAge = left.createdAt.localeCompare(right.createdAt);
    return isOver(left) ? -byAge : right.priority - left.priority || byAge;
  });

const placeOf: Readonly<Record<JobSummary["state"], number>> = {
  running: 0,
  queued: 1,
  paused: 2,
  failed: 3,
  cancelled: 3,
  done: 3,
};

export const isActive = (job: JobSummary): boolean => job.state === "queued" || job.state === "running";

export const isOver = (job: JobSummary): boolean =>
  job.state === "done" || job.state === "failed" || job.state === "cancelled";
