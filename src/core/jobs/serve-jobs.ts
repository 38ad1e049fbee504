// The worker's side: a process that stays warm, does one job at a time and exits when its parent has gone.
import { failed, fromFailureData, refused, toFailureData } from "../../shared/failure/index.ts";
import type { FailureData } from "../../shared/failure/index.ts";
import { collectingLogger, killPoint, randomFrom } from "../base/index.ts";
import type { Clock, Logger, Progress, Random } from "../base/index.ts";
import type { JobProgress, JsonValue } from "./job.ts";
import { noProgress } from "./job.ts";
import { hostMessageSchema } from "./messages.ts";
import type { JobOrder, StoredPiece, WorkerMessage } from "./messages.ts";
import {
  attemptFolder,
  contentPath,
  findStoredPieces,
  jobTempFolder,
  makeAttemptFolder,
  storePiece,
  sweepAttempts,
} from "./piece-files.ts";
import type { StagedPiece } from "./piece-files.ts";

/** A committed piece with the absolute paths of its files, in the order of `files`. */
export type CommittedPiece = StoredPiece & { readonly paths: readonly string[] };

/** What a job's function is handed instead of reaching for it. */
export type JobContext = {
  readonly jobId: string;
  readonly kind: string;
  readonly resourceClass: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** Aborted when the job is paused, cancelled or lost; a few seconds later the process is killed. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** What the job is at now, in one English phrase: "finding shots". */
  readonly stage: (phrase: string) => void;
  readonly log: Logger;
  /** An empty folder of this attempt alone. Gone after it. */
  readonly folder: string;
  /** Pieces that are committed already, by key: those of earlier attempts and those of this one. */
  readonly pieces: ReadonlyMap<string, CommittedPiece>;
  /** Stores and commits a piece made in `folder`. Throws "jobs.lost" when the job is no longer this attempt's. */
  readonly commitPiece: (piece: StagedPiece) => Promise<CommittedPiece>;
  /** Seeded by the job's id: every attempt draws the same numbers. */
  readonly random: Random;
  readonly clock: Clock;
};

export type JobFunction = (input: JsonValue, context: JobContext) => Promise<JsonValue>;

/** Job kind -> what does it. The wiring room fills it; this room knows no kind. */
export type JobFunctions = Readonly<Record<string, JobFunction>>;

const progressEveryMs = 250;

/**
 * Serves jobs to the parent process until it disconnects. Call once, as the last thing of a worker's entry module. The
 * process must have been started by `createWorkerPool`.
 */
export function serveJobs(functions: JobFunctions, clock: Clock): void {
  const asks = new Map<number, (failure: FailureData | null) => void>();
  let running: { readonly runId: string; readonly controller: AbortController } | undefined;

  process.on("message", (received: unknown) => {
    const message = hostMessageSchema.parse(received);
    if (message.type === "piece-answer") {
      asks.get(message.askId)?.(message.failure);
      asks.delete(message.askId);
    } else if (message.type === "stop") {
      if (running?.runId === message.runId) {
        running.controller.abort(failed("jobs.stopped", { message: `The job was stopped: ${message.reason}.` }));
      }
    } else {
      const run = { runId: message.order.runId, controller: new AbortController() };
      running = run;
      void doJob(message.order, { functions, clock, asks, signal: run.controller.signal }).then((answer) => {
        if (running === run) running = undefined;
        send(answer);
      });
    }
  });
  // Without a parent nobody takes the result, and nobody ends the helpers this job has started.
  process.on("disconnect", () => endOwnGroup());
  send({ type: "ready", kinds: Object.keys(functions) });
}

type Serving = {
  readonly functions: JobFunctions;
  readonly clock: Clock;
  readonly asks: Map<number, (failure: FailureData | null) => void>;
  readonly signal: AbortSignal;
};

async function doJob(order: JobOrder, serving: Serving): Promise<WorkerMessage> {
  const { runId } = order;
  try {
    const doKind = serving.functions[order.kind];
    if (doKind === undefined) {
      throw refused("jobs.unknown-kind", {
        message: `No function does jobs of the kind "${order.kind}".`,
        hint: "The job may have been queued by a newer version of the program.",
      });
    }
    const { context, flushProgress } = await makeContext(order, serving);
    const result = await doKind(order.input, context);
    flushProgress();
    killPoint("jobs.worker.done");
    return { type: "done", runId, result };
  } catch (error) {
    return { type: "failed", runId, error: toFailureData(error) };
  }
}

