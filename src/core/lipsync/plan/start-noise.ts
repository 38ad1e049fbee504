// The noise of a take, frame by frame: the same frame begins with the same noise in every window and whatever range is made.
import { randomFrom } from "../../base/index.ts";
import { gaussian } from "../../diffusion/index.ts";
import type { LatentSize } from "../model/networks.ts";

export type NoiseRules = {
  readonly seed: number;
  /**
   * How much frames share: sqrt(alpha^2 / (1 + alpha^2)) of the noise (PYoCo, Ge et al. 2023). Infinity, as published, gives
   * all frames the same; 0 each its own.
   */
  readonly alpha: number;
};

/** Noise of a frame of the reel, [channels, side, side]. */
export type FrameNoise = (frameIndex: number) => Float32Array;

export function frameNoise({ seed, alpha }: NoiseRules, { length }: LatentSize): FrameNoise {
  const shared = gaussian(length, randomFrom(seed));
  if (alpha === Infinity) return () => shared;
  const sharedWeight = Math.sqrt((alpha * alpha) / (1 + alpha * alpha));
  const ownWeight = Math.sqrt(1 - sharedWeight * sharedWeight);
  return (frameIndex) => {
    const own = gaussian(length, randomFrom(ownSeed(seed, frameIndex)));
    return own.map((value, at) => sharedWeight * (shared[at] ?? 0) + ownWeight * value);
  };
}

/** Stirred, because neighbouring seeds of a counter-based generator give shifted sequences. */
const ownSeed = (seed: number, frameIndex: number): number =>
  randomFrom(randomFrom(frameIndex + 1).uint32() ^ seed).uint32();
