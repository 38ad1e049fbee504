// Rules of how jobs look in a terminal and in a log file.
import { expect, test } from "vitest";
import type { ContractEvent, JobProgress, JobSummary } from "../shared/contract/index.ts";
import { jobLine, showJobs } from "./job-lines.ts";
import { widthOf } from "./present/layout.ts";
import type { Terminal } from "./terminal.ts";

const progress: JobProgress = {
  jobId: "j",
  doneRatio: 0.41,
  done: 41,
  total: 100,
  unit: "frames",
  perSecond: 25,
  leftMs: 12_000,
  stage: "making the proxy",
};

const job = (changes: Partial<JobSummary>): JobSummary => ({
  jobId: "j",
  kind: "media.import",
  title: "film.mov",
  state: "running",
  priority: 0,
  attempts: 1,
  createdAt: "2026-11-20T10:00:00.000Z",
  startedAt: null,
  finishedAt: null,
  failure: null,
  result: null,
  progress,
  labels: {},
  ...changes,
});

function recorded(columnCount: number | undefined) {
  const said: string[] = [];
  const terminal = { columnCount, say: (text: string) => said.push(text) } as unknown as Terminal;
  const lines = showJobs(terminal, () => true);
  const changed = (changes: Partial<JobSummary>): ContractEvent => ({ type: "job-changed", job: job(changes) });
  return { said, lines, changed };
}

test("a running job shows what it does, how far it is, how fast, and the time left", () => {
  expect(jobLine(job({}))).toBe("film.mov  making the proxy  ████████░░░░░░░░░░░░  41 %  25 frames/s  0:12 left");
});

test("in a narrow terminal the bar gives way before the time left does", () => {
  expect(jobLine(job({}), 70)).toBe("film.mov  making the proxy  ████░░░░░░  41 %  25 frames/s  0:12 left");
  expect(widthOf(jobLine(job({}), 30))).toBeLessThanOrEqual(30);
});

test("a job of unknown length shows no bar", () => {
  const unknown = { ...progress, doneRatio: null, leftMs: null };
  expect(jobLine(job({ progress: unknown }))).toBe("film.mov  making the proxy  25 frames/s");
});

test("a failed job says why", () => {
  const failure = { kind: "failed", code: "disk.full", message: "The disk is full.", hint: "", details: {} } as const;
  expect(jobLine(job({ state: "failed", failure }))).toBe("film.mov  failed  The disk is full.");
  const advised = { ...failure, hint: "Make room." };
  expect(jobLine(job({ state: "failed", failure: advised }))).toBe("film.mov  failed  The disk is full. Make room.");
});

test("without a terminal each new stage is one line, and progress is none", () => {
  const { said, lines, changed } = recorded(undefined);
  lines.hear(changed({}));
  lines.hear({ type: "job-progressed", progress: { ...progress, done: 60 } });
  lines.hear({ type: "job-progressed", progress: { ...progress, stage: "drawing the waveform" } });
  lines.hear(changed({ state: "done" }));
  expect(said).toEqual(["film.mov: making the proxy\n", "film.mov: drawing the waveform\n", "film.mov: done\n"]);
});

test("in a terminal live lines are drawn over, ended ones stay", () => {
  const { said, lines, changed } = recorded(80);
  lines.hear(changed({}));
  lines.hear({ type: "job-progressed", progress });
  lines.hear(changed({ state: "done" }));
  lines.finish();
  const live = `${jobLine(job({}))}\n`;
  const [up, clear] = ["\u001b[1A", "\u001b[0J"];
  expect(said).toEqual([clear + live, up + clear + live, `${up}${clear}film.mov  done\n`, clear]);
});
