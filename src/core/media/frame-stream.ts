// Raw frames off a decoder's pipe, each paired with its own timestamp, never more waiting than the queue holds.
import { releaseChunk } from "./chunk-memory.ts";
import { ToolProcess } from "./tool-process.ts";
import type { ToolReport } from "./tool-process.ts";
import type { Ffmpeg } from "./toolchain.ts";
import type { FrameBuffer, FramePool } from "./video-frame.ts";

type StreamedFrame = { readonly buffer: FrameBuffer; readonly ticks: number };

type StreamOptions = {
  readonly args: readonly string[];
  readonly pool: FramePool;
  readonly queueFrames: number;
  readonly signal?: AbortSignal | undefined;
};

/** showinfo's line for a frame: "[Parsed_showinfo_2 @ 0x..] [info] n:   0 pts:   1001 pts_time:..." */
const showinfoLine = /\[Parsed_showinfo.* n: *\d+ pts: *(-?\d+|NOPTS)/;

export class FrameStream implements AsyncDisposable {
  readonly #run: ToolProcess;
  readonly #pool: FramePool;
  readonly #queueFrames: number;
  readonly #frames: FrameBuffer[] = [];
  readonly #ticks: number[] = [];
  #filling: FrameBuffer | undefined;
  #filledBytes = 0;
  #report: ToolReport | undefined;
  #wake: (() => void) | undefined;
  /** Lines in which the decoder said that what it yields is damaged. */
  damageCount = 0;
  firstDamage: string | undefined;

  constructor(tools: Ffmpeg, options: StreamOptions) {
    this.#pool = options.pool;
    this.#queueFrames = options.queueFrames;
    this.#run = new ToolProcess(tools, {
      program: "ffmpeg",
      args: options.args,
      signal: options.signal,
      silenceLimitMs: tools.limits.silenceMs,
      onStderrLine: (line) => this.#readLine(line),
    });
    this.#run.stdout.on("data", (chunk: Buffer) => this.#readChunk(chunk));
    void this.#run.done.then((report) => {
      this.#report = report;
      this.#wake?.();
    });
  }

  /** The next frame, or how the process ended. */
  async next(): Promise<StreamedFrame | ToolReport> {
    for (;;) {
      const [buffer, ticks] = [this.#frames[0], this.#ticks[0]];
      if (buffer && ticks !== undefined) {
        this.#frames.shift();
        this.#ticks.shift();
        this.#resumeBelowLimit();
        return { buffer, ticks };
      }
      if (this.#report) return this.#report;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run[Symbol.asyncDispose]();
    for (const buffer of this.#frames) this.#pool.giveBack(buffer);
    if (this.#filling) this.#pool.giveBack(this.#filling);
  }

  #readLine(line: string): void {
    const ticks = showinfoLine.exec(line)?.[1];
    if (ticks !== undefined) {
      this.#ticks.push(Number(ticks));
      this.#wake?.();
    } else if (/\[(error|fatal)\]|corrupt decoded frame/.test(line)) {
      this.damageCount += 1;
      this.firstDamage ??= line;
    }
  }

  #readChunk(chunk: Buffer): void {
    this.#run.touch();
    const { frameBytes } = this.#pool.shape;
    let readBytes = 0;
    while (readBytes < chunk.length) {
      this.#filling ??= this.#pool.take();
      const takenBytes = Math.min(frameBytes - this.#filledBytes, chunk.length - readBytes);
      this.#filling.bytes.set(chunk.subarray(readBytes, readBytes + takenBytes), this.#filledBytes);
      readBytes += takenBytes;
      this.#filledBytes += takenBytes;
      if (this.#filledBytes === frameBytes) this.#finishFrame(this.#filling);
    }
    releaseChunk(chunk);
    // A chunk may hold many tiny frames; the queue then runs over by one chunk and no more.
    if (this.#frames.length >= this.#queueFrames) {
      this.#run.stdout.pause();
      this.#run.holdSilence();
    }
  }

  #finishFrame(buffer: FrameBuffer): void {
    this.#frames.push(buffer);
    this.#filling = undefined;
    this.#filledBytes = 0;
    this.#wake?.();
  }

  #resumeBelowLimit(): void {
    if (this.#frames.length >= this.#queueFrames || !this.#run.stdout.isPaused()) return;
    this.#run.stdout.resume();
    this.#run.watchSilence();
  }
}
