// The JobStore over SQLite does what core/jobs asks for, call by call the same as a model in memory.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Job, JobChanges, JobFilter, JobState, JobStore } from "../../../shared/project/index.ts";
import { noProgress } from "../../../shared/project/index.ts";
import { memoryJobStore } from "../../../../test/support/memory-job-store.ts";
import { makeTempProject } from "../../../../test/support/temp-project.ts";

const job = (jobId: string, changes: Partial<Job> = {}): Job => ({
  jobId,
  kind: "media.import",
  resourceClass: "media",
  priority: 0,
  state: "queued",
  reason: "",
  input: { path: "/films/a.mov" },
  result: undefined,
  error: undefined,
  attempts: 0,
  maxAttempts: 3,
  notBeforeMs: 0,
  leaseOwner: undefined,
  leaseUntilMs: undefined,
  fenceToken: 0,
  progress: noProgress,
  createdMs: 0,
  startedMs: undefined,
  finishedMs: undefined,
  dependsOn: [],
  labels: {},
  ...changes,
});

const states: readonly JobState[] = ["queued", "running", "paused", "done", "failed", "cancelled"];
const jobId = fc.constantFrom("a", "b", "c", "d", "e");
const state = fc.constantFrom(...states);
const instantMs = fc.integer({ min: 0, max: 5 });
const label = fc.dictionary(fc.constantFrom("segmentId", "versionId"), fc.constantFrom("x", "y"));
const guard = fc.record({ state, fenceToken: fc.integer({ min: 0, max: 1 }) });

const anyJob = fc
  .record({
    jobId,
    state,
    kind: fc.constantFrom("media.import", "lipsync.take"),
    resourceClass: fc.constantFrom("media", "gpu"),
    priority: fc.integer({ min: -1, max: 2 }),
    createdMs: instantMs,
    notBeforeMs: instantMs,
    fenceToken: fc.integer({ min: 0, max: 1 }),
    leaseUntilMs: fc.option(instantMs, { nil: undefined }),
    dependsOn: fc.uniqueArray(jobId, { maxLength: 2 }),
    labels: label,
    result: fc.constantFrom(undefined, null, 0, "text", { deep: [1, null] }),
  })
  .map(({ jobId: id, ...changes }) => job(id, changes));

const changes: fc.Arbitrary<JobChanges> = fc.record(
  {
    state,
    priority: fc.integer({ min: -1, max: 2 }),
    reason: fc.constantFrom("", "paused by the editor"),
    result: fc.constantFrom(undefined, null, { frames: 24 }),
    leaseOwner: fc.constantFrom(undefined, "scheduler-1"),
    leaseUntilMs: fc.option(instantMs, { nil: undefined }),
    fenceToken: fc.integer({ min: 0, max: 1 }),
    progress: fc.constant({ done: 3, total: 10, unit: "frames", stage: "decoding" }),
    error: fc.constantFrom(undefined, { kind: "failed" as const, code: "x", message: "m", hint: "", details: {} }),
  },
  { requiredKeys: [] },
);

