// A clip on disk: raw frames, its sound, and what is true of each frame. Written whole or not at all.
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TimedPhone } from "../speech/phones.ts";
import { clipSampleRateHz } from "./say-clip.ts";
import type { FrameTruth } from "./render-clip.ts";

/** One performance of the clip's person. A pair has two, alike in all but the speech. */
export type Performance = {
  readonly frames: Uint8Array;
  readonly samples: Float32Array;
  readonly text: string;
  readonly voice: string;
  readonly phones: readonly TimedPhone[];
  readonly truth: readonly FrameTruth[];
};

export type ClipFacts = {
  readonly seed: number;
  readonly framesPerSecond: number;
  readonly frameCount: number;
  readonly faceSizePx: number;
};

/** RIFF, 16 bit, mono. */
export function wavFile(samples: Float32Array, sampleRateHz: number): Buffer {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + samples.length * 2, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRateHz, 24);
  file.writeUInt32LE(sampleRateHz * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(samples.length * 2, 40);
  for (const [at, sample] of samples.entries()) {
    file.writeInt16LE(Math.max(-32768, Math.min(32767, Math.round(sample * 32767))), 44 + at * 2);
  }
  return file;
}

const rounded = (value: number): number => Math.round(value * 1e5) / 1e5;

/**
 * `folder/a.rgb` is [frame, heightPx, widthPx, rgb], `a.wav` the sound, `clip.json` the facts and the truth; a pair has
 * `b.rgb` and `b.wav`, too.
 */
export async function writeClip(folder: string, facts: ClipFacts, performances: readonly Performance[]): Promise<void> {
  const unfinished = `${folder}.partial`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  for (const [index, { frames, samples }] of performances.entries()) {
    const name = "ab"[index] ?? "a";
    await writeFile(join(unfinished, `${name}.rgb`), frames);
    await writeFile(join(unfinished, `${name}.wav`), wavFile(samples, clipSampleRateHz));
  }
  const told = performances.map(({ text, voice, phones, truth }) => ({ text, voice, phones, truth }));
  const json = JSON.stringify({ ...facts, performances: told }, (_key, value: unknown) =>
    typeof value === "number" ? rounded(value) : value,
  );
  await writeFile(join(unfinished, "clip.json"), json);
  await rename(unfinished, folder);
}
