// The picture autoencoder: first crops, many a step, then whole faces; last its decoder on what the U-Net draws.
import type { Random } from "../../../../src/core/base/index.ts";
import { weightsInMemory } from "../../../../src/core/onnx/index.ts";
import { tensorOf } from "../../../../src/core/tensor/index.ts";
import { newWeights, openAutoencoderTask } from "../../../../src/core/training/index.ts";
import type { Dataset, Parameters } from "../../../../src/core/training/index.ts";
import { clipFolders, readFrame } from "../clips.ts";
import { keepPixels, mouthBox, weighRegions } from "../face-regions.ts";
import type { Family } from "../family.ts";
import { trainStage } from "../stage.ts";
import type { Shop } from "../stage.ts";

export const lossWeights = { absolute: 1, squared: 2, edges: 0.5, divergence: 3e-5 } as const;
/** Outside the hole a pixel weighs 1: the whole face must come back, the mouth best. */
const wholeWeights = { mouth: 3, painted: 1, kept: 1 } as const;
/** A hole is plain grey: there is little to learn in it. */
const holeWeight = 0.2;
const maskedRatio = 0.35;
const mouthCropRatio = 0.5;

/** Other light and another camera: gain and offset for each colour, -1..1 before and after. */
export function relit(picture: Float32Array, random: Random): Float32Array {
  const area = picture.length / 3;
  const colours = [0, 1, 2].map(() => ({ gain: 0.85 + 0.3 * random.uniform(), lift: 0.2 * (random.uniform() - 0.5) }));
  return picture.map((value, at) => {
    const { gain, lift } = colours[Math.floor(at / area)] ?? { gain: 1, lift: 0 };
    return Math.max(-1, Math.min(1, value * gain + lift));
  });
}

type Square = { readonly sidePx: number; readonly top: number; readonly left: number; readonly cropPx: number };

/** A square of [channels, side, side]. */
function cropped(values: Float32Array, { sidePx, top, left, cropPx }: Square): Float32Array {
  const channels = values.length / (sidePx * sidePx);
  const result = new Float32Array(channels * cropPx * cropPx);
  for (let channel = 0; channel < channels; channel += 1)
    for (let row = 0; row < cropPx; row += 1) {
      const from = (channel * sidePx + top + row) * sidePx + left;
      result.set(values.subarray(from, from + cropPx), (channel * cropPx + row) * cropPx);
    }
  return result;
}

/** Half of the crops are drawn around the mouth, the others anywhere. */
function placeOf(sidePx: number, cropPx: number, random: Random): Square {
  const spare = sidePx - cropPx;
  const isMouth = random.uniform() < mouthCropRatio;
  const [down, across] = [random.uniform(), random.uniform()];
  const middle = (from: number, to: number, ratio: number) =>
    Math.round(Math.max(0, Math.min(spare, (from + (to - from) * ratio) * sidePx - cropPx / 2)));
  if (!isMouth) return { sidePx, cropPx, top: Math.round(down * spare), left: Math.round(across * spare) };
  const top = middle(mouthBox.top, mouthBox.bottom, down);
  return { sidePx, cropPx, top, left: middle(mouthBox.left, mouthBox.right, across) };
}

/** Frames of clips, relit; a third with the hole that the U-Net's pictures have, since the encoder must know it. */
export function pictureDataset(clips: readonly string[], { model, material }: Family, cropPx: number): Dataset {
  const sizePx = model.faceSizePx;
  const keep = keepPixels(sizePx);
  const weights = weighRegions(keep, wholeWeights);
  const maskedWeights = keep.map((kept) => (kept > 0.5 ? 1 : holeWeight));
  const area = sizePx * sizePx;
  return {
    size: clips.length,
    load: (index, random) => {
      const frameIndex = Math.floor(random.uniform() * material.framesPerClip);
      const picture = relit(readFrame(clips[index] ?? "", "a", { frameIndex, sizePx }), random);
      const isMasked = random.uniform() < maskedRatio;
      const seen = isMasked ? picture.map((value, at) => value * (keep[at % area] ?? 0)) : picture;
      const place = placeOf(sizePx, cropPx, random);
      return Promise.resolve({
        image: tensorOf("float32", [3, cropPx, cropPx], cropped(seen, place)),
        pixel_weights: tensorOf("float32", [1, cropPx, cropPx], cropped(isMasked ? maskedWeights : weights, place)),
      });
    },
  };
}

type Clips = { readonly train: string; readonly validation: string };

/** Crops, then whole faces from where the crops led. */
export async function teachAutoencoder(shop: Shop, family: Family, splits: Clips): Promise<Parameters> {
  const { model, stages, cropPx } = family;
  const [clips, unseen] = [clipFolders(splits.train), clipFolders(splits.validation)];
  const stage = (name: "vae-crops" | "vae-whole", sidePx: number, before: Parameters | undefined) =>
    trainStage(shop, {
      name,
      numbers: stages[name],
      dataset: pictureDataset(clips, family, sidePx),
      validation: pictureDataset(unseen, family, sidePx),
      openTask: (batch) =>
        openAutoencoderTask({
          config: model.vae,
          weights: before ? weightsInMemory(before) : newWeights(12),
          batch,
          sidePx,
          lossWeights,
          device: shop.device,
        }),
    });
  return await stage("vae-whole", model.faceSizePx, await stage("vae-crops", cropPx, undefined));
}
