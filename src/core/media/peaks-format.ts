// The peaks file: minimum and maximum of the decoded samples, at every power of two from 256 samples a bucket up.
//
//   0  "DUBPEAKS"                      8 bytes
//   8  format version, 1               uint32, as all numbers little endian
//  12  sample rate in Hz               uint32
//  16  channel count                   uint32
//  20  samples a bucket of level 0     uint32
//  24  level count                     uint32
//  28  reserved, 0                     uint32
//  32  sample count                    uint64
//  40  levels, the finest first; level n has ceil(level 0 buckets / 2^n) buckets, the coarsest has one
//
// A bucket is, per channel, minimum and maximum as int16. Offsets follow from the counts, so that a range at any
// resolution is one read.
import { refused } from "../../shared/failure/index.ts";

export const peaksHeaderBytes = 40;
const magic = "DUBPEAKS";
const formatVersion = 1;

/** Samples of one bucket of the finest level. */
export const finestBucketSamples = 256;

export type PeaksHeader = {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  /** Per channel. */
  readonly sampleCount: number;
};

export type PeaksLevel = {
  readonly samplesPerBucket: number;
  readonly bucketCount: number;
  readonly offsetBytes: number;
};

export const bucketBytes = (channelCount: number): number => channelCount * 4;

/** The levels of a file, the finest first; none for a stream without samples. */
export function peaksLevels(header: PeaksHeader): readonly PeaksLevel[] {
  const levels: PeaksLevel[] = [];
  let [samplesPerBucket, bucketCount] = [finestBucketSamples, Math.ceil(header.sampleCount / finestBucketSamples)];
  let offsetBytes = peaksHeaderBytes;
  while (bucketCount > 0) {
    levels.push({ samplesPerBucket, bucketCount, offsetBytes });
    offsetBytes += bucketCount * bucketBytes(header.channelCount);
    if (bucketCount === 1) break;
    samplesPerBucket *= 2;
    bucketCount = Math.ceil(bucketCount / 2);
  }
  return levels;
}

export function writePeaksHeader(header: PeaksHeader): Uint8Array {
  const bytes = new Uint8Array(peaksHeaderBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(magic));
  const fields = [
    formatVersion,
    header.sampleRateHz,
    header.channelCount,
    finestBucketSamples,
    peaksLevels(header).length,
  ];
  for (const [index, field] of fields.entries()) view.setUint32(8 + 4 * index, field, true);
  view.setBigUint64(32, BigInt(header.sampleCount), true);
  return bytes;
}

/** Reads and checks a header against the file's size; a file that does not fit is refused, so that it is made again. */
export function readPeaksHeader(bytes: Uint8Array, file: { path: string; sizeBytes: number }): PeaksHeader {
  const refuse = (expected: string, found: unknown) =>
    refused("media.peaks-unreadable", {
      message: `Expected a peaks file with ${expected} at ${file.path}, found ${String(found)}.`,
      hint: "Make the waveform again.",
      details: { path: file.path },
    });
  if (bytes.length < peaksHeaderBytes) throw refuse("a header", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const foundMagic = String.fromCharCode(...bytes.subarray(0, 8));
  if (foundMagic !== magic) throw refuse(magic, JSON.stringify(foundMagic));
  const field = (index: number) => view.getUint32(8 + 4 * index, true);
  if (field(0) !== formatVersion) throw refuse(`version ${formatVersion}`, field(0));
  if (field(3) !== finestBucketSamples) throw refuse(`${finestBucketSamples} samples a bucket`, field(3));
  const header = { sampleRateHz: field(1), channelCount: field(2), sampleCount: Number(view.getBigUint64(32, true)) };
  const levels = peaksLevels(header);
  const coarsest = levels.at(-1);
  const expectedBytes = coarsest ? coarsest.offsetBytes + bucketBytes(header.channelCount) : peaksHeaderBytes;
  if (file.sizeBytes !== expectedBytes) throw refuse(`${expectedBytes} bytes`, file.sizeBytes);
  return header;
}
