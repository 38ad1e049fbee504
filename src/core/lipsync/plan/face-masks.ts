// What of the face is painted anew: the mask over pixels and over latents, by the name that a take's settings carry.
import { inpaintMask, keepChannel, latentInpaintMask } from "../../faces/index.ts";
import type { FaceMask } from "../../faces/index.ts";

/**
 * published: cheeks, mouth and chin, as the published models were trained. lower: without the cheeks beside the nose, which
 * then stay the source's; a mask that a model was not trained with costs it some likeness.
 */
export const maskNames = ["published", "lower"] as const;
export type MaskName = (typeof maskNames)[number];

export type FaceMasks = {
  /** [faceSizePx, faceSizePx], 1 where the picture is kept. */
  readonly keepPixels: Float32Array;
  /** [side, side], likewise. */
  readonly keepLatents: Float32Array;
};

/** Above this share of the face's height the lower mask keeps everything: where the published one's block begins. */
const lowerTopRatio = 0.5;

const painted: { readonly [Name in MaskName]: (sizePx: number) => FaceMask } = {
  published: inpaintMask,
  lower: (sizePx) => {
    const { values } = inpaintMask(sizePx);
    return { sizePx, values: values.fill(0, 0, Math.floor(lowerTopRatio * sizePx) * sizePx) };
  },
};

export function faceMasks(name: MaskName, faceSizePx: number): FaceMasks {
  const mask = painted[name](faceSizePx);
  return { keepPixels: keepChannel(mask), keepLatents: keepChannel(latentInpaintMask(mask)) };
}
