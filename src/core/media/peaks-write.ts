// Makes the peaks file of an audio stream in one pass over its decoded samples, in bounded memory for any length.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import type { Progress } from "../base/index.ts";
import { audioBlocks } from "./audio-blocks.ts";
import { audioArguments } from "./decode-audio.ts";
import { audioStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { halveBuckets, reduceToBuckets } from "./peaks-buckets.ts";
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

/** Samples per channel of one block: 1 MiB of stereo. A whole number of buckets. */
const blockSamples = 1024 * finestBucketSamples;

/** Buckets that are read, halved and written in one go while the coarser levels are made. */
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
  const blocks = audioBlocks(source.tools, { args, sampleBytes: 2 * channelCount, blockSamples, signal });
  const shape = { channelCount, samplesPerBucket: finestBucketSamples };
  const buckets = new Int16Array((blockSamples / finestBucketSamples) * channelCount * 2);
  let [sampleCount, offsetBytes] = [0, peaksHeaderBytes];
  for (;;) {
    const next = await blocks.next();
    if (next.done) {
      const report = next.value;
      if (report.exitCode === 0) return { channelCount, sampleRateHz, sampleCount };
      throw toolFailure(report, { doing: "decode the sound of", path: source.path, signal });
    }
    const interleaved = new Int16Array(next.value.buffer, 0, next.value.length / 2);
    const bucketCount = reduceToBuckets(interleaved, buckets, shape);
    const byteCount = bucketCount * bucketBytes(channelCount);
    await file.write(new Uint8Array(buckets.buffer, 0, byteCount), 0, byteCount, offsetBytes);
    offsetBytes += byteCount;
    sampleCount += interleaved.length / channelCount;
    onProgress?.(sampleCount, Math.max(sampleCount, facts.sampleCount), "samples");
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
