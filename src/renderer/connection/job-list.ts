// The page's list of jobs: how a job that was announced enters it, and what of it still runs.
import type { JobSummary } from "../../shared/contract/index.ts";

/** Newest first; a job that is known keeps its place, and its progress when the announcement carries none. */
export function applyToJobs(jobs: readonly JobSummary[], job: JobSummary): readonly JobSummary[] {
  const known = jobs.find((each) => each.jobId === job.jobId);
  if (!known) return [job, ...jobs].toSorted((left, right) => right.createdAt.localeCompare(left.createdAt));
  const merged = { ...job, progress: job.progress ?? known.progress };
  return jobs.map((each) => (each === known ? merged : each));
}

export const isActive = (job: JobSummary): boolean => job.state === "queued" || job.state === "running";

export const isOver = (job: JobSummary): boolean =>
  job.state === "done" || job.state === "failed" || job.state === "cancelled";
