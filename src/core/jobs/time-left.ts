// How fast a job goes and how long it still takes, smoothed so that the number on the screen can be believed.
import type { JobProgress } from "./job.ts";

/** What is remembered between two reports of progress. Times are monotonic milliseconds. */
export type Pace = {
  readonly startedMs: number;
  readonly startedDone: number;
  readonly atMs: number;
  readonly done: number;
  /** Units per second; undefined until two reports are far enough apart. */
  readonly perSecond: number | undefined;
};

export type TimeLeft = {
  readonly perSecond: number | undefined;
  readonly timeLeftMs: number | undefined;
};

// Half of what is believed comes from the last 14 s: long enough to ride out one slow shot, short enough to notice a change.
const smoothingMs = 20_000;
const shortestStepMs = 100;
// A program that starts up gives its first frame late: from that alone a minute's work would be told as an hour's.
const leastSeenRatio = 0.01;
const leastSeenMs = 5000;

export const startPace = (done: number, atMs: number): Pace => ({
  startedMs: atMs,
  startedDone: done,
  atMs,
  done,
  perSecond: undefined,
});

/**
 * The pace after one more report: the plain average while little is known, an exponential average with a time constant
 * of `smoothingMs` later, whatever the distance between reports. Work that goes back (another attempt) begins anew.
 */
export function updatePace(pace: Pace, done: number, atMs: number): Pace {
  if (done < pace.done) return startPace(done, atMs);
  const stepMs = atMs - pace.atMs;
  if (stepMs < shortestStepMs) return pace;
  const stepPerSecond = ((done - pace.done) * 1000) / stepMs;
  const weight = Math.max(1 - Math.exp(-stepMs / smoothingMs), stepMs / (atMs - pace.startedMs));
  const before = pace.perSecond ?? stepPerSecond;
  return { ...pace, atMs, done, perSecond: before + weight * (stepPerSecond - before) };
}

/** Undefined while the total or the pace isn't known, too little was seen of it, or nothing moves. Runs down between reports, never below 0. */
export function timeLeftAt(pace: Pace, progress: JobProgress, nowMs: number): TimeLeft {
  const { perSecond } = pace;
  if (perSecond === undefined || perSecond <= 0 || progress.total <= 0) return { perSecond, timeLeftMs: undefined };
  const seenRatio = (pace.done - pace.startedDone) / progress.total;
  if (seenRatio < leastSeenRatio && pace.atMs - pace.startedMs < leastSeenMs)
    return { perSecond, timeLeftMs: undefined };
  const wholeMs = (Math.max(0, progress.total - pace.done) * 1000) / perSecond;
  return { perSecond, timeLeftMs: Math.max(0, Math.round(wholeMs - (nowMs - pace.atMs))) };
}
