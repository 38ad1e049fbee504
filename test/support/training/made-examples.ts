// For tests: examples whose latents follow from their sound, so that there is something to learn.
import { randomFrom } from "../../../src/core/base/index.ts";
import { gaussian } from "../../../src/core/diffusion/index.ts";
import { tensorOf } from "../../../src/core/tensor/index.ts";
import type { Tensor } from "../../../src/core/tensor/index.ts";
import { seedOf } from "../../../src/core/training/index.ts";
import type { Dataset } from "../../../src/core/training/index.ts";
import { smallSizes } from "./small-networks.ts";

const { frames: windowFrames, latentHeight: height, latentWidth: width, audioTokens } = smallSizes;
const audioWidth = 8;
const scale = 2;

const filled = (dims: readonly number[], value: (at: number) => number): Tensor<"float32"> =>
  tensorOf(
    "float32",
    dims,
    Float32Array.from({ length: dims.reduce((count, size) => count * size, 1) }, (_, at) => value(at)),
  );

/** The lower half of every frame is as bright as that frame's sound is loud; the upper half is seen. */
export function madeExample(index: number, frames = windowFrames) {
  const random = randomFrom(seedOf(index, 77));
  const loudness = gaussian(frames, random);
  const look = gaussian(4, random);
  const area = height * width;
  const frameOf = (at: number) => Math.floor(at / area) % frames;
  const channelOf = (at: number) => Math.floor(at / (area * frames));
  const isLower = (at: number) => at % area >= area / 2;
  const mouth = (at: number) => (isLower(at) ? (loudness[frameOf(at)] ?? 0) : 0);
  const latents = [4, frames, height, width];
  return {
    clean: filled(latents, (at) => 0.5 * (look[channelOf(at)] ?? 0) + mouth(at)),
    masked: filled(latents, (at) => (isLower(at) ? 0 : 0.5 * (look[channelOf(at)] ?? 0))),
    reference: filled(latents, (at) => 0.5 * (look[channelOf(at)] ?? 0)),
    keep: filled([1, frames, height, width], (at) => (isLower(at) ? 0 : 1)),
    audio: filled(
      [frames, audioTokens, audioWidth],
      (at) => loudness[Math.floor(at / (audioTokens * audioWidth))] ?? 0,
    ),
    pictures: filled([frames, 3, scale * height, scale * width], (at) => Math.sin(at / 50 + (look[0] ?? 0))),
    mel: filled([1, 16, 16], (at) => loudness[Math.floor((frames * (at % 16)) / 16)] ?? 0),
  } as const;
}

export const madeDataset = (size: number, firstIndex = 0): Dataset => ({
  size,
  load: (index) => Promise.resolve(madeExample(firstIndex + index)),
});
