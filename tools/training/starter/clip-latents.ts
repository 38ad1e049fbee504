// Latents of one clip as they lie on the disk, and as the U-Net takes them: channels first, then frames.
import { tensorOf } from "../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";
import { keepCells } from "./face-regions.ts";
import type { Family } from "./family.ts";
import { readTensors } from "./stage.ts";

export const cellsOf = ({ model }: Family): number => model.faceSizePx / 8;
export const frameLength = (family: Family): number => family.model.vae.latentChannels * cellsOf(family) ** 2;

/** Rows of [frames, channels, cells, cells] as [channels, rows, cells, cells]. */
export function byChannel(tensor: Tensor<"float32">, rows: readonly number[]): Tensor<"float32"> {
  const [, channels = 0, height = 0, width = 0] = tensor.dims;
  const area = height * width;
  const data = new Float32Array(channels * rows.length * area);
  for (const [at, row] of rows.entries())
    for (let channel = 0; channel < channels; channel += 1) {
      const from = (row * channels + channel) * area;
      data.set(tensor.data.subarray(from, from + area), (channel * rows.length + at) * area);
    }
  return tensorOf("float32", [channels, rows.length, height, width], data);
}

/** The mask channel of so many frames, [1, frames, cells, cells]. */
export function keepOf(family: Family, frames: number): Tensor<"float32"> {
  const keep = keepCells(family.model.faceSizePx);
  const data = new Float32Array(frames * keep.length);
  for (let frame = 0; frame < frames; frame += 1) data.set(keep, frame * keep.length);
  return tensorOf("float32", [1, frames, cellsOf(family), cellsOf(family)], data);
}

/** What is heard by rows of [frames, tokens, width]. */
export function heardBy(audio: Tensor<"float32">, rows: readonly number[]): Tensor<"float32"> {
  const length = audio.data.length / (audio.dims[0] ?? 1);
  const data = new Float32Array(rows.length * length);
  for (const [at, row] of rows.entries()) data.set(audio.data.subarray(row * length, (row + 1) * length), at * length);
  return tensorOf("float32", [rows.length, ...audio.dims.slice(1)], data);
}

export type ClipLatents = {
  readonly clean: Tensor<"float32">;
  readonly masked: Tensor<"float32">;
  readonly audio: Tensor<"float32">;
  /** The same words in another voice; of training clips. */
  readonly varied?: Tensor<"float32"> | undefined;
  readonly frames: Tensor<"float32">;
};

export function readClipLatents(file: string): ClipLatents {
  const { clean, masked, audio, varied, frames } = readTensors(file);
  if (!clean || !masked || !audio || !frames) throw new Error(`${file} holds no latents of a clip`);
  return { clean, masked, audio, varied, frames };
}

/** Noisy latents and what is known of the frames, [1, channels, frames, cells, cells], as the U-Net's "sample". */
export function sampleOf(latents: Float32Array, context: readonly Tensor<"float32">[]): Tensor<"float32"> {
  const [, frames = 0, height = 0, width = 0] = context[0]?.dims ?? [];
  const parts = [latents, ...context.map(({ data }) => data)];
  const sample = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    sample.set(part, at);
    at += part.length;
  }
  return tensorOf("float32", [1, sample.length / (frames * height * width), frames, height, width], sample);
}
