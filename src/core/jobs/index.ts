// The door of core/jobs: a durable queue with leases, worker processes and progress. It knows no kind of job.
export type { JobFolders, JobRecorder } from "./attempt.ts";
export { noProgress } from "./job.ts";
export type {
  Job,
  JobChanges,
  JobLogEntry,
  JobLogLevel,
  JobProgress,
  JobState,
  JsonValue,
  Piece,
  PieceFile,
} from "./job.ts";
export type { JobEvent } from "./job-event.ts";
export type { JobRun, JobRunner, RunEars, RunEnd } from "./job-runner.ts";
export type { JobFilter, JobGuard, JobStore } from "./job-store.ts";
export { memoryJobStore } from "./memory-job-store.ts";
export type { JobOrder, StoredPiece } from "./messages.ts";
export { contentPath } from "./piece-files.ts";
export type { StagedPiece } from "./piece-files.ts";
export { defaultRetryPolicy } from "./retry-policy.ts";
export type { RetryPolicy } from "./retry-policy.ts";
export { JobScheduler } from "./scheduler.ts";
export type { SchedulerOptions } from "./scheduler.ts";
export { serveJobs } from "./serve-jobs.ts";
export type { CommittedPiece, JobContext, JobFunction, JobFunctions } from "./serve-jobs.ts";
export { hasEnded } from "./transitions.ts";
export type { NewJob } from "./transitions.ts";
export { createWorkerPool } from "./worker-pool.ts";
export type { WorkerPoolOptions } from "./worker-pool.ts";
export type { WorkerTimes } from "./warm-worker.ts";
export type { WorkerCommand } from "./worker-process.ts";
