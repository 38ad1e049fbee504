// The door of core/jobs: a durable queue with leases, worker processes and progress. It knows no kind of job.
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
export type { JobFilter, JobGuard, JobStore } from "./job-store.ts";
