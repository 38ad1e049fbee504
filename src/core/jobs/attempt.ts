// One attempt at a job as the host sees it: keeps its lease, takes its pieces, its words and its end into the store.
import { failed, toFailureData } from "../../shared/failure/index.ts";
import type { FailureData } from "../../shared/failure/index.ts";
import { killPoint } from "../base/index.ts";
import type { Clock, Random } from "../base/index.ts";
import { noProgress } from "./job.ts";
import type { Job, JobLogEntry, JobLogLevel, JobProgress, JsonValue, Piece } from "./job.ts";
import type { JobEvent } from "./job-event.ts";
import type { JobRun, JobRunner, RunEnd } from "./job-runner.ts";
import type { JobStore } from "./job-store.ts";
import type { StoredPiece } from "./messages.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import { startPace, timeLeftAt, updatePace } from "./time-left.ts";
import { attemptFailed, finished, guardOf } from "./transitions.ts";

export type JobFolders = {
  /** Attempts work in `<tempFolder>/<job>/<token>`. On the same disk as the content, so that files can be renamed. */
  readonly tempFolder: string;
  /** Committed files lie here by their hash. */
  readonly contentFolder: string;
};

/** What the host adds to the transaction in which a piece or an end is recorded: a take, a media record. */
export type JobRecorder = {
  readonly piece?: (job: Job, piece: Piece) => void;
  readonly done?: (job: Job, result: JsonValue) => void;
};

export type AttemptTools = {
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly clock: Clock;
  readonly random: Random;
  readonly folders: JobFolders;
  readonly recorder: JobRecorder;
  readonly retryPolicy: RetryPolicy;
  readonly emit: (event: JobEvent) => void;
};

// More lines than this between two heartbeats are noise; the oldest of them go.
const keptLines = 500;

export class Attempt {
  /** The row as it was claimed; its guard is what every change of this attempt is conditional on. */
  readonly job: Job;
  /** Settles when the work has ended; record it with `recordEnd`. */
  readonly ended: Promise<void>;
  readonly #tools: AttemptTools;
  readonly #run: JobRun;
  #end: RunEnd | undefined;
  #progress: JobProgress = noProgress;
  #pace;
  #lines: readonly JobLogEntry[] = [];

