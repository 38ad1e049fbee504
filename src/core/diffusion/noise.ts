// The noise that sampling starts from: seeded, and shared between frames as far as is asked.
import type { Random } from "../base/index.ts";

/** Standard normal numbers by Box and Muller's transform, two at a time. */
export function gaussian(count: number, random: Random): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    // 1 - u lies in (0, 1], where the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
    const angle = 2 * Math.PI * random.uniform();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** [channels, frames, height, width]. */
export type LatentDims = {
  readonly channels: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
};

/**
 * Start noise of a window, [channels, frames, height, width]. `alpha` is the mixture of the training (PYoCo, Ge et al.
 * 2023): sqrt(alpha^2 / (1 + alpha^2)) shared + sqrt(1 / (1 + alpha^2)) own. Infinity, the published inference, repeats one
 * frame's noise; 0 gives every frame its own.
 */
export function windowNoise(dims: LatentDims, { random, alpha }: { random: Random; alpha: number }): Float32Array {
  const { channels, frames, height, width } = dims;
  const area = height * width;
  const shared = gaussian(channels * area, random);
  const sharedWeight = alpha === Infinity ? 1 : Math.sqrt((alpha * alpha) / (1 + alpha * alpha));
  const ownWeight = Math.sqrt(1 - sharedWeight * sharedWeight);
  const own = ownWeight === 0 ? undefined : gaussian(channels * frames * area, random);
  const values = new Float32Array(channels * frames * area);
  for (let channel = 0; channel < channels; channel++)
    for (let frame = 0; frame < frames; frame++) {
      const at = (channel * frames + frame) * area;
      for (let i = 0; i < area; i++)
        values[at + i] = sharedWeight * (shared[channel * area + i] ?? 0) + ownWeight * (own?.[at + i] ?? 0);
    }
  return values;
}
