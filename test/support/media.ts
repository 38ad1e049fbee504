// Film made on the spot: small clips by ffmpeg's own generators whose every frame carries its number in black and white.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { silentLogger } from "../../src/core/base/index.ts";
import { findFfmpeg } from "../../src/core/media/index.ts";
import type { Ffmpeg, MediaLimits, Plane } from "../../src/core/media/index.ts";

const run = promisify(execFile);

/** The ffmpeg the tests run with: `DUBWRIGHT_FFMPEG`, else PATH. */
export const testFfmpeg = (limits: Partial<MediaLimits> = {}): Promise<Ffmpeg> =>
  findFfmpeg(
    { override: process.env["DUBWRIGHT_FFMPEG"], searchPath: (process.env["PATH"] ?? "").split(delimiter) },
    { logger: silentLogger, limits },
  );

/** A folder for one test file, removed with everything in it. */
export async function tempFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "dubwright-media-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The one that makes test files. */
export const ffmpegProgram = "ffmpeg";

/** Runs ffmpeg with plain arguments, for making test files only. */
export async function ffmpeg(...args: readonly string[]): Promise<void> {
  await run(ffmpegProgram, ["-v", "error", "-nostdin", "-y", ...args], { maxBuffer: 64 * 2 ** 20 });
}

/** Bits of the number, each a block of 16 x 16 pixels or more, black for 0: lossy codecs cannot blur it away. */
const numberBits = 16;

/** A lavfi source of `frameCount` frames, 256 pixels wide, with the frame's number in 16 blocks from left to right. */
export const numberedFrames = (of: { rate: string; frameCount: number; heightPx?: number }): readonly string[] => [
  "-f",
  "lavfi",
  "-i",
  `color=gray:s=256x${of.heightPx ?? 64}:r=${of.rate},format=yuv444p,` +
    `geq=lum='if(mod(floor(N/pow(2,floor(X/16))),2),235,16)':cb=128:cr=128,trim=end_frame=${of.frameCount}`,
];

/** The number in the first plane of a picture, whatever its depth and size. */
export function readFrameNumber(plane: Plane | undefined, bitDepth: number): number {
  if (!plane) return NaN;
  const middle = 126 * 2 ** (bitDepth - 8);
  const rowStart = Math.floor(plane.heightPx / 2) * plane.widthPx;
  let number = 0;
  for (let bit = 0; bit < numberBits; bit += 1) {
    const sample = plane.samples[rowStart + Math.floor(((bit + 0.5) * plane.widthPx) / numberBits)] ?? 0;
    if (sample > middle) number += 2 ** bit;
  }
  return number;
}
