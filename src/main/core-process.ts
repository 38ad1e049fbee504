// The core host as a child of the shell: plain Node, started again when it dies, told to end when the shell does.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { Clock, Logger } from "../core/base/index.ts";
import { ipcEndOf, linkToHost } from "../core/commands/index.ts";
import type { HostLink } from "../core/commands/index.ts";
import { trimLog } from "./log-file.ts";

export type CoreProcessOptions = {
  /** The Node binary beside the application, or the project's own; never Electron itself. */
  readonly nodePath: string;
  readonly hostEntry: string;
  /** Where the core keeps settings and recent projects. */
  readonly appDataFolder: string;
  /** The host's log: what it writes to stderr is appended here. */
  readonly logPath: string;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type CoreProcess = Disposable & {
  /** The link to the host that runs now; a fresh one after a crash. */
  readonly link: () => HostLink;
};

/** Restarts wait a little longer each time, up to this; a host that ran for a minute starts the count anew. */
const maxBackoffMs = 10_000;
const soundRunMs = 60_000;

export const backoffMs = (crashes: number): number => Math.min(maxBackoffMs, 250 * 2 ** Math.max(0, crashes - 1));

/** Variables that a child of ours has no use for and that would change what its Node runs. */
const strippedVariables = ["NODE_OPTIONS", "NODE_PATH", "ELECTRON_RUN_AS_NODE"];

export const childEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !strippedVariables.includes(name)));

export function startCoreProcess(options: CoreProcessOptions): CoreProcess {
  const { clock, logger } = options;
  let crashes = 0;
  let isEnding = false;
  let running = spawnHost(options);

  function watch(child: ChildProcess): void {
    const startedMs = clock.monotonicMs();
    const startAgain = (code: number | null, signal: string | null) => {
      if (isEnding) return;
      crashes = clock.monotonicMs() - startedMs > soundRunMs ? 1 : crashes + 1;
      logger.error("the core host ended and is started again", { code, signal, crashes });
      void clock.sleep(backoffMs(crashes)).then(() => {
        if (isEnding) return;
        running = spawnHost(options);
        watch(running.child);
      });
    };
    child.once("exit", startAgain);
    // One that could not be started (no processes left, for a moment) has no exit to tell of.
    child.once("error", () => {
      if (child.pid === undefined) startAgain(null, null);
    });
  }
  watch(running.child);

  return {
    link: () => running.link,
    [Symbol.dispose]: () => {
      isEnding = true;
      if (running.child.connected) running.child.disconnect(); // the host ends by itself when its parent is gone
    },
  };
}

function spawnHost(options: CoreProcessOptions): { child: ChildProcess; link: HostLink } {
  const { nodePath, hostEntry, appDataFolder, logPath, logger } = options;
  // The file itself and no pipe: a host that outlives its shell for a moment can still say what went wrong.
  trimLog(logPath);
  const log = openSync(logPath, "a");
  try {
    const child = spawn(nodePath, [hostEntry], {
      stdio: ["ignore", "inherit", log, "ipc"],
      env: { ...childEnvironment(process.env), DUBWRIGHT_APP_DATA: appDataFolder },
      windowsHide: true,
    });
    child.on("error", (error) => logger.error("the core host could not be started", { nodePath, error }));
    return { child, link: linkToHost(ipcEndOf(child)) };
  } finally {
    closeSync(log);
  }
}
