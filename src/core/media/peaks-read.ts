// Reads peaks of a range at a resolution: one read of the level that fits.
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { assert, refused } from "../../shared/failure/index.ts";
import type { SampleRange } from "../../shared/time/index.ts";
import { bucketBytes, peaksHeaderBytes, peaksLevels, readPeaksHeader } from "./peaks-format.ts";
import type { PeaksHeader, PeaksLevel } from "./peaks-format.ts";

export type PeaksOfRange = {
  readonly samplesPerBucket: number;
  /** Of the first bucket; a multiple of `samplesPerBucket`, at or before the start asked for. */
  readonly startSample: number;
  /** Per channel, minimum and maximum of each bucket in turn, -1..1. */
  readonly channels: readonly Float32Array[];
};

/** An open peaks file. */
export type Peaks = AsyncDisposable & {
  readonly header: PeaksHeader;
  /** At most `maxBuckets` buckets that cover the range, clipped to the stream; finer when there is room for it. */
  readonly read: (range: SampleRange, maxBuckets: number) => Promise<PeaksOfRange>;
};

/** Opens a peaks file; refused with `media.peaks-unreadable` when it is not whole or of another version. */
export async function openPeaks(path: string): Promise<Peaks> {
  const file = await openOrRefuse(path);
  try {
    const bytes = new Uint8Array(peaksHeaderBytes);
    const { bytesRead } = await file.read(bytes, 0, peaksHeaderBytes, 0);
    const header = readPeaksHeader(bytes.subarray(0, bytesRead), { path, sizeBytes: (await file.stat()).size });
    return {
      header,
      read: (range, maxBuckets) => readRange(file, header, { range, maxBuckets }),
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openOrRefuse(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw refused("media.peaks-unreadable", {
      message: `Expected a peaks file at ${path}, found none.`,
      hint: "Make the waveform again.",
      details: { path },
      cause,
    });
  }
}

/** The finest level on which the range covers no more than `maxBuckets`; the coarsest when none does. */
export function levelFor(
  levels: readonly PeaksLevel[],
  range: SampleRange,
  maxBuckets: number,
): PeaksLevel | undefined {
  return levels.find((level) => bucketsCovering(level, range).bucketCount <= maxBuckets) ?? levels.at(-1);
}

function bucketsCovering(level: PeaksLevel, range: SampleRange) {
  const { samplesPerBucket } = level;
  const endSample = range.startSample + range.durationSamples;
  const firstBucket = Math.min(level.bucketCount, Math.floor(range.startSample / samplesPerBucket));
  const endBucket = Math.min(level.bucketCount, Math.ceil(endSample / samplesPerBucket));
  return { firstBucket, bucketCount: Math.max(0, endBucket - firstBucket) };
}

async function readRange(
  file: FileHandle,
  header: PeaksHeader,
  asked: { readonly range: SampleRange; readonly maxBuckets: number },
): Promise<PeaksOfRange> {
  assert(asked.range.startSample >= 0 && asked.maxBuckets >= 1, "a range starts in the stream and has room");
  const { channelCount } = header;
  const level = levelFor(peaksLevels(header), asked.range, asked.maxBuckets);
  if (!level) {
    const channels = Array.from({ length: channelCount }, () => new Float32Array(0));
    return { samplesPerBucket: 1, startSample: 0, channels };
  }
  const { firstBucket, bucketCount } = bucketsCovering(level, asked.range);
  const byteCount = bucketCount * bucketBytes(channelCount);
  const values = new Int16Array(byteCount / 2);
  const fromBytes = level.offsetBytes + firstBucket * bucketBytes(channelCount);
  await file.read(new Uint8Array(values.buffer), 0, byteCount, fromBytes);
  const channels = Array.from({ length: channelCount }, (_, channel) =>
    Float32Array.from({ length: bucketCount * 2 }, (_unused, index) => {
      const bucket = index >> 1;
      return (values[(bucket * channelCount + channel) * 2 + (index & 1)] ?? 0) / 32768;
    }),
  );
  return { samplesPerBucket: level.samplesPerBucket, startSample: firstBucket * level.samplesPerBucket, channels };
}
