// Raw samples off a decoder's pipe, with back-pressure: in blocks of a fixed size, or as they come without a copy.
import { releaseChunk } from "./chunk-memory.ts";
import { ToolProcess } from "./tool-process.ts";
import type { ToolReport } from "./tool-process.ts";
import type { Ffmpeg } from "./toolchain.ts";

type RunOptions = {
  readonly args: readonly string[];
  readonly signal?: AbortSignal | undefined;
};

type BlockOptions = RunOptions & {
  /** Bytes of one sample of all channels together; blocks hold a whole number of them. */
  readonly sampleBytes: number;
  readonly blockSamples: number;
};

/**
 * Runs a decoder and yields its output block by block; the last one may be shorter. The same memory is filled again for
 * the next block. Answers with the process's report at the end.
 */
export async function* audioBlocks(tools: Ffmpeg, options: BlockOptions): AsyncGenerator<Uint8Array, ToolReport> {
  const { sampleBytes, blockSamples } = options;
  await using run = startDecoder(tools, options);
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

type UnitOptions = RunOptions & {
  readonly sampleBytes: number;
  /** A multiple of `sampleBytes`; every yield but the last holds a whole number of units. */
  readonly unitBytes: number;
};

/**
 * The same output in pieces of any size, without a copy: views of the pipe's own memory wherever whole units lie in it
 * from an even address, copies of a unit only where a chunk ends inside one.
 */
export async function* audioUnits(tools: Ffmpeg, options: UnitOptions): AsyncGenerator<Uint8Array, ToolReport> {
  const { sampleBytes, unitBytes } = options;
  await using run = startDecoder(tools, options);
  const begun = new Uint8Array(unitBytes);
  let begunBytes = 0;
  for await (const chunk of chunksOf(run)) {
    let readBytes = 0;
    if (begunBytes > 0) {
      readBytes = Math.min(unitBytes - begunBytes, chunk.length);
      begun.set(chunk.subarray(0, readBytes), begunBytes);
      begunBytes += readBytes;
      if (begunBytes < unitBytes) continue;
      yield begun;
    }
    const wholeBytes = chunk.length - readBytes - ((chunk.length - readBytes) % unitBytes);
    const whole = chunk.subarray(readBytes, readBytes + wholeBytes);
    if (wholeBytes > 0) yield whole.byteOffset % 2 === 0 ? whole : whole.slice();
    begun.set(chunk.subarray(readBytes + wholeBytes));
    begunBytes = chunk.length - readBytes - wholeBytes;
  }
  const wholeBytes = begunBytes - (begunBytes % sampleBytes);
  if (wholeBytes > 0) yield begun.subarray(0, wholeBytes);
  return run.done;
}

function startDecoder(tools: Ffmpeg, { args, signal }: RunOptions): ToolProcess {
  return new ToolProcess(tools, { program: "ffmpeg", args, signal, silenceLimitMs: tools.limits.silenceMs });
}

/**
 * The pipe's chunks, each until the next is asked for. A hand-made queue instead of the stream's own iterator, which costs a microtask cascade per 64 KiB
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
      // The consumer is done with a chunk when it asks for the next.
      releaseChunk(chunk);
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
