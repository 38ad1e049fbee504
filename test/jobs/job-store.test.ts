// One suite for every JobStore: the one on SQLite, and the test double, which is worth nothing if it differs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock } from "../../src/core/base/index.ts";
import { noProgress } from "../../src/core/jobs/index.ts";
import type { Job, JobStore, Piece } from "../../src/core/jobs/index.ts";
import { createProject } from "../../src/core/store/index.ts";
import { memoryJobStore } from "../support/memory-job-store.ts";

const stores: readonly (readonly [string, (folder: string) => Promise<{ store: JobStore } & Disposable>])[] = [
  [
    "SQLite",
    async (folder) => {
      const surroundings = { clock: systemClock, random: randomFrom(1), logger: silentLogger, program: "a test" };
      const project = await createProject({ folder, name: "Jobs", ...surroundings });
      return { store: project.jobs, [Symbol.dispose]: () => project[Symbol.dispose]() };
    },
  ],
  ["the test double", () => Promise.resolve({ store: memoryJobStore(), [Symbol.dispose]: () => undefined })],
];

const queued = (jobId: string, more: Partial<Job> = {}): Job => ({
  jobId,
  kind: "test.work",
  resourceClass: "cpu",
  priority: 0,
  state: "queued",
  reason: "",
  input: { list: [1, null, "ü"], flag: true },
  result: undefined,
  error: undefined,
  attempts: 0,
  maxAttempts: 3,
  notBeforeMs: 0,
  leaseOwner: undefined,
  leaseUntilMs: undefined,
  fenceToken: 0,
  progress: noProgress,
  createdMs: 1000,
  startedMs: undefined,
  finishedMs: undefined,
  dependsOn: [],
  labels: {},
  ...more,
});
const free = { state: "queued", fenceToken: 0 } as const;
const held = { state: "running", fenceToken: 1 } as const;
const ids = (jobs: readonly Job[]) => jobs.map((job) => job.jobId);

