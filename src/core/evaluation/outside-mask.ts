// What changed of a frame although no mask holds it: a proof that must come out as 0.
import type { Affine } from "../models/index.ts";
import { applyAffine } from "../models/index.ts";
import type { FaceMask } from "../faces/index.ts";
import type { YuvPicture } from "../native/index.ts";

/** One mask as it lies on a frame. */
export type PlacedMask = { readonly mask: FaceMask; readonly frameToFace: Affine; readonly faceSizePx: number };

/**
 * A mask is read between its own pixels, and chroma stands up to half a pixel of luma aside: within this many pixels of the mask,
 * counted in its own where they are larger than the frame's, a sample may change.
 */
const reachPx = 2;

/** Samples of all planes that differ although every mask is 0 around them. */
export function changedOutside(before: YuvPicture, after: YuvPicture, masks: readonly PlacedMask[]): number {
  const { widthPx, heightPx } = before.format;
  let changed = 0;
  for (const [index, samples] of after.planes.entries()) {
    const own = before.planes[index] ?? samples;
    const planeWidthPx = index === 0 ? widthPx : Math.ceil(widthPx / (before.format.sampling === "4:4:4" ? 1 : 2));
    const planeHeightPx = samples.length / planeWidthPx;
    const [stepX, stepY] = [widthPx / planeWidthPx, heightPx / planeHeightPx];
    for (let at = 0; at < samples.length; at++) {
      if (samples[at] === own[at]) continue;
      const place = { x: stepX * ((at % planeWidthPx) + 0.5), y: stepY * (Math.floor(at / planeWidthPx) + 0.5) };
      if (!masks.some((placed) => isWithin(placed, place))) changed += 1;
    }
  }
  return changed;
}

function isWithin(
  { mask, frameToFace, faceSizePx }: PlacedMask,
  place: { readonly x: number; readonly y: number },
): boolean {
  const toMask = mask.sizePx / faceSizePx;
  const { x, y } = applyAffine(frameToFace, place);
  const perFramePx = toMask * Math.hypot(frameToFace[0], frameToFace[3]);
  const reach = reachPx * Math.max(1, perFramePx);
  const [left, right] = [
    Math.max(0, Math.floor(x * toMask - reach)),
    Math.min(mask.sizePx - 1, Math.floor(x * toMask + reach)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(y * toMask - reach)),
    Math.min(mask.sizePx - 1, Math.floor(y * toMask + reach)),
  ];
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++)
      if ((mask.values[row * mask.sizePx + column] ?? 0) > 0) return true;
  return false;
}
