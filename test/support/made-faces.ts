// A take made up on the spot: a noisy face that moves over the picture, for tests of what is done with takes.
import type { FaceFrames } from "../../src/core/export/index.ts";
import { randomFrom } from "../../src/core/base/index.ts";
import type { Affine } from "../../src/core/models/index.ts";

type Made = {
  readonly faceSizePx?: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly seed?: number;
};

/** Where the face of a frame lies: two thirds of the picture's height, a little turned, drifting to the right. */
export function madeFrameToFace({ faceSizePx = 64, widthPx, heightPx }: Made, frameIndex: number): Affine {
  const scale = faceSizePx / (0.66 * heightPx);
  const [cos, sin] = [scale * Math.cos(0.1), scale * Math.sin(0.1)];
  const [centreX, centreY] = [widthPx * 0.45 + 0.37 * (frameIndex % 20), heightPx / 2];
  const half = faceSizePx / 2;
  return [cos, sin, half - cos * centreX - sin * centreY, -sin, cos, half + sin * centreX - cos * centreY];
}

/** A face for every frame it is asked for. */
export function madeFaces(made: Made): FaceFrames {
  const faceSizePx = made.faceSizePx ?? 64;
  return {
    faceSizePx,
    readFrame: async (frameIndex) => {
      const random = randomFrom(1e5 * (made.seed ?? 1) + frameIndex);
      const values = Float32Array.from({ length: 3 * faceSizePx ** 2 }, () => 2 * random.uniform() - 1);
      const face = { channels: 3, widthPx: faceSizePx, heightPx: faceSizePx, values };
      return { face, frameToFace: madeFrameToFace(made, frameIndex) };
    },
  };
}
