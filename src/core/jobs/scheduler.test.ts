// Rules of the queue, with a clock that stands still and a runner that does what the test says.
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeClock } from "../../../test/support/fake-clock.ts";
import type { FakeClock } from "../../../test/support/fake-clock.ts";
import { done, fakeRunner, job } from "../../../test/support/fake-runner.ts";
import { memoryJobStore } from "../../../test/support/memory-job-store.ts";
import { failed, refused, toFailureData } from "../../shared/failure/index.ts";
import { randomFrom, silentLogger } from "../base/index.ts";
import type { JobEvent } from "./job-event.ts";
import type { JobRunner, RunEnd } from "./job-runner.ts";
import { JobScheduler } from "./scheduler.ts";
import type { SchedulerOptions } from "./scheduler.ts";

let folder = "";
let clock: FakeClock = fakeClock();
let store = memoryJobStore();
let fake = fakeRunner();
let opened: JobScheduler[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-jobs-"));
  clock = fakeClock();
  store = memoryJobStore();
  fake = fakeRunner();
});
afterEach(async () => {
  for (const scheduler of opened) await scheduler[Symbol.asyncDispose]();
  opened = [];
  await rm(folder, { recursive: true, force: true });
});

function makeScheduler(options: Partial<SchedulerOptions> = {}): JobScheduler {
  return new JobScheduler({
    store,
    runner: fake.runner,
    clock,
    random: randomFrom(1),
    logger: silentLogger,
    owner: "host-1",
    slots: { cpu: 1, media: 2 },
    folders: { tempFolder: join(folder, "tmp"), contentFolder: join(folder, "content") },
    ...options,
  });
}

async function openScheduler(options: Partial<SchedulerOptions> = {}): Promise<JobScheduler> {
  const scheduler = makeScheduler(options);
  opened.push(scheduler);
  await scheduler.start();
  return scheduler;
}

const diskFailed: RunEnd = { type: "failed", error: toFailureData(failed("disk.failed", { message: "Disk." })) };
const lastRun = () => fake.lastRun();

describe("the order of work", () => {
  test("is priority first, then age, within the slots of each class", async () => {
    const scheduler = await openScheduler();
    for (const asked of [job("a"), job("b", { priority: 5 }), job("c")]) {
      scheduler.enqueue(asked);
      await clock.advance(1);
    }
    ["m1", "m2", "m3"].forEach((jobId) => scheduler.enqueue(job(jobId, { resourceClass: "media" })));
    await clock.settle();
    expect(fake.idsInOrder()).toEqual(["a", "m1", "m2"]);
    fake.runs[0]?.end(done);
    await clock.settle();
    expect(fake.idsInOrder()).toEqual(["a", "m1", "m2", "b"]);
    expect(scheduler.get("a")).toMatchObject({ state: "done", result: "fine", finishedMs: clock.nowMs() });
  });

  test("waits for dependencies, also for a failed one that is retried", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("probe"));
    scheduler.enqueue(job("peaks", { dependsOn: ["probe"], priority: 9 }));
    await clock.settle();
    lastRun().end({ type: "failed", error: toFailureData(refused("media.bad", { message: "Bad file." })) });
    await clock.advance(60_000);
    expect(scheduler.get("probe").state).toBe("failed");
    expect(scheduler.get("peaks").state).toBe("queued");
    scheduler.retry("probe", "the file was replaced");
    await clock.settle();
    lastRun().end(done);
    await clock.settle();
    expect(fake.idsInOrder()).toEqual(["probe", "probe", "peaks"]);
  });

  test("refuses dependencies and classes that are not there", async () => {
    const scheduler = await openScheduler();
    const code = (expected: string) => expect.objectContaining({ kind: "refused", code: expected });
    expect(() => scheduler.enqueue(job("a", { dependsOn: ["ghost"] }))).toThrow(code("jobs.no-dependency"));
    expect(() => scheduler.enqueue(job("a", { resourceClass: "tpu" }))).toThrow(code("jobs.unknown-class"));
    expect(() => scheduler.get("a")).toThrow(code("jobs.not-found"));
  });

  test("takes the same id for the same job", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a", { input: 1 }));
    await clock.settle();
    lastRun().end(done);
    await clock.settle();
    expect(scheduler.enqueue(job("a", { input: 2 }))).toMatchObject({ state: "done", input: 1 });
    await clock.advance(60_000);
    expect(fake.runs).toHaveLength(1);
  });

  test("does not wait for an attempt that was stopped and is still ending", async () => {
    const runner: JobRunner = {
      ...fake.runner,
      start: (order, ears) => ({ ...fake.runner.start(order, ears), stop: () => undefined }),
    };
    const scheduler = await openScheduler({ runner, slots: { media: 2 } });
    scheduler.enqueue(job("ending", { resourceClass: "media", priority: 9 }));
    await clock.settle();
    scheduler.pause("ending", "by the editor");
    scheduler.resume("ending");
    scheduler.enqueue(job("next", { resourceClass: "media" }));
    await clock.settle();
    expect(fake.idsInOrder()).toEqual(["ending", "next"]);
    fake.runs[0]?.end(done);
    await clock.settle();
    expect(fake.idsInOrder()).toEqual(["ending", "next", "ending"]);
    for (const run of fake.runs) run.end(done);
  });
});