  constructor(job: Job, tools: AttemptTools) {
    this.job = job;
    this.#tools = tools;
    this.#pace = startPace(0, tools.clock.monotonicMs());
    this.#run = tools.runner.start(
      {
        runId: `${job.jobId}:${job.fenceToken}`,
        jobId: job.jobId,
        kind: job.kind,
        resourceClass: job.resourceClass,
        input: job.input,
        attempt: job.attempts,
        fenceToken: job.fenceToken,
        ...tools.folders,
        pieces: tools.store.pieces(job.jobId).map(({ key, files, facts }) => ({ key, files: [...files], facts })),
      },
      {
        onProgress: (progress) => this.#hearProgress(progress),
        onLog: (level, message) => this.#hearLine(level, message),
        onPiece: (piece) => this.#commitPiece(piece),
      },
    );
    this.ended = this.#run.ended.then((end) => {
      this.#end = end;
    });
  }

  stop(reason: string): void {
    this.#run.stop(reason);
  }

  /** Keeps the lease and what was heard since the last time; false when the job is no longer this attempt's. */
  renew(leaseMs: number): boolean {
    const { store, clock } = this.#tools;
    const leaseUntilMs = clock.nowMs() + leaseMs;
    const lines = this.#lines;
    const isOurs = store.transact(() => {
      this.#writeLines(lines);
      return store.update(this.job.jobId, guardOf(this.job), { leaseUntilMs, progress: this.#progress });
    });
    this.#forget(lines);
    return isOurs;
  }

  /** The row after the end is recorded; undefined while it works, or when the job is no longer this attempt's. */
  recordEnd(): Job | undefined {
    const end = this.#end;
    if (end === undefined) return undefined;
    if (end.type === "failed") return this.#recordFailure(end.error);
    const recorded = this.#tryRecording(() => this.#recordDone(end.result));
    return "failure" in recorded ? this.#recordFailure(recorded.failure) : recorded.value;
  }

  #recordDone(result: JsonValue): Job | undefined {
    const { store, clock } = this.#tools;
    const progress = { ...this.#progress, done: Math.max(this.#progress.done, this.#progress.total) };
    if (!store.update(this.job.jobId, guardOf(this.job), { ...finished(result, clock.nowMs()), progress }))
      return undefined;
    this.#writeLines(this.#lines);
    const done = store.get(this.job.jobId);
    if (done !== undefined) this.#asRecorder(() => this.#tools.recorder.done?.(done, result));
    killPoint("jobs.host.finishing");
    return done;
  }

  #recordFailure(error: FailureData): Job | undefined {
    const { store, clock, random, retryPolicy } = this.#tools;
    const changes = attemptFailed(this.job, error, { policy: retryPolicy, random, nowMs: clock.nowMs() });
    const stderr = typeof error.details["stderr"] === "string" ? `\n${error.details["stderr"]}` : "";
    const lastLine = this.#line("error", `${error.message} (${error.code})${stderr}`);
    return store.transact(() => {
      if (!store.update(this.job.jobId, guardOf(this.job), { ...changes, progress: this.#progress })) return undefined;
      this.#writeLines([...this.#lines, lastLine]);
      return store.get(this.job.jobId);
    });
  }

  #commitPiece(stored: StoredPiece): FailureData | undefined {
    const { store, clock, recorder } = this.#tools;
    const { jobId, fenceToken } = this.job;
    const piece: Piece = { ...stored, jobId, fenceToken, committedMs: clock.nowMs() };
    try {
      const recorded = this.#tryRecording(() => {
        if (!store.putPiece(piece, guardOf(this.job))) return false;
        this.#asRecorder(() => recorder.piece?.(this.job, piece));
        killPoint("jobs.host.piece-committing");
        return true;
      });
      if ("failure" in recorded) return recorded.failure;
      killPoint("jobs.host.piece-committed");
      return recorded.value ? undefined : lost(piece);
    } catch (error) {
      return toFailureData(error);
    }
  }

  /**
   * One transaction. A throw of the recorder undoes it and is a failure of the job; a throw of the store goes on to the
   * caller, who may try again.
   */
  #tryRecording<Value>(work: () => Value): { readonly value: Value } | { readonly failure: FailureData } {
    try {
      return { value: this.#tools.store.transact(work) };
    } catch (error) {
      if (error instanceof RecorderThrew) return { failure: toFailureData(error.cause) };
      throw error;
    }
  }

  #asRecorder(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw new RecorderThrew("The recorder threw.", { cause });
    }
  }

  #hearProgress(progress: JobProgress): void {
    const nowMs = this.#tools.clock.monotonicMs();
    this.#pace = updatePace(this.#pace, progress.done, nowMs);
    this.#progress = progress;
    this.#tools.emit({
      type: "progressed",
      jobId: this.job.jobId,
      progress,
      ...timeLeftAt(this.#pace, progress, nowMs),
    });
  }

  #hearLine(level: JobLogLevel, message: string): void {
    const entry = this.#line(level, message);
    this.#lines = [...this.#lines, entry].slice(-keptLines);
    this.#tools.emit({ type: "logged", jobId: this.job.jobId, entry });
  }

  #line(level: JobLogLevel, message: string): JobLogEntry {
    return { atMs: this.#tools.clock.nowMs(), attempt: this.job.attempts, level, message };
  }

  #writeLines(lines: readonly JobLogEntry[]): void {
    for (const line of lines) this.#tools.store.appendLog(this.job.jobId, line);
  }

  #forget(written: readonly JobLogEntry[]): void {
    this.#lines = this.#lines.filter((line) => !written.includes(line));
  }
}

class RecorderThrew extends Error {}

const lost = (piece: Piece): FailureData =>
  toFailureData(
    failed("jobs.lost", {
      message: `The piece "${piece.key}" was not taken: the job is no longer this attempt's.`,
      details: { jobId: piece.jobId, key: piece.key, fenceToken: piece.fenceToken },
    }),
  );
