// The list of jobs: newest first, each once, its progress kept.
import { expect, test } from "vitest";
import type { JobSummary } from "../../shared/contract/index.ts";
import { applyToJobs, inOrderOfWork, isActive, isOver } from "./job-list.ts";

const jobAt = (jobId: string, createdAt: string): JobSummary => ({
  jobId,
  kind: "media.import",
  title: "film.mov",
  state: "queued",
  priority: 0,
  attempts: 0,
  createdAt,
  startedAt: null,
  finishedAt: null,
  failure: null,
  result: null,
  progress: null,
  labels: {},
});
const older = jobAt("a", "2026-01-01T00:00:00.000Z");
const newer = jobAt("b", "2026-01-02T00:00:00.000Z");

test("a new job stands where its age puts it, whenever it is announced", () => {
  expect(applyToJobs([newer], older)).toEqual([newer, older]);
  expect(applyToJobs([older], newer)).toEqual([newer, older]);
});

test("a job that is announced again keeps its place, and its progress when none is told", () => {
  const progress = {
    jobId: "a",
    doneRatio: 0.5,
    done: 1,
    total: 2,
    unit: "frames",
    perSecond: 1,
    leftMs: 1,
    stage: "",
  };
  const [, seen] = applyToJobs([newer, { ...older, progress }], { ...older, state: "paused" });
  expect(seen).toMatchObject({ state: "paused", progress });
});

test("every state is either active, over, or paused", () => {
  for (const state of ["queued", "running", "done", "failed", "cancelled"] as const)
    expect(isActive({ ...older, state })).toBe(!isOver({ ...older, state }));
  expect([isActive({ ...older, state: "paused" }), isOver({ ...older, state: "paused" })]).toEqual([false, false]);
});

test("what runs stands first, then what waits in its turn, then what is held, then what is over, newest first", () => {
  const jobs = (
    [
      ["done-1", "done", 1],
      ["failed-2", "failed", 2],
      ["paused-3", "paused", 3],
      ["queued-4", "queued", 4],
      ["queued-5", "queued", 5],
      ["running-6", "running", 6],
    ] as const
  ).map(([jobId, state, day]) => ({ ...jobAt(jobId, `2026-01-0${day}T00:00:00.000Z`), state }));
  expect(inOrderOfWork(jobs).map(({ jobId }) => jobId)).toEqual([
    "running-6",
    "queued-4",
    "queued-5",
    "paused-3",
    "failed-2",
    "done-1",
  ]);
});