describe("a failed attempt", () => {
  test("is tried again after its wait, then given up with its reason", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a", { maxAttempts: 2 }));
    await clock.settle();
    lastRun().end(diskFailed);
    await clock.advance(1999);
    expect(fake.runs).toHaveLength(1);
    await clock.advance(501);
    expect(fake.runs).toHaveLength(2);
    expect(lastRun().order).toMatchObject({ attempt: 2, fenceToken: 2 });
    lastRun().end(diskFailed);
    await clock.settle();
    expect(scheduler.get("a")).toMatchObject({ state: "failed", attempts: 2, error: { code: "disk.failed" } });
    expect(scheduler.readLog("a", 10).map((line) => line.attempt)).toEqual([1, 2]);
  });
});

describe("what people do", () => {
  test("pausing stops the run, keeps its pieces and lets the next job in", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    scheduler.enqueue(job("b"));
    await clock.settle();
    const run = lastRun();
    expect(run.ears.onPiece({ key: "shot-1", files: [], facts: 1 })).toBeUndefined();
    scheduler.pause("a", "lunch");
    await clock.settle();
    expect(run.stopReason).toBe("lunch");
    expect(fake.idsInOrder()).toEqual(["a", "b"]);
    expect(run.ears.onPiece({ key: "shot-2", files: [], facts: 2 })).toMatchObject({ code: "jobs.lost" });
    scheduler.resume("a");
    lastRun().end(done);
    await clock.settle();
    expect(lastRun().order).toMatchObject({ jobId: "a", attempt: 1, pieces: [{ key: "shot-1", facts: 1 }] });
  });

  test("cancelling reaches all that wait for the job", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    scheduler.enqueue(job("b", { dependsOn: ["a"] }));
    scheduler.enqueue(job("c", { dependsOn: ["b"] }));
    await clock.settle();
    scheduler.cancel("a", "wrong file");
    await clock.settle();
    expect(["a", "b", "c"].map((jobId) => scheduler.get(jobId).state)).toEqual(["cancelled", "cancelled", "cancelled"]);
    expect(lastRun().stopReason).toBe("wrong file");
    expect(scheduler.remove("c")).toBe(true);
  });

  test("cancelling is one transaction: when a dependent cannot be kept, nothing is cancelled", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    scheduler.enqueue(job("b", { dependsOn: ["a"] }));
    await clock.settle();
    const dependents = store.dependents;
    Object.assign(store, {
      dependents: (jobId: string) => {
        store.refuseWrites = failed("disk.full", { message: "Full." });
        return dependents(jobId);
      },
    });
    expect(() => scheduler.cancel("a", "")).toThrow("Full");
    store.refuseWrites = undefined;
    expect([scheduler.get("a").state, lastRun().stopReason]).toEqual(["running", undefined]);
  });

  test("setting the clock back does not hold a job up", async () => {
    const late = makeScheduler({ clock: fakeClock(clock.nowMs() + 3_600_000) });
    late.enqueue(job("a"));
    await openScheduler();
    expect(fake.idsInOrder()).toEqual(["a"]);
  });

  test("a result that comes after the job was cancelled is not taken", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    await clock.settle();
    lastRun().end(done);
    scheduler.cancel("a", "");
    await clock.settle();
    expect(scheduler.get("a")).toMatchObject({ state: "cancelled", result: undefined });
  });
});

