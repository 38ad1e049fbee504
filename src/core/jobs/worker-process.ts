// One worker process: started as the leader of its own group, heard through checked messages, ended with all it started.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Clock, Logger } from "../base/index.ts";
import { later } from "./later.ts";
import { workerMessageSchema } from "./messages.ts";
import type { HostMessage, WorkerMessage } from "./messages.ts";

export type WorkerCommand = {
  /** A plain Node binary. */
  readonly nodePath: string;
  /** The module that calls `serveJobs`. */
  readonly entryPath: string;
  /** The worker's whole environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

export type WorkerExit = {
  readonly exitCode: number | undefined;
  readonly signalName: string | undefined;
  /** Why it could not be started at all. */
  readonly startError: Error | undefined;
  /** The end of what it wrote to stderr. */
  readonly stderrTail: string;
};

export type WorkerProcess = {
  readonly send: (message: HostMessage) => void;
  /** Asks the whole group to end, and ends it when it hasn't after `graceMs`. */
  readonly end: (graceMs: number) => Promise<WorkerExit>;
  readonly exited: Promise<WorkerExit>;
};

export type WorkerEars = {
  readonly onMessage: (message: WorkerMessage) => void;
  /** It said something that is no message; it is on its way out. */
  readonly onNonsense: (why: string) => void;
};

const tailLength = 4000;
const lastWordsMs = 1000;

export function startWorkerProcess(
  command: WorkerCommand,
  ears: WorkerEars,
  tools: { readonly clock: Clock; readonly logger: Logger },
): WorkerProcess {
  const child = trySpawning(command);
  return child instanceof Error ? neverStarted(child) : hearAndEnd(child, ears, tools);
}

/** Without handles or processes left, spawn throws instead of telling by an event. */
function trySpawning(command: WorkerCommand): ChildProcess | Error {
  try {
    return spawn(command.nodePath, [command.entryPath], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "advanced",
      env: { ...command.environment },
      // A group of its own, so that ending it ends its helpers (ffmpeg) too. Windows has no groups: see killGroup.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (error) {
    if (error instanceof Error && "syscall" in error) return error;
    throw error;
  }
}

function neverStarted(startError: Error): WorkerProcess {
  const exited = Promise.resolve({ exitCode: undefined, signalName: undefined, startError, stderrTail: "" });
  return { send: () => undefined, end: () => exited, exited };
}

function hearAndEnd(
  child: ChildProcess,
  ears: WorkerEars,
  tools: { readonly clock: Clock; readonly logger: Logger },
): WorkerProcess {
  let stderrTail = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => tools.logger.debug(text.trimEnd()));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderrTail = (stderrTail + text).slice(-tailLength);
    tools.logger.debug(text.trimEnd());
  });
  child.on("message", (received) => {
    const message = workerMessageSchema.safeParse(received);
    if (message.success) ears.onMessage(message.data);
    else {
      ears.onNonsense(message.error.message);
      killGroup(child, "SIGKILL");
    }
  });
  const exited = new Promise<WorkerExit>((resolve) => {
    const settle = (exit: Partial<WorkerExit>) =>
      resolve({ exitCode: undefined, signalName: undefined, startError: undefined, stderrTail, ...exit });
    child.on("exit", () => {
      // What the worker had started dies with it, however it ended. Whoever escaped the group may hold the pipes open;
      // then their last words are waited for no longer than this.
      killGroup(child, "SIGKILL");
      later(tools.clock, lastWordsMs, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    });
    child.on("close", (code, signal) => settle({ exitCode: code ?? undefined, signalName: signal ?? undefined }));
    child.on("error", (startError) => {
      // A channel that breaks while the worker ends is told by "close".
      if (child.pid === undefined) settle({ startError });
    });
  });
  return {
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    exited,
    end: async (graceMs) => {
      killGroup(child, "SIGTERM");
      const callOff = later(tools.clock, graceMs, () => killGroup(child, "SIGKILL"));
      const exit = await exited;
      callOff();
      return exit;
    },
  };
}

function killGroup(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  if (process.platform === "win32") {
    if (child.exitCode === null) spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"], { windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // ESRCH: nobody of the group is left, which is what was wanted. EPERM: macOS says so of a group of zombies.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ESRCH" && code !== "EPERM") throw error;
  }
}

/** "exit code 1", "SIGSEGV", for people. */
export const describeExit = (exit: WorkerExit): string => exit.signalName ?? `exit code ${exit.exitCode}`;