describe.each(stores)("%s", (_, open) => {
  let folder = "";
  let opened: { store: JobStore } & Disposable;
  let store: JobStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "dubwright-job-store-"));
    opened = await open(folder);
    store = opened.store;
  });
  afterEach(async () => {
    opened[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const add = (...jobs: readonly Job[]) => jobs.forEach((job) => expect(store.insert(job)).toBe(true));

  test("gives back every field of a job as it was", () => {
    const full = queued("a", {
      state: "done",
      reason: "because",
      result: null,
      error: { kind: "failed", code: "x.y", message: "m", hint: "h", details: { n: [1] } },
      leaseOwner: "host",
      leaseUntilMs: 5,
      progress: { done: 1.5, total: 3, unit: "frames", stage: "decoding" },
      startedMs: 2000,
      finishedMs: 3000,
      dependsOn: ["z", "b"],
      labels: { title: "Reel 1", segmentId: "s1" },
    });
    add(full, queued("b"));
    expect(store.get("a")).toEqual(full);
    expect(store.get("b")).toEqual(queued("b"));
    expect(store.get("c")).toBeUndefined();
  });

  test("keeps the first of an id", () => {
    add(queued("a", { input: 1 }));
    expect(store.insert(queued("a", { input: 2 }))).toBe(false);
    expect(store.get("a")?.input).toBe(1);
  });

  test("changes a row only as its guard says, and clears what is given as undefined", () => {
    add(queued("a", { leaseOwner: "host" }));
    expect(store.update("a", { state: "running", fenceToken: 0 }, { attempts: 1 })).toBe(false);
    expect(store.update("a", { state: "queued", fenceToken: 1 }, { attempts: 1 })).toBe(false);
    expect(store.update("ghost", free, { attempts: 1 })).toBe(false);
    expect(store.update("a", free, { attempts: 2, leaseOwner: undefined, result: null })).toBe(true);
    expect(store.get("a")).toEqual(queued("a", { attempts: 2, leaseOwner: undefined, result: null }));
  });

  test("undoes a transaction that throws, also one inside another", () => {
    add(queued("a"));
    const failing = () =>
      store.transact(() => {
        store.update("a", free, { attempts: 7 });
        store.insert(queued("b"));
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    store.transact(() => {
      store.update("a", free, { priority: 3 });
      expect(failing).toThrow("no");
    });
    expect(store.get("a")).toMatchObject({ attempts: 0, priority: 3 });
    expect(store.get("b")).toBeUndefined();
  });

  test("lists in order of age, by state, kind and labels, the newest when limited", () => {
    add(
      queued("c", { createdMs: 3, labels: { reel: "1", title: "x" } }),
      queued("b", { createdMs: 2, state: "failed", kind: "other", labels: { reel: "1" } }),
      queued("d", { createdMs: 2 }),
    );
    expect(ids(store.list({}))).toEqual(["b", "d", "c"]);
    expect(ids(store.list({ limit: 2 }))).toEqual(["d", "c"]);
    expect(ids(store.list({ states: ["failed", "done"] }))).toEqual(["b"]);
    expect(ids(store.list({ kinds: ["test.work"] }))).toEqual(["d", "c"]);
    expect(ids(store.list({ labels: { reel: "1" } }))).toEqual(["b", "c"]);
    expect(ids(store.list({ labels: { reel: "1", title: "x" } }))).toEqual(["c"]);
  });

  test("offers the ready job of a class by priority, age and id", () => {
    const next = (nowMs = 10) => store.nextReady({ resourceClass: "cpu", nowMs })?.jobId;
    add(
      queued("later", { notBeforeMs: 11, priority: 9 }),
      queued("gpu", { resourceClass: "gpu", priority: 9 }),
      queued("running", { state: "running", priority: 9 }),
      queued("blocked", { dependsOn: ["running"], priority: 9 }),
    );
    expect(next()).toBeUndefined();
    add(queued("b", { createdMs: 5 }), queued("a", { createdMs: 5 }), queued("old", { createdMs: 1 }));
    expect(next()).toBe("old");
    add(queued("urgent", { priority: 1 }));
    expect(next()).toBe("urgent");
    expect(store.nextReady({ resourceClass: "cpu", nowMs: 10, exceptJobIds: ["urgent", "old"] })?.jobId).toBe("a");
    expect(next(11)).toBe("later");
    store.update("running", { state: "running", fenceToken: 0 }, { state: "done" });
    expect(next()).toBe("blocked");
    expect(ids(store.dependents("running"))).toEqual(["blocked"]);
  });

  test("tells whose lease is over", () => {
    add(queued("a", { ...held, leaseUntilMs: 100 }), queued("b", { ...held, leaseUntilMs: 101 }), queued("c"));
    expect(ids(store.expired(100))).toEqual(["a"]);
    expect(ids(store.expired(Number.MAX_SAFE_INTEGER))).toEqual(["a", "b"]);
  });

  test("keeps pieces under the guard, the latest of a key", () => {
    const piece = (key: string, committedMs: number, more: Partial<Piece> = {}): Piece => ({
      jobId: "a",
      key,
      files: [{ name: "x.mkv", sha256: "0".repeat(64), sizeBytes: 5 }],
      facts: { n: null },
      fenceToken: 1,
      committedMs,
      ...more,
    });
    add(queued("a", held));
    expect(store.putPiece(piece("one", 20), held)).toBe(true);
    expect(store.putPiece(piece("two", 10), held)).toBe(true);
    expect(store.putPiece(piece("two", 10, { facts: 7 }), held)).toBe(true);
    expect(store.putPiece(piece("three", 10), { state: "running", fenceToken: 2 })).toBe(false);
    expect(store.putPiece(piece("x", 10, { jobId: "ghost" }), held)).toBe(false);
    expect(store.pieces("a")).toEqual([piece("two", 10, { facts: 7 }), piece("one", 20)]);
  });

  test("keeps the log in order and gives its end", () => {
    add(queued("a"), queued("b"));
    const line = (message: string) => ({ atMs: 1, attempt: 1, level: "info", message }) as const;
    for (const message of ["1", "2", "3"]) store.appendLog("a", line(message));
    store.appendLog("b", line("other"));
    expect(store.readLog("a", 2)).toEqual([line("2"), line("3")]);
  });

  test("forgets only what has ended, with all that belongs to it", () => {
    add(queued("a", held));
    store.putPiece({ jobId: "a", key: "k", files: [], facts: null, fenceToken: 1, committedMs: 1 }, held);
    store.appendLog("a", { atMs: 1, attempt: 1, level: "info", message: "x" });
    expect(store.remove("a")).toBe(false);
    expect(store.remove("ghost")).toBe(false);
    store.update("a", held, { state: "cancelled" });
    expect(store.remove("a")).toBe(true);
    expect([store.get("a"), store.pieces("a"), store.readLog("a", 9)]).toEqual([undefined, [], []]);
  });

  test("holds a dependency for met that was done before it was forgotten", () => {
    add(queued("first", { state: "done" }), queued("then", { dependsOn: ["first"] }));
    store.remove("first");
    expect(store.nextReady({ resourceClass: "cpu", nowMs: 10 })?.jobId).toBe("then");
  });
});