async function makeContext(order: JobOrder, serving: Serving) {
  const { runId, jobId, contentFolder } = order;
  const folder = attemptFolder(order.tempFolder, jobId, order.fenceToken);
  const log = collectingLogger(order.kind, ({ level, message, fields }) => {
    const suffix = Object.keys(fields).length === 0 ? "" : ` ${JSON.stringify(fields)}`;
    send({ type: "log", runId, level, message: message + suffix });
  });
  const withPaths = (piece: StoredPiece): CommittedPiece => ({
    ...piece,
    paths: piece.files.map((file) => contentPath(contentFolder, file)),
  });
  const pieces = new Map(order.pieces.map((piece) => [piece.key, withPaths(piece)]));
  const commit = async (piece: StoredPiece): Promise<CommittedPiece> => {
    await askToCommit(runId, piece, serving.asks);
    killPoint("jobs.piece.committed");
    const committed = withPaths(piece);
    pieces.set(piece.key, committed);
    return committed;
  };
  await makeAttemptFolder(folder);
  await adoptPieces(order, { commit, log, has: (key) => pieces.has(key) });
  const { report, flushProgress } = throttledProgress(runId, serving.clock);
  const context: JobContext = {
    jobId,
    kind: order.kind,
    resourceClass: order.resourceClass,
    attempt: order.attempt,
    signal: serving.signal,
    progress: (done, total, unit) => report({ done, total, unit }),
    stage: (stage) => report({ stage }),
    log,
    folder,
    pieces,
    commitPiece: async (staged) => {
      serving.signal.throwIfAborted();
      return commit(await storePiece(staged, { attemptFolder: folder, contentFolder }));
    },
    random: randomFrom(seedOf(jobId)),
    clock: serving.clock,
  };
  return { context, flushProgress };
}

/** Commits what earlier attempts had stored but not committed when they died, then removes their folders. */
async function adoptPieces(
  order: JobOrder,
  by: { commit: (piece: StoredPiece) => Promise<unknown>; log: Logger; has: (key: string) => boolean },
): Promise<void> {
  const jobFolder = jobTempFolder(order.tempFolder, order.jobId);
  const reject = (path: string, why: string) => by.log.warn(`A piece was not adopted: ${why}.`, { path });
  for (const piece of await findStoredPieces({ jobFolder, contentFolder: order.contentFolder }, reject)) {
    if (by.has(piece.key)) continue;
    await by.commit(piece);
    by.log.info(`Adopted the piece ${piece.key} of an earlier attempt.`);
  }
  await sweepAttempts(jobFolder, order.fenceToken);
}

let lastAskId = 0;

async function askToCommit(runId: string, piece: StoredPiece, asks: Serving["asks"]): Promise<void> {
  lastAskId += 1;
  const askId = lastAskId;
  const answer = new Promise<FailureData | null>((resolve) => asks.set(askId, resolve));
  send({ type: "piece", runId, askId, piece });
  const failure = await answer;
  if (failure !== null) throw fromFailureData(failure);
}

function throttledProgress(runId: string, clock: Clock) {
  let latest: JobProgress = noProgress;
  let sent: JobProgress = noProgress;
  let sentMs = -Infinity;
  const flushProgress = () => {
    if (sent === latest) return;
    sent = latest;
    sentMs = clock.monotonicMs();
    send({ type: "progress", runId, progress: latest });
  };
  const report = (change: Partial<JobProgress>) => {
    latest = { ...latest, ...change };
    if (clock.monotonicMs() - sentMs >= progressEveryMs || change.stage !== undefined) flushProgress();
  };
  return { report, flushProgress };
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo 1991). */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function send(message: WorkerMessage): void {
  // A parent that has gone is told by "disconnect"; the channel's error would only say it a second time.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** Ends this process and all it has started; `createWorkerPool` made it the leader of its own process group. */
function endOwnGroup(): void {
  if (process.platform !== "win32") {
    try {
      process.kill(-process.pid, "SIGKILL");
    } catch (error) {
      // ESRCH: started by hand, so it leads no group and has only itself to end.
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
  process.exit(1);
}
