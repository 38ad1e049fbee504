// What the queue does when its store fails, with a clock that stands still and a runner that does what the test says.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeClock } from "../../../test/support/fake-clock.ts";
import type { FakeClock } from "../../../test/support/fake-clock.ts";
import { done, fakeRunner, job } from "../../../test/support/fake-runner.ts";
import { memoryJobStore } from "../../../test/support/memory-job-store.ts";
import { failed } from "../../shared/failure/index.ts";
import { randomFrom, silentLogger } from "../base/index.ts";
import type { JobEvent } from "./job-event.ts";
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

const lastRun = () => fake.lastRun();

describe("a store that cannot write", () => {
  test("and kept what it reported as failed ends the job for all who wait", async () => {
    let isFailing = false;
    const transact: typeof store.transact = (work) => {
      const result = store.transact(work);
      if (!isFailing) return result;
      isFailing = false;
      throw failed("store.io", { message: "fsync failed after the commit was written" });
    };
    const scheduler = await openScheduler({ store: { ...store, transact } });
    scheduler.enqueue(job("a"));
    await clock.settle();
    const ended = scheduler.whenEnded("a");
    isFailing = true;
    lastRun().end(done);
    await clock.advance(20_000);
    expect(await ended).toMatchObject({ state: "done", result: "fine" });
    expect(fake.runs).toHaveLength(1);
  });

  /** A store whose next reads of a job fail, as after a disk's error from which the project has yet to be opened anew. */
  const storeWithFailingReads = () => {
    const failing = { readCount: 0 };
    const get: typeof store.get = (jobId) => {
      if (failing.readCount === 0) return store.get(jobId);
      failing.readCount -= 1;
      throw failed("disk.failed", { message: "The disk failed." });
    };
    return { failing, store: { ...store, get } };
  };

  test("nor read what it kept tells the end of a job as soon as it can", async () => {
    const { failing, store: faulty } = storeWithFailingReads();
    const scheduler = await openScheduler({ store: faulty });
    scheduler.enqueue(job("a"));
    await clock.settle();
    const ended = scheduler.whenEnded("a");
    store.update("a", { state: "running", fenceToken: 1 }, { state: "done", result: "fine", fenceToken: 2 });
    failing.readCount = 1;
    lastRun().end(done);
    await clock.advance(20_000);
    expect(await ended).toMatchObject({ state: "done" });
  });

  test("refuses the end of one job and takes those of the others", async () => {
    const update: typeof store.update = (jobId, ...more) => {
      if (jobId === "stuck" && more[1].state === "done") throw failed("disk.failed", { message: "This one not." });
      return store.update(jobId, ...more);
    };
    const scheduler = await openScheduler({ store: { ...store, update } });
    for (const jobId of ["stuck", "free"]) scheduler.enqueue(job(jobId, { resourceClass: "media" }));
    await clock.settle();
    for (const run of fake.runs) run.end(done);
    await clock.settle();
    expect(["stuck", "free"].map((jobId) => scheduler.get(jobId).state)).toEqual(["running", "done"]);
  });

  test("or read lets the queue start, and takes over what a dead host left once it can", async () => {
    store.insert({
      ...makeScheduler().enqueue(job("left")),
      jobId: "running",
      state: "running",
      leaseUntilMs: 10 ** 12,
    });
    await mkdir(join(folder, "tmp", "running", "1"), { recursive: true });
    const { failing, store: faulty } = storeWithFailingReads();
    failing.readCount = 3;
    const scheduler = await openScheduler({ store: faulty, takeOver: "at-once", slots: {} });
    await clock.advance(20_000);
    expect(scheduler.get("running").state).toBe("queued");
  });

  test("rejects whoever waits for a job that cannot be read, and keeps no ear open", async () => {
    const { failing, store: faulty } = storeWithFailingReads();
    const scheduler = await openScheduler({ store: faulty });
    scheduler.enqueue(job("a"));
    await clock.settle();
    failing.readCount = 1;
    await expect(scheduler.whenEnded("a")).rejects.toMatchObject({ code: "disk.failed" });
  });

  test("is announced and tried again, and no finished work is lost", async () => {
    const scheduler = await openScheduler();
    const troubles: JobEvent[] = [];
    scheduler.subscribe((event) => event.type === "trouble" && troubles.push(event));
    scheduler.enqueue(job("a"));
    await clock.settle();
    store.refuseWrites = failed("disk.full", { message: "The disk is full." });
    lastRun().end(done);
    await clock.advance(20_000);
    expect(troubles.length).toBeGreaterThan(1);
    expect(scheduler.get("a").state).toBe("running");
    store.refuseWrites = undefined;
    await clock.advance(10_000);
    expect(scheduler.get("a")).toMatchObject({ state: "done", result: "fine" });
    expect(fake.runs).toHaveLength(1);
  });
});
