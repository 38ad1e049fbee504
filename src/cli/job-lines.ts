// Jobs at work, as lines at the bottom of a terminal; without one, as a line whenever a job begins something new.
import type { ContractEvent, JobProgress, JobSummary } from "../shared/contract/index.ts";
import { countText, durationText, fitTo, widthOf } from "./present/layout.ts";
import type { Terminal } from "./terminal.ts";

export type JobLines = {
  readonly hear: (event: ContractEvent) => void;
  /** Leaves the last state of the lines standing and goes on below. */
  readonly finish: () => void;
};

/** Only jobs that `isOurs` says so of are shown. */
export function showJobs(terminal: Terminal, isOurs: (job: JobSummary) => boolean): JobLines {
  const jobs = new Map<string, JobSummary>();
  const draw = terminal.columnCount === undefined ? writeNews(terminal) : redraw(terminal, terminal.columnCount);
  return {
    hear: (event) => {
      if (event.type === "job-changed" && isOurs(event.job)) jobs.set(event.job.jobId, event.job);
      else if (event.type === "job-progressed") {
        const job = jobs.get(event.progress.jobId);
        if (!job) return;
        jobs.set(job.jobId, { ...job, progress: event.progress });
      } else return;
      draw([...jobs.values()]);
    },
    finish: () => draw([...jobs.values()]),
  };
}

/** Ended jobs scroll away above; the others stay in place below. */
function redraw(terminal: Terminal, columnCount: number): (jobs: readonly JobSummary[]) => void {
  const told = new Set<string>();
  let liveCount = 0;
  return (jobs) => {
    const ended = jobs.filter((job) => isOver(job) && !told.has(job.jobId));
    const live = jobs.filter((job) => !isOver(job));
    for (const job of ended) told.add(job.jobId);
    const lines = [...ended, ...live].map((job) => jobLine(job, columnCount - 1));
    // Up to the first live line, then clear to the end of the screen (ECMA-48: CUU, ED).
    const up = liveCount === 0 ? "" : `\u001b[${liveCount}A`;
    terminal.say(`${up}\u001b[0J${lines.map((line) => `${line}\n`).join("")}`);
    liveCount = live.length;
  };
}

function writeNews(terminal: Terminal): (jobs: readonly JobSummary[]) => void {
  const told = new Map<string, string>();
  return (jobs) => {
    for (const job of jobs) {
      const news = job.state === "running" ? (job.progress?.stage ?? "") : job.state;
      if (news === "" || told.get(job.jobId) === news) continue;
      told.set(job.jobId, news);
      terminal.say(`${job.title}: ${news}${job.failure && isOver(job) ? `: ${failureText(job.failure)}` : ""}\n`);
    }
  };
}

const failureText = ({ message, hint }: NonNullable<JobSummary["failure"]>): string => `${message} ${hint}`.trimEnd();

export const isOver = ({ state }: JobSummary): boolean =>
  state === "done" || state === "failed" || state === "cancelled";

/** The bar gives way first: how long it takes is what a person looks for. */
const barWidths = [20, 10, 5] as const;

/** "film.mov  drawing the waveform  ████████░░░░░░░░░░░░  41 %  1.2 M samples/s  0:12 left", within `width` columns. */
export function jobLine({ title, state, progress, failure }: JobSummary, width = Number.POSITIVE_INFINITY): string {
  if (state !== "running") return fitTo([title, state, ...(failure ? [failureText(failure)] : [])].join("  "), width);
  const lines = barWidths.map((barWidth) =>
    [title, ...(progress ? progressParts(progress, barWidth) : ["starting"])].filter((part) => part !== "").join("  "),
  );
  return lines.find((line) => widthOf(line) <= width) ?? fitTo(lines.at(-1) ?? "", width);
}

function progressParts(
  { stage, doneRatio, perSecond, leftMs, unit }: JobProgress,
  barWidth: number,
): readonly string[] {
  const rate = perSecond === null || perSecond === 0 || unit === "" ? "" : `${countText(perSecond)} ${unit}/s`;
  if (doneRatio === null) return [stage, rate];
  const filled = Math.round(doneRatio * barWidth);
  const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
  return [stage, bar, `${Math.floor(doneRatio * 100)} %`, rate, leftMs === null ? "" : `${durationText(leftMs)} left`];
}
