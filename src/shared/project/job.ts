// What a job is: one durable row whose every change is decided by core/jobs and carried out by core/store.
import type { FailureData } from "../failure/index.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * `queued` waits for its dependencies, its `notBeforeMs` and a free slot; `running` has a live lease;
 * `paused` waits for a person; the other three are ends, which only `retry` leaves.
 */
export type JobState = "queued" | "running" | "paused" | "done" | "failed" | "cancelled";

/** How far the running attempt is. The store may keep it as one JSON value. */
export type JobProgress = {
  readonly done: number;
  /** 0 means not yet known. */
  readonly total: number;
  /** "frames", "bytes". */
  readonly unit: string;
  /** What it is at now, in one English phrase; empty when there is nothing to say. */
  readonly stage: string;
};

export const noProgress: JobProgress = { done: 0, total: 0, unit: "", stage: "" };

export type Job = {
  readonly jobId: string;
  /** Names the function that does it: "media.import". This room knows none of them. */
  readonly kind: string;
  /** What it occupies while it runs: "media", "cpu", "gpu". How many may run at once is the scheduler's table. */
  readonly resourceClass: string;
  /** Higher goes first; equals go in order of `createdMs`, then of `jobId`. */
  readonly priority: number;
  readonly state: JobState;
  /** Why it is in this state, for people: "paused by the editor", "worker died (SIGSEGV)". Empty when plain. */
  readonly reason: string;
  readonly input: JsonValue;
  /** Undefined until `done`. */
  readonly result: JsonValue | undefined;
  /** The last failure, kept while it waits for its next attempt. */
  readonly error: FailureData | undefined;
  /** Attempts begun; the running one counts. */
  readonly attempts: number;
  readonly maxAttempts: number;
  /** It isn't claimed before this wall time: how backoff waits. */
  readonly notBeforeMs: number;
  /** Which scheduler runs it; undefined unless `running`. */
  readonly leaseOwner: string | undefined;
  readonly leaseUntilMs: number | undefined;
  /**
   * Rises with every claim and every act of a person on a running job. Whoever holds an older one has lost the job:
   * nothing it commits is taken.
   */
  readonly fenceToken: number;
  readonly progress: JobProgress;
  readonly createdMs: number;
  /** Begin of the latest attempt. */
  readonly startedMs: number | undefined;
  readonly finishedMs: number | undefined;
  /** Jobs that must be `done` before this one is claimed. */
  readonly dependsOn: readonly string[];
  /** What people and views look for: { segmentId, versionId, title }. */
  readonly labels: Readonly<Record<string, string>>;
};

/** The columns a change may touch; all others are fixed when the job is made. A key that is there but undefined clears. */
export type JobChanges = Partial<
  Pick<
    Job,
    | "state"
    | "priority"
    | "reason"
    | "result"
    | "error"
    | "attempts"
    | "notBeforeMs"
    | "leaseOwner"
    | "leaseUntilMs"
    | "fenceToken"
    | "progress"
    | "startedMs"
    | "finishedMs"
  >
>;

/** One file of a piece. It lies at `contentPath(sha256, name)` below the content folder. */
export type PieceFile = {
  /** Its name within the piece: "crops.mkv". */
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
};

/** One committed part of a job's work: a retried job keeps it and does only what is missing. */
export type Piece = {
  readonly jobId: string;
  /** What part it is, unique within the job: "shot-3". */
  readonly key: string;
  readonly files: readonly PieceFile[];
  /** What the next attempt must know about it besides its files. */
  readonly facts: JsonValue;
  readonly fenceToken: number;
  readonly committedMs: number;
};

export type JobLogLevel = "debug" | "info" | "warn" | "error";

export type JobLogEntry = {
  readonly atMs: number;
  readonly attempt: number;
  readonly level: JobLogLevel;
  readonly message: string;
};
