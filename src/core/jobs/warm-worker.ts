// One worker process and what it is doing: waiting for its first word, one job, or idle until it is no longer needed.
import { failed, toFailureData } from "../../shared/failure/index.ts";
import type { Clock, Logger } from "../base/index.ts";
import type { JobRun, RunEars, RunEnd } from "./job-runner.ts";
import { later } from "./later.ts";
import type { JobOrder, WorkerMessage } from "./messages.ts";
import { describeExit, startWorkerProcess } from "./worker-process.ts";
import type { WorkerCommand, WorkerExit, WorkerProcess } from "./worker-process.ts";

export type WorkerTimes = {
  /** How long a process may take to its first word. */
  readonly readyMs: number;
  /** How long a stopped job may take to end by itself, its worker staying warm. */
  readonly stopGraceMs: number;
  /** How long a worker may take from SIGTERM to its end before SIGKILL. */
  readonly endGraceMs: number;
  /** How long an idle worker is kept, with its models and its GPU memory. */
  readonly keepIdleMs: number;
};

export const defaultWorkerTimes: WorkerTimes = {
  readyMs: 60_000,
  stopGraceMs: 3_000,
  endGraceMs: 3_000,
  keepIdleMs: 600_000,
};

type Tools = { readonly clock: Clock; readonly logger: Logger; readonly times: WorkerTimes };

type Task = {
  readonly order: JobOrder;
  readonly ears: RunEars;
  readonly ended: PromiseWithResolvers<RunEnd>;
  isSent: boolean;
  isStopping: boolean;
};

export class WarmWorker {
  readonly resourceClass: string;
  readonly exited: Promise<WorkerExit>;
  readonly #process: WorkerProcess;
  readonly #tools: Tools;
  #state: "starting" | "ready" | "ending" = "starting";
  #task: Task | undefined;
  #callOffTimer: () => void;

  constructor(resourceClass: string, command: WorkerCommand, tools: Tools) {
    this.resourceClass = resourceClass;
    this.#tools = tools;
    const ears = {
      onMessage: (message: WorkerMessage) => this.#hear(message),
      onNonsense: (why: string) => {
        this.#state = "ending";
        this.#settle(nonsense(why));
      },
    };
    this.#process = startWorkerProcess(command, ears, tools);
    this.#callOffTimer = later(tools.clock, tools.times.readyMs, () => void this.end());
    this.exited = this.#process.exited.then((exit) => {
      this.#state = "ending";
      this.#callOffTimer();
      this.#settle(died(exit));
      return exit;
    });
  }

  /** Whether it can take a job now. */
  get isIdle(): boolean {
    return this.#state === "ready" && this.#task === undefined;
  }

  /** Takes a job; the worker is idle or has just been made. */
  start(order: JobOrder, ears: RunEars): JobRun {
    const task: Task = { order, ears, ended: Promise.withResolvers(), isSent: false, isStopping: false };
    this.#task = task;
    if (this.#state === "ready") this.#sendTask();
    return { ended: task.ended.promise, stop: (reason) => this.#stop(task, reason) };
  }

  end(): Promise<WorkerExit> {
    this.#state = "ending";
    this.#callOffTimer();
    return this.#process.end(this.#tools.times.endGraceMs);
  }

  #sendTask(): void {
    this.#callOffTimer();
    if (this.#task === undefined) {
      this.#waitIdle();
      return;
    }
    this.#task.isSent = true;
    this.#process.send({ type: "start", order: this.#task.order });
  }

  #stop(task: Task, reason: string): void {
    if (this.#task !== task || task.isStopping) return;
    task.isStopping = true;
    if (!task.isSent) {
      this.#settle(stopped(reason));
      return;
    }
    this.#process.send({ type: "stop", runId: task.order.runId, reason });
    const { clock, times } = this.#tools;
    const callOff = later(clock, times.stopGraceMs, () => void this.end());
    void task.ended.promise.then(callOff);
  }

  #hear(message: WorkerMessage): void {
    if (message.type === "ready") {
      if (this.#state !== "starting") return;
      this.#state = "ready";
      this.#sendTask();
      return;
    }
    const task = this.#task;
    if (task?.order.runId !== message.runId) return;
    if (message.type === "progress") task.ears.onProgress(message.progress);
    else if (message.type === "log") task.ears.onLog(message.level, message.message);
    else if (message.type === "piece") {
      const failure = task.ears.onPiece(message.piece) ?? null;
      this.#process.send({ type: "piece-answer", askId: message.askId, failure });
    } else if (message.type === "done") this.#finish({ type: "done", result: message.result });
    else this.#finish({ type: "failed", error: message.error });
  }

  #finish(end: RunEnd): void {
    this.#task?.ended.resolve(end);
    this.#task = undefined;
    if (this.#state !== "ready") return;
    if (staysFit(end)) this.#waitIdle();
    else void this.end();
  }

  #waitIdle(): void {
    const { clock, times } = this.#tools;
    this.#callOffTimer = later(clock, times.keepIdleMs, () => void this.end());
  }

  #settle(end: RunEnd): void {
    this.#task?.ended.resolve(end);
    this.#task = undefined;
  }
}

/**
 * After a failure of the world (a lost device, memory run out) a process may be broken for good: an ONNX Runtime session
 * is. It is replaced; one that did its job, refused it or was stopped stays warm.
 */
const staysFit = (end: RunEnd): boolean =>
  end.type === "done" || end.error.kind === "refused" || end.error.code === "jobs.stopped";

const failedRun = (thrown: Error): RunEnd => ({ type: "failed", error: toFailureData(thrown) });

const stopped = (reason: string): RunEnd =>
  failedRun(failed("jobs.stopped", { message: `The job was stopped: ${reason}.` }));

function died(exit: WorkerExit): RunEnd {
  if (exit.startError !== undefined) {
    const message = `The worker could not be started: ${exit.startError.message}.`;
    const hint = "Close other programs, then try again; reinstall if it stays so.";
    return failedRun(failed("jobs.no-worker", { message, hint, cause: exit.startError }));
  }
  return failedRun(
    failed("jobs.worker-died", {
      message: `The worker died while it did the job: ${describeExit(exit)}.`,
      hint: "The job's log has the end of what it wrote.",
      details: { exitCode: exit.exitCode ?? null, signal: exit.signalName ?? null, stderr: exit.stderrTail },
    }),
  );
}

const nonsense = (why: string): RunEnd =>
  failedRun(
    failed("jobs.worker-nonsense", {
      message: "The worker sent what is no message and was ended.",
      hint: "Please report this with the log.",
      details: { why },
    }),
  );
