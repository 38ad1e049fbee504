// The life of a job, decided purely: each function says which columns change, or refuses; nobody else sets a state.
import { refused } from "../../shared/failure/index.ts";
import type { FailureData } from "../../shared/failure/index.ts";
import type { Random } from "../base/index.ts";
import { noProgress } from "./job.ts";
import type { Job, JobChanges, JobState, JsonValue } from "./job.ts";
import type { JobGuard } from "./job-store.ts";
import { backoffMs, isWorthRetrying } from "./retry-policy.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/** What a caller says of a job; the rest of the row begins empty. */
export type NewJob = {
  /** 1 to 64 letters, digits, "-" and "_": it names folders. The same id twice is the same job. */
  readonly jobId: string;
  readonly kind: string;
  readonly resourceClass: string;
  readonly input: JsonValue;
  /** 0 unless given. */
  readonly priority?: number;
  /** 3 unless given. */
  readonly maxAttempts?: number;
  readonly dependsOn?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
};

export const endStates: readonly JobState[] = ["done", "failed", "cancelled"];

export const hasEnded = (job: Job): boolean => endStates.includes(job.state);

export const guardOf = (job: Job): JobGuard => ({ state: job.state, fenceToken: job.fenceToken });

const noLease = { leaseOwner: undefined, leaseUntilMs: undefined } as const;

export function queuedJob(asked: NewJob, nowMs: number): Job {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(asked.jobId)) {
    throw refused("jobs.bad-id", {
      message: `A job's id is 1 to 64 letters, digits, "-" or "_"; found "${asked.jobId}".`,
      details: { jobId: asked.jobId },
    });
  }
  return {
    priority: 0,
    maxAttempts: 3,
    dependsOn: [],
    labels: {},
    ...asked,
    state: "queued",
    reason: "",
    result: undefined,
    error: undefined,
    attempts: 0,
    // Not the present: a clock that is set back must not make it wait.
    notBeforeMs: 0,
    ...noLease,
    fenceToken: 0,
    progress: noProgress,
    createdMs: nowMs,
    startedMs: undefined,
    finishedMs: undefined,
  };
}

/** queued -> running, with a lease and the next fencing token. */
export function claimed(job: Job, lease: { owner: string; nowMs: number; leaseMs: number }): JobChanges {
  return {
    state: "running",
    reason: "",
    error: undefined,
    attempts: job.attempts + 1,
    fenceToken: job.fenceToken + 1,
    leaseOwner: lease.owner,
    leaseUntilMs: lease.nowMs + lease.leaseMs,
    startedMs: lease.nowMs,
    progress: noProgress,
  };
}

/** running -> done. */
export const finished = (result: JsonValue, nowMs: number): JobChanges => ({
  state: "done",
  reason: "",
  result,
  error: undefined,
  ...noLease,
  finishedMs: nowMs,
});

/** running -> queued after a wait while the error may pass and attempts are left; else -> failed. */
export function attemptFailed(
  job: Job,
  error: FailureData,
  by: { readonly policy: RetryPolicy; readonly random: Random; readonly nowMs: number },
): JobChanges {
  if (isWorthRetrying(error) && job.attempts < job.maxAttempts) {
    const notBeforeMs = by.nowMs + backoffMs(job.attempts, by.policy, by.random);
    return { state: "queued", reason: error.message, error, notBeforeMs, ...noLease };
  }
  return { state: "failed", reason: error.message, error, ...noLease, finishedMs: by.nowMs };
}

/**
 * running -> queued because its scheduler went away (closed, killed, power cut). The job isn't to blame, so the attempt
 * isn't counted; whoever still works on it is fenced off.
 */
export const interrupted = (job: Job, reason: string): JobChanges => ({
  state: "queued",
  reason,
  attempts: Math.max(0, job.attempts - 1),
  fenceToken: job.fenceToken + 1,
  ...noLease,
});

/** queued or running -> paused. A running attempt isn't counted, and is fenced off; its pieces stay. */
export function paused(job: Job, reason: string): JobChanges {
  requireState(job, ["queued", "running"], "paused");
  const attempts = job.state === "running" ? Math.max(0, job.attempts - 1) : job.attempts;
  return { state: "paused", reason, attempts, fenceToken: job.fenceToken + 1, ...noLease };
}

/** paused -> queued. */
export function resumed(job: Job): JobChanges {
  requireState(job, ["paused"], "resumed");
  return { state: "queued", reason: "", notBeforeMs: 0 };
}

/** queued, running or paused -> cancelled. */
export function cancelled(job: Job, reason: string, nowMs: number): JobChanges {
  requireState(job, ["queued", "running", "paused"], "cancelled");
  return { state: "cancelled", reason, fenceToken: job.fenceToken + 1, ...noLease, finishedMs: nowMs };
}

/** failed or cancelled -> queued, with all its attempts and the pieces it has. */
export function retried(job: Job, reason: string): JobChanges {
  requireState(job, ["failed", "cancelled"], "retried");
  return { state: "queued", reason, error: undefined, attempts: 0, notBeforeMs: 0, finishedMs: undefined };
}

function requireState(job: Job, states: readonly JobState[], act: string): void {
  if (states.includes(job.state)) return;
  throw refused("jobs.wrong-state", {
    message: `Only a job that is ${states.join(" or ")} can be ${act}; ${job.jobId} is ${job.state}.`,
    details: { jobId: job.jobId, state: job.state, act },
  });
}
