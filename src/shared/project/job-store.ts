// Where jobs are kept: what core/jobs asks for and core/store implements on SQLite. The two never see each other.
import type { Job, JobChanges, JobLogEntry, JobState, Piece } from "./job.ts";

/** What a row must look like for a change to be taken: nobody else has moved it since it was read. */
export type JobGuard = { readonly state: JobState; readonly fenceToken: number };

/** All that are given must hold; `labels` must all be present with the same value. */
export type JobFilter = {
  readonly states?: readonly JobState[];
  readonly kinds?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly limit?: number;
};

export type ReadyQuery = {
  readonly resourceClass: string;
  readonly nowMs: number;
  readonly exceptJobIds?: readonly string[];
};

/**
 * Rows and compare-and-set, nothing else: which change is right is decided by pure functions of core/jobs. Calls are
 * synchronous and durable: what they have answered survives a power cut. They throw when the store cannot keep that.
 */
export type JobStore = {
  /**
   * Runs `work` in one write transaction (SQLite: BEGIN IMMEDIATE; a savepoint inside another). Throws what `work`
   * throws, with nothing kept. So a finished job and the take it made are recorded together or not at all.
   */
  readonly transact: <Result>(work: () => Result) => Result;

  /** Keeps a new row; false, and nothing changed, when its id is there already. */
  readonly insert: (job: Job) => boolean;
  readonly get: (jobId: string) => Job | undefined;
  /** In order of `createdMs`, then `jobId`; newest `limit` rows when a limit is given. */
  readonly list: (filter: JobFilter) => readonly Job[];
  /** Applies `changes` if the row still matches `guard`; else false, and nothing changed. */
  readonly update: (jobId: string, guard: JobGuard, changes: JobChanges) => boolean;
  /** Forgets an ended job with its pieces and log; false when it isn't there or hasn't ended. */
  readonly remove: (jobId: string) => boolean;

  /**
   * The `queued` job to run next: of `resourceClass`, `notBeforeMs` <= `nowMs`, every dependency `done` (or forgotten when
   * it was), none of `exceptJobIds`; highest priority first, then oldest `createdMs`, then smallest `jobId`.
   */
  readonly nextReady: (query: ReadyQuery) => Job | undefined;
  /** `running` jobs whose lease ended at or before `nowMs`. */
  readonly expired: (nowMs: number) => readonly Job[];
  /** Jobs whose `dependsOn` names this one. */
  readonly dependents: (jobId: string) => readonly Job[];

  /** Keeps a piece if its job still matches `guard`; a piece of the same key is replaced. Else false. */
  readonly putPiece: (piece: Piece, guard: JobGuard) => boolean;
  /** In order of `committedMs`, then `key`. */
  readonly pieces: (jobId: string) => readonly Piece[];

  readonly appendLog: (jobId: string, entry: JobLogEntry) => void;
  /** Oldest first; the newest `limit` entries. */
  readonly readLog: (jobId: string, limit: number) => readonly JobLogEntry[];
};
