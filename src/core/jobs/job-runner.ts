// How the scheduler sees whoever does the work: it hands out an order, hears of it, and can stop it.
import type { FailureData } from "../../shared/failure/index.ts";
import type { JobLogLevel, JobProgress, JsonValue } from "./job.ts";
import type { JobOrder, StoredPiece } from "./messages.ts";

export type RunEars = {
  readonly onProgress: (progress: JobProgress) => void;
  readonly onLog: (level: JobLogLevel, message: string) => void;
  /** Commits the piece; answers why it could not ("jobs.lost": the job is no longer this attempt's), or undefined. */
  readonly onPiece: (piece: StoredPiece) => FailureData | undefined;
};

export type RunEnd =
  | { readonly type: "done"; readonly result: JsonValue }
  | { readonly type: "failed"; readonly error: FailureData };

export type JobRun = {
  /** Never rejects: a dead worker is a failure of the run. */
  readonly ended: Promise<RunEnd>;
  /** Asks, then forces; `ended` settles soon after. */
  readonly stop: (reason: string) => void;
};

export type JobRunner = AsyncDisposable & {
  readonly start: (order: JobOrder, ears: RunEars) => JobRun;
};
