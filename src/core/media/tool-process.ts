// One ffmpeg or ffprobe process: started with an array, watched for silence and time, killed on abort, never left behind.
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { assert } from "../../shared/failure/index.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type ToolSpec = {
  readonly program: "ffmpeg" | "ffprobe";
  readonly args: readonly string[];
  readonly stdin?: "none" | "pipe";
  readonly workFolder?: string;
  readonly signal?: AbortSignal | undefined;
  /** Wall time after which the process is killed. */
  readonly timeLimitMs?: number;
  /** Time without a byte on stdout or stderr after which the process is killed. */
  readonly silenceLimitMs?: number;
  readonly onStderrLine?: (line: string) => void;
};

export type ToolReport = {
  readonly exitCode: number | undefined;
  /** Why we killed it; undefined when it ended by itself. */
  readonly stopped: "aborted" | "time-limit" | "silence" | "disposed" | undefined;
  /** The last lines of stderr, oldest first. */
  readonly stderrTail: readonly string[];
  readonly errorLineCount: number;
  readonly firstErrorLine: string | undefined;
};

const stderrTailLines = 40;
const maxLineLength = 4000;

/** A running tool. `done` never rejects; disposing kills what still runs and waits for its end. */
export class ToolProcess implements AsyncDisposable {
  readonly stdout: Readable;
  readonly done: Promise<ToolReport>;
  readonly #child: ReturnType<typeof spawn>;
  readonly #spec: ToolSpec;
  #stopped: ToolReport["stopped"];
  #silenceTimer: NodeJS.Timeout | undefined;
  #timeTimer: NodeJS.Timeout | undefined;
  readonly #stderr = new StderrLog();

  constructor(tools: Ffmpeg, spec: ToolSpec) {
    this.#spec = spec;
    const programPath = spec.program === "ffmpeg" ? tools.ffmpegPath : tools.ffprobePath;
    const ceiling = ["-max_alloc", String(tools.limits.allocationBytes)];
    const [command, ...args] = [...tools.launcher, programPath, ...ceiling, ...spec.args];
    assert(command !== undefined, "a command has a program");
    tools.logger.debug("run", { program: spec.program, args: spec.args });
    this.#child = spawn(command, args, {
      stdio: [spec.stdin === "pipe" ? "pipe" : "ignore", "pipe", "pipe"],
      cwd: spec.workFolder,
      windowsHide: true,
    });
    assert(this.#child.stdout !== null && this.#child.stderr !== null, "stdout and stderr are pipes");
    this.stdout = this.#child.stdout;
    this.done = this.#watch(this.#child.stderr);
  }

  get stdin(): Writable {
    assert(this.#child.stdin !== null, "stdin was asked for");
    return this.#child.stdin;
  }

  /** Restarts the silence clock; `holdSilence` stops it while we ourselves make the process wait. */
  touch(): void {
    this.#silenceTimer?.refresh();
  }

  holdSilence(): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = undefined;
  }

  watchSilence(): void {
    const limitMs = this.#spec.silenceLimitMs;
    if (limitMs === undefined || this.#silenceTimer !== undefined || this.#stopped !== undefined) return;
    this.#silenceTimer = setTimeout(() => this.stop("silence"), limitMs);
  }

  stop(reason: NonNullable<ToolReport["stopped"]>): void {
    this.#stopped ??= reason;
    this.holdSilence();
    this.#child.kill("SIGKILL");
    // A paused pipe would hold back the end of the process: nobody reads it any more.
    this.stdout.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.stop("disposed");
    else this.stdout.destroy();
    await this.done;
  }

  async #watch(stderr: Readable): Promise<ToolReport> {
    const { signal, timeLimitMs, onStderrLine } = this.#spec;
    const onAbort = () => this.stop("aborted");
    if (signal?.aborted) onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
    if (timeLimitMs !== undefined) this.#timeTimer = setTimeout(() => this.stop("time-limit"), timeLimitMs);
    this.watchSilence();
    stderr.setEncoding("utf8");
    stderr.on("data", (text: string) => {
      this.touch();
      this.#stderr.add(text, onStderrLine);
    });
    // A process that dies before reading its input is told by its exit, not by a broken pipe.
    this.#child.stdin?.on("error", () => undefined);
    const spawnError = await new Promise<Error | undefined>((resolve) => {
      this.#child.once("error", resolve);
      this.#child.once("close", () => resolve(undefined));
    });
    this.holdSilence();
    clearTimeout(this.#timeTimer);
    signal?.removeEventListener("abort", onAbort);
    if (spawnError) this.#stderr.add(`[fatal] ${spawnError.message}\n`, onStderrLine);
    this.#stderr.flush(onStderrLine);
    return {
      exitCode: this.#child.exitCode ?? undefined,
      stopped: this.#stopped,
      stderrTail: this.#stderr.tail,
      errorLineCount: this.#stderr.errorLineCount,
      firstErrorLine: this.#stderr.firstErrorLine,
    };
  }
}

class StderrLog {
  readonly tail: string[] = [];
  errorLineCount = 0;
  firstErrorLine: string | undefined;
  #rest = "";

  add(text: string, onLine: ((line: string) => void) | undefined): void {
    const lines = (this.#rest + text).split(/[\r\n]+/);
    this.#rest = (lines.pop() ?? "").slice(-maxLineLength);
    for (const line of lines) this.#line(line, onLine);
  }

  flush(onLine: ((line: string) => void) | undefined): void {
    this.#line(this.#rest, onLine);
    this.#rest = "";
  }

  #line(rawLine: string, onLine: ((line: string) => void) | undefined): void {
    if (rawLine === "") return;
    const line = rawLine.slice(0, maxLineLength);
    onLine?.(line);
    // Every command runs with `-loglevel level+...`, so a line says its own gravity.
    if (/\[(error|fatal|panic)\]/.test(line)) {
      this.errorLineCount += 1;
      this.firstErrorLine ??= line;
    }
    this.tail.push(line);
    if (this.tail.length > stderrTailLines) this.tail.shift();
  }
}