describe("leases", () => {
  test("are kept while the work goes on, however many short jobs end meanwhile", async () => {
    const scheduler = await openScheduler({ leaseMs: 15_000 });
    scheduler.enqueue(job("long"));
    for (let second = 0; second < 60; second += 1) {
      scheduler.enqueue(job(`short-${second}`, { resourceClass: "media" }));
      await clock.advance(1000);
      lastRun().end(done);
    }
    expect(scheduler.get("long")).toMatchObject({ state: "running", attempts: 1 });
    expect(scheduler.get("long").leaseUntilMs).toBeGreaterThan(clock.nowMs());
    expect(fake.idsInOrder().filter((jobId) => jobId === "long")).toHaveLength(1);
  });

  test("of a dead host run out and the job goes on elsewhere, the attempt not counted, the old one fenced off", async () => {
    const dead = await openScheduler({ owner: "dead", clock: fakeClock(clock.nowMs()) });
    dead.enqueue(job("a"));
    await clock.settle();
    const zombie = lastRun();
    const scheduler = await openScheduler({ owner: "host-2", leaseMs: 15_000 });
    await clock.advance(14_000);
    expect(fake.runs).toHaveLength(1);
    await clock.advance(6_000);
    expect(fake.runs).toHaveLength(2);
    expect(lastRun().order).toMatchObject({ attempt: 1, fenceToken: 3 });
    expect(zombie.ears.onPiece({ key: "shot-1", files: [], facts: null })).toMatchObject({ code: "jobs.lost" });
    zombie.end({ type: "done", result: "stale" });
    await clock.settle();
    lastRun().end(done);
    await clock.settle();
    expect(scheduler.get("a")).toMatchObject({ state: "done", result: "fine" });
  });

  test("left by a host that is known to be dead are taken over at once", async () => {
    const dead = await openScheduler({ owner: "dead", clock: fakeClock(clock.nowMs()) });
    dead.enqueue(job("a"));
    await clock.settle();
    await openScheduler({ owner: "host-2", takeOver: "at-once" });
    await clock.settle();
    expect(lastRun().order).toMatchObject({ attempt: 1, fenceToken: 3 });
  });

  test("taken by another process stop the run here", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    await clock.settle();
    store.update("a", { state: "running", fenceToken: 1 }, { state: "cancelled", fenceToken: 2 });
    await clock.advance(6000);
    expect(lastRun().stopReason).toContain("another process");
  });

  test("are given back when the application closes", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    await clock.settle();
    await scheduler[Symbol.asyncDispose]();
    expect(lastRun().stopReason).toContain("closing");
    expect(store.get("a")).toMatchObject({ state: "queued", attempts: 0, leaseOwner: undefined });
  });
});

describe("the recorder", () => {
  test("writes in the transaction of the end; when it throws, the job isn't done", async () => {
    const seen: unknown[] = [];
    let refusals = 1;
    const scheduler = await openScheduler({
      recorder: {
        done: (ended, result) => {
          store.appendLog("a", { atMs: 0, attempt: 9, level: "info", message: "half" });
          if (refusals > 0) {
            refusals -= 1;
            throw failed("disk.full", { message: "Full." });
          }
          seen.push([ended.state, result]);
        },
      },
    });
    scheduler.enqueue(job("a"));
    await clock.settle();
    lastRun().end(done);
    await clock.settle();
    expect(scheduler.get("a")).toMatchObject({ state: "queued", error: { code: "disk.full" } });
    expect(scheduler.readLog("a", 9).filter((line) => line.message === "half")).toHaveLength(0);
    await clock.advance(3000);
    lastRun().end(done);
    await clock.settle();
    expect(seen).toEqual([["done", "fine"]]);
    expect(scheduler.get("a").state).toBe("done");
  });
});

describe("events", () => {
  test("tell progress with rate and time left, and each state once it is kept", async () => {
    const scheduler = await openScheduler();
    const events: JobEvent[] = [];
    scheduler.subscribe((event) => events.push(event));
    scheduler.enqueue(job("a"));
    await clock.settle();
    await clock.advance(1000);
    lastRun().ears.onProgress({ done: 10, total: 100, unit: "frames", stage: "" });
    lastRun().ears.onLog("info", "ten frames");
    lastRun().end(done);
    await clock.settle();
    const states = events.flatMap((event) => (event.type === "changed" ? [event.job.state] : []));
    expect(states).toEqual(["queued", "running", "done"]);
    expect(events.find((event) => event.type === "progressed")).toMatchObject({ perSecond: 10, timeLeftMs: 9000 });
    expect(scheduler.readLog("a", 5).map((line) => line.message)).toEqual(["ten frames"]);
    expect(scheduler.get("a").progress).toMatchObject({ done: 100, total: 100 });
  });

  test("whenEnded waits for the end, and rejects when its signal is aborted", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    await clock.settle();
    const ended = scheduler.whenEnded("a");
    const aborted = scheduler.whenEnded("a", AbortSignal.abort(new Error("left")));
    await expect(aborted).rejects.toThrow("left");
    lastRun().end(done);
    expect(await ended).toMatchObject({ state: "done" });
    expect(await scheduler.whenEnded("a")).toMatchObject({ state: "done" });
  });
});

describe("temp folders", () => {
  test("of ended and unknown jobs are swept at the start; those of jobs that go on are kept for adoption", async () => {
    store.insert({ ...(await openScheduler()).enqueue(job("gone")), jobId: "ended", state: "done" });
    for (const jobId of ["gone", "ended", "ghost"]) await mkdir(join(folder, "tmp", jobId, "1"), { recursive: true });
    await openScheduler({ owner: "host-2", slots: {} });
    expect(await readdir(join(folder, "tmp"))).toEqual(["gone"]);
  });

  test("go with the attempt that ends the job", async () => {
    const scheduler = await openScheduler();
    scheduler.enqueue(job("a"));
    await clock.settle();
    const attemptFolder = join(folder, "tmp", "a", "1");
    await mkdir(attemptFolder, { recursive: true });
    await writeFile(join(attemptFolder, "half.mkv"), "half");
    lastRun().end(done);
    await expect.poll(() => readdir(join(folder, "tmp")), { timeout: 10_000 }).toEqual([]);
  });
});
