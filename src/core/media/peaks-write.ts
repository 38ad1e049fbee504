// Makes the peaks file of an audio stream in one pass over its decoded samples, in bounded memory for any length.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Progress } from "../base/index.ts";
import { reducePeaks } from "../native/index.ts";
import { audioUnits } from "./audio-blocks.ts";
import { audioArguments } from "./decode-audio.ts";
import { audioStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { halveBuckets } from "./peaks-buckets.ts";
import { bucketBytes, finestBucketSamples, peaksHeaderBytes, peaksLevels, writePeaksHeader } from "./peaks-format.ts";
import type { PeaksHeader } from "./peaks-format.ts";
import { openPeaks } from "./peaks-read.ts";
import { toolFailure } from "./tool-failure.ts";
import { writeWholeFile } from "./whole-file.ts";

type PeaksOptions = {
  /** Where the file goes; it is whole or absent. */
  readonly path: string;
  /** Stream index in the file; the first audio stream when absent. */
  readonly streamIndex?: number;
  readonly signal?: AbortSignal;
  /** In samples per channel. */
  readonly onProgress?: Progress;
};

/** Buckets that are held, halved and written in one go. */
const bucketsAtOnce = 65_536;

/** Writes the peaks of a stream and answers with what the file says of itself; `sampleCount` is counted, not estimated. */
export async function writePeaks(source: MediaSource, options: PeaksOptions): Promise<PeaksHeader> {
  return writeWholeFile(options.path, {
    write: async (partial) => {
      await using file = await open(partial, "w+");
      const header = await writeFinestLevel(file, source, options);
      await writeCoarserLevels(file, header);
      await file.write(writePeaksHeader(header), 0, peaksHeaderBytes, 0);
    },
    verify: async (partial) => {
      await using peaks = await openPeaks(partial);
      return peaks.header;
    },
  });
}

async function writeFinestLevel(file: FileHandle, source: MediaSource, options: PeaksOptions): Promise<PeaksHeader> {
  const facts = audioStreamOf(source, options.streamIndex);
  const { channelCount, sampleRateHz } = facts;
  const { signal, onProgress } = options;
  const args = audioArguments(source, { facts, options: {}, codec: "pcm_s16le" });
  const [sampleBytes, unitBytes] = [2 * channelCount, 2 * channelCount * finestBucketSamples];
  const pieces = audioUnits(source.tools, { args, sampleBytes, unitBytes, signal });
  const shape = { channelCount, samplesPerBucket: finestBucketSamples };
  const level = new BucketWriter(file, channelCount);
  let sampleCount = 0;
  for (;;) {
    const next = await pieces.next();
    if (next.done) {
      const report = next.value;
      if (report.exitCode !== 0) throw toolFailure(report, { doing: "decode the sound of", path: source.path, signal });
      await level.flush();
      return { channelCount, sampleRateHz, sampleCount };
    }
    const { buffer, byteOffset, length } = next.value;
    const interleaved = new Int16Array(buffer, byteOffset, length / 2);
    const room = await level.roomFor(Math.ceil(length / unitBytes));
    level.filled(reducePeaks(shape, interleaved, { buckets: room }));
    sampleCount += interleaved.length / channelCount;
    onProgress?.(sampleCount, Math.max(sampleCount, facts.sampleCount), "samples");
  }
}

/** Gathers buckets of the finest level and writes them in large pieces. */
class BucketWriter {
  readonly #file: FileHandle;
  readonly #stride: number;
  readonly #buckets: Int16Array<ArrayBuffer>;
  #filledCount = 0;
  #offsetBytes = peaksHeaderBytes;

  constructor(file: FileHandle, channelCount: number) {
    this.#file = file;
    this.#stride = channelCount * 2;
    this.#buckets = new Int16Array(bucketsAtOnce * this.#stride);
  }

  async roomFor(bucketCount: number): Promise<Int16Array> {
    if (this.#filledCount + bucketCount > bucketsAtOnce) await this.flush();
    return this.#buckets.subarray(this.#filledCount * this.#stride);
  }

  filled(bucketCount: number): void {
    this.#filledCount += bucketCount;
  }

  async flush(): Promise<void> {
    const byteCount = this.#filledCount * this.#stride * 2;
    await this.#file.write(new Uint8Array(this.#buckets.buffer, 0, byteCount), 0, byteCount, this.#offsetBytes);
    this.#offsetBytes += byteCount;
    this.#filledCount = 0;
  }
}

/** Each level from the one below it, read back from the file. */
async function writeCoarserLevels(file: FileHandle, header: PeaksHeader): Promise<void> {
  const { channelCount } = header;
  const stride = channelCount * 2;
  const finer = new Int16Array(bucketsAtOnce * stride);
  const coarser = new Int16Array((bucketsAtOnce / 2) * stride);
  const levels = peaksLevels(header);
  for (const [index, level] of levels.entries()) {
    const below = levels[index - 1];
    if (!below) continue;
    for (let bucket = 0; bucket < below.bucketCount; bucket += bucketsAtOnce) {
      const count = Math.min(bucketsAtOnce, below.bucketCount - bucket);
      const byteCount = count * bucketBytes(channelCount);
      const fromBytes = below.offsetBytes + bucket * bucketBytes(channelCount);
      await file.read(new Uint8Array(finer.buffer, 0, byteCount), 0, byteCount, fromBytes);
      const written = halveBuckets(finer.subarray(0, count * stride), coarser, channelCount);
      const writtenBytes = written * bucketBytes(channelCount);
      const toBytes = level.offsetBytes + (bucket / 2) * bucketBytes(channelCount);
      await file.write(new Uint8Array(coarser.buffer, 0, writtenBytes), 0, writtenBytes, toBytes);
    }
  }
}