const filter: fc.Arbitrary<JobFilter> = fc.record(
  {
    states: fc.subarray([...states]),
    kinds: fc.subarray(["media.import", "lipsync.take"]),
    labels: label,
    limit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
);

type Call = (store: JobStore) => unknown;
const call = <Input>(arbitrary: fc.Arbitrary<Input>, make: (input: Input) => Call): fc.Arbitrary<Call> =>
  arbitrary.map((input) => Object.assign(make(input), { toString: () => JSON.stringify(input) }));

const entry = fc.record({
  atMs: instantMs,
  attempt: fc.integer({ min: 1, max: 2 }),
  level: fc.constantFrom("info" as const, "error" as const),
  message: fc.string({ maxLength: 5 }),
});

const calls = fc.oneof(
  call(anyJob, (each) => (store) => store.insert(each)),
  call(fc.tuple(jobId, guard, changes), (input) => (store) => store.update(...input)),
  call(jobId, (id) => (store) => store.get(id)),
  call(filter, (each) => (store) => store.list(each)),
  call(
    fc.record({ resourceClass: fc.constantFrom("media", "gpu"), nowMs: instantMs }),
    (query) => (store) => store.nextReady(query),
  ),
  call(instantMs, (nowMs) => (store) => store.expired(nowMs)),
  call(jobId, (id) => (store) => store.dependents(id)),
  call(
    fc.tuple(jobId, fc.constantFrom("shot-1", "shot-2"), guard, instantMs),
    ([id, key, each, committedMs]) =>
      (store) =>
        store.putPiece({ jobId: id, key, files: [], facts: { committedMs }, fenceToken: 0, committedMs: 0 }, each),
  ),
  call(fc.tuple(jobId, entry), ([id, line]) => (store) => {
    if (store.get(id)) store.appendLog(id, line);
  }),
  call(fc.tuple(jobId, fc.integer({ min: 1, max: 3 })), (input) => (store) => store.readLog(...input)),
);

const byKey = (store: JobStore, id: string) => store.pieces(id).toSorted((a, b) => (a.key < b.key ? -1 : 1));

test("any sequence of calls answers what the model in memory answers", async () => {
  await using temp = await makeTempProject();
  const real = temp.project.jobs;
  fc.assert(
    fc.property(fc.array(calls, { maxLength: 40 }), (sequence) => {
      const model = memoryJobStore();
      try {
        for (const each of sequence) expect(each(real)).toEqual(each(model));
        for (const id of ["a", "b", "c", "d", "e"]) expect(byKey(real, id)).toEqual(byKey(model, id));
      } finally {
        clear(real);
      }
    }),
    { numRuns: 60 },
  );
});

function clear(store: JobStore): void {
  store.transact(() => {
    for (const { jobId: id, state: from, fenceToken } of store.list({})) {
      store.update(id, { state: from, fenceToken }, { state: "cancelled" });
      store.remove(id);
    }
  });
}

describe("remove", () => {
  test("an ended job goes with its pieces and log, and no other job does", async () => {
    await using temp = await makeTempProject();
    const { jobs } = temp.project;
    jobs.insert(job("a", { state: "running" }));
    expect(jobs.remove("a")).toBe(false);
    jobs.putPiece(
      { jobId: "a", key: "k", files: [], facts: null, fenceToken: 0, committedMs: 1 },
      { state: "running", fenceToken: 0 },
    );
    jobs.appendLog("a", { atMs: 1, attempt: 1, level: "info", message: "hello" });
    jobs.update("a", { state: "running", fenceToken: 0 }, { state: "done" });
    expect(jobs.remove("a")).toBe(true);
    expect(jobs.get("a")).toBeUndefined();
    expect(jobs.pieces("a")).toEqual([]);
    expect(jobs.readLog("a", 10)).toEqual([]);
  });

  test("a dependency that was done stays met when its job is forgotten; one that failed stays unmet", async () => {
    await using temp = await makeTempProject();
    const { jobs } = temp.project;
    jobs.insert(job("done", { state: "done" }));
    jobs.insert(job("failed", { state: "failed" }));
    jobs.insert(job("after-done", { dependsOn: ["done"] }));
    jobs.insert(job("after-failed", { dependsOn: ["failed"], priority: 9 }));
    jobs.remove("done");
    jobs.remove("failed");
    expect(jobs.nextReady({ resourceClass: "media", nowMs: 0 })?.jobId).toBe("after-done");
    expect(jobs.get("after-done")?.dependsOn).toEqual(["done"]);
  });
});

test("jobs survive a restart", async () => {
  await using temp = await makeTempProject();
  const full = job("a", { labels: { title: "Reel 1" }, dependsOn: ["b", "a0"], result: { takeId: "take:x" } });
  temp.project.jobs.insert(full);
  expect((await temp.reopen()).jobs.get("a")).toEqual(full);
});

test("work that throws within a transaction keeps none of its rows", async () => {
  await using temp = await makeTempProject();
  const { jobs } = temp.project;
  const outer = () =>
    jobs.transact(() => {
      jobs.insert(job("a"));
      expect(() =>
        jobs.transact(() => {
          jobs.insert(job("b"));
          throw new Error("inner");
        }),
      ).toThrow("inner");
      expect(jobs.list({}).map((each) => each.jobId)).toEqual(["a"]);
      throw new Error("outer");
    });
  expect(outer).toThrow("outer");
  expect(jobs.list({})).toEqual([]);
});
