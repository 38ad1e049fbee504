// Raw samples off a decoder's pipe, in blocks of whole samples for all channels, with back-pressure.
import { ToolProcess } from "./tool-process.ts";
import type { ToolReport } from "./tool-process.ts";
import type { Ffmpeg } from "./toolchain.ts";

type BlockOptions = {
  readonly args: readonly string[];
  /** Bytes of one sample of all channels together; blocks hold a whole number of them. */
  readonly sampleBytes: number;
  readonly blockSamples: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs a decoder and yields its output block by block; the last one may be shorter. The same memory is filled again for
 * the next block. Answers with the process's report at the end.
 */
export async function* audioBlocks(tools: Ffmpeg, options: BlockOptions): AsyncGenerator<Uint8Array, ToolReport> {
  const { args, sampleBytes, blockSamples, signal } = options;
  await using run = new ToolProcess(tools, {
    program: "ffmpeg",
    args,
    signal,
    silenceLimitMs: tools.limits.silenceMs,
  });
  const block = new Uint8Array(sampleBytes * blockSamples);
  let filledBytes = 0;
  for await (const chunk of chunksOf(run)) {
    let readBytes = 0;
    while (readBytes < chunk.length) {
      const takenBytes = Math.min(block.length - filledBytes, chunk.length - readBytes);
      block.set(chunk.subarray(readBytes, readBytes + takenBytes), filledBytes);
      readBytes += takenBytes;
      filledBytes += takenBytes;
      if (filledBytes < block.length) continue;
      yield block;
      filledBytes = 0;
    }
  }
  const wholeBytes = filledBytes - (filledBytes % sampleBytes);
  if (wholeBytes > 0) yield block.subarray(0, wholeBytes);
  return run.done;
}

/**
 * The pipe's chunks. A hand-made queue instead of the stream's own iterator, which costs a microtask cascade per 64 KiB
 * and throws where a killed process should be told by its report.
 */
async function* chunksOf(run: ToolProcess): AsyncGenerator<Buffer> {
  const queue: Buffer[] = [];
  let [isEnded, wake] = [false, (): void => undefined];
  run.stdout.on("data", (chunk: Buffer) => {
    run.touch();
    queue.push(chunk);
    if (queue.length >= 16) {
      run.stdout.pause();
      run.holdSilence();
    }
    wake();
  });
  void run.done.then(() => {
    isEnded = true;
    wake();
  });
  for (;;) {
    const chunk = queue.shift();
    if (chunk) {
      yield chunk;
    } else if (isEnded) {
      return;
    } else {
      run.watchSilence();
      run.stdout.resume();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}
