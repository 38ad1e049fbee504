// Rules of a job's life: which state follows which, what counts as an attempt, who is fenced off.
import { describe, expect, test } from "vitest";
import { failed, refused, toFailureData } from "../../shared/failure/index.ts";
import { randomFrom } from "../base/index.ts";
import type { Job, JobChanges } from "./job.ts";
import { backoffMs, defaultRetryPolicy } from "./retry-policy.ts";
import {
  attemptFailed,
  cancelled,
  claimed,
  finished,
  hasEnded,
  interrupted,
  paused,
  queuedJob,
  resumed,
  retried,
} from "./transitions.ts";

const fresh = queuedJob({ jobId: "job-1", kind: "test.count", resourceClass: "cpu", input: { to: 3 } }, 1000);
const after = (job: Job, ...changes: readonly JobChanges[]): Job => Object.assign({}, job, ...changes);
const running = after(fresh, claimed(fresh, { owner: "host-1", nowMs: 2000, leaseMs: 15_000 }));
const by = { policy: defaultRetryPolicy, random: randomFrom(1), nowMs: 5000 };
const worldFailed = toFailureData(failed("disk.failed", { message: "The disk failed." }));

describe("a claim", () => {
  test("counts an attempt, raises the fence and leases the job", () => {
    expect(running).toMatchObject({
      state: "running",
      attempts: 1,
      fenceToken: 1,
      leaseOwner: "host-1",
      leaseUntilMs: 17_000,
      startedMs: 2000,
    });
  });
});

describe("a failed attempt", () => {
  test("is queued again after a wait while the world may heal and attempts are left", () => {
    const queued = after(running, attemptFailed(running, worldFailed, by));
    expect(queued).toMatchObject({ state: "queued", attempts: 1, error: worldFailed, leaseOwner: undefined });
    expect(queued.notBeforeMs).toBeGreaterThanOrEqual(7000);
  });

  test("is the end when attempts are used up", () => {
    const last = after(running, { attempts: 3 });
    expect(after(last, attemptFailed(last, worldFailed, by))).toMatchObject({ state: "failed", finishedMs: 5000 });
  });

  test("is the end when a person must act, and when it is a bug", () => {
    for (const error of [refused("media.not-found", { message: "No file." }), new Error("x is undefined")]) {
      expect(attemptFailed(running, toFailureData(error), by)).toMatchObject({ state: "failed" });
    }
  });

  test("waits longer each time, up to a bound, and never shorter than the policy says", () => {
    const waits = [1, 2, 3, 4, 5, 9].map((attempts) => backoffMs(attempts, defaultRetryPolicy, randomFrom(7)));
    const plain = [2000, 10_000, 50_000, 250_000, 300_000, 300_000];
    waits.forEach((waitMs, index) => {
      expect(waitMs).toBeGreaterThanOrEqual(plain[index] ?? 0);
      expect(waitMs).toBeLessThanOrEqual((plain[index] ?? 0) * 1.25);
    });
  });
});

describe("an interrupted attempt", () => {
  test("isn't counted, because the host died and not the job, and its worker is fenced off", () => {
    expect(after(running, interrupted(running, "the host closed"))).toMatchObject({
      state: "queued",
      attempts: 0,
      fenceToken: 2,
      notBeforeMs: fresh.notBeforeMs,
    });
  });
});

describe("a person", () => {
  test("pauses and resumes without using up an attempt", () => {
    const waiting = after(running, paused(running, "lunch"));
    expect(waiting).toMatchObject({ state: "paused", reason: "lunch", attempts: 0, fenceToken: 2 });
    expect(after(waiting, resumed(waiting))).toMatchObject({ state: "queued", notBeforeMs: 0 });
  });

  test("retries what failed or was cancelled, with all its attempts", () => {
    const ended = after(running, { attempts: 3 }, attemptFailed(after(running, { attempts: 3 }), worldFailed, by));
    expect(after(ended, retried(ended, "disk changed"))).toMatchObject({
      state: "queued",
      attempts: 0,
      error: undefined,
      finishedMs: undefined,
    });
  });

  test("is told which states an act needs", () => {
    const done = after(running, finished(3, 6000));
    const acts = [
      () => paused(done, ""),
      () => cancelled(done, "", 1),
      () => retried(done, ""),
      () => resumed(fresh),
      () => retried(running, ""),
    ];
    for (const act of acts) expect(act).toThrow(expect.objectContaining({ code: "jobs.wrong-state", kind: "refused" }));
    expect([done, running, fresh].map(hasEnded)).toEqual([true, false, false]);
  });
});

test("a job's id names folders, so it holds no separators", () => {
  for (const jobId of ["", "a/b", "..", "a b", "x".repeat(65)]) {
    const make = () => queuedJob({ jobId, kind: "k", resourceClass: "cpu", input: null }, 0);
    expect(make).toThrow(expect.objectContaining({ code: "jobs.bad-id" }));
  }
});
