// The clips that tools/heads makes, read frame by frame.
import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { pictureToNetwork, tensorOf } from "../../../src/core/tensor/index.ts";

const clipSchema = z.object({
  frameCount: z.int().positive(),
  faceSizePx: z.int().positive(),
  performances: z.array(
    z.object({ voice: z.string(), truth: z.array(z.object({ phone: z.string(), openingRatio: z.number() })) }),
  ),
});

/** "a", and "b" of a pair. */
export type PerformanceName = "a" | "b";

export const clipFolders = (split: string): readonly string[] =>
  readdirSync(split, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d+$/u.test(entry.name))
    .map((entry) => path.join(split, entry.name))
    .toSorted();

export function openingsOf(clip: string, name: PerformanceName): readonly number[] {
  const { performances } = clipSchema.parse(JSON.parse(readFileSync(path.join(clip, "clip.json"), "utf8")));
  return performances[name === "a" ? 0 : 1]?.truth.map(({ openingRatio }) => openingRatio) ?? [];
}

/** One frame, [3, side, side], -1..1. */
export function readFrame(clip: string, name: PerformanceName, place: { frameIndex: number; sizePx: number }) {
  const { frameIndex, sizePx } = place;
  const bytes = new Uint8Array(3 * sizePx * sizePx);
  const file = openSync(path.join(clip, `${name}.rgb`), "r");
  try {
    const readBytes = readSync(file, bytes, 0, bytes.length, frameIndex * bytes.length);
    if (readBytes !== bytes.length) throw new Error(`${clip} has no frame ${frameIndex} of ${sizePx} pixels`);
  } finally {
    closeSync(file);
  }
  return pictureToNetwork(tensorOf("uint8", [sizePx, sizePx, 3], bytes)).data;
}

const headerBytes = 44;

/** The sound of a clip: 16 kHz, mono, 16 bit, as `wavFile` of tools/heads writes it. */
export function readSound(clip: string, name: PerformanceName): Float32Array {
  const bytes = readFileSync(path.join(clip, `${name}.wav`));
  const count = (bytes.length - headerBytes) / 2;
  return Float32Array.from({ length: count }, (_, at) => bytes.readInt16LE(headerBytes + 2 * at) / 32767);
}
