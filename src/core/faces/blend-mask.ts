// How much of the new face the frame takes at every place of the crop: all of it inside, none at the mask's edge.
import { inpaintMask } from "./inpaint-mask.ts";
import type { FaceMask } from "./inpaint-mask.ts";

/** Of the crop's side. */
const usualFeatherRatio = 0.03;
/** Three boxes in a row are close to a Gaussian. */
const blurs = 3;

/**
 * 1 where the frame takes the new pixel, 0 where it keeps its own. It fades inside the inpaint mask only, over about
 * `featherRatio` of the crop's side, so nothing outside the region that the model painted can change.
 */
export function blendMask(sizePx: number, featherRatio: number = usualFeatherRatio): FaceMask {
  const painted = inpaintMask(sizePx);
  const radius = Math.round((featherRatio * sizePx) / 2);
  if (radius === 0) return painted;
  let blurred = painted.values;
  for (let round = 0; round < blurs; round++)
    blurred = blurLines(blurLines(blurred, sizePx, { radius, step: 1 }), sizePx, { radius, step: sizePx });
  // A straight edge blurs to one half on the edge itself: from there on it fades in.
  const values = blurred.map((value, at) => {
    const inward = Math.min(1, Math.max(0, 2 * value - 1));
    return (painted.values[at] ?? 0) * inward * inward * (3 - 2 * inward);
  });
  return { sizePx, values };
}

/** The mean over 2 radius + 1 values along rows (step 1) or columns (step sizePx); beyond the crop there is nothing. */
function blurLines(
  values: Float32Array,
  sizePx: number,
  { radius, step }: { readonly radius: number; readonly step: number },
): Float32Array {
  const result = new Float32Array(values.length);
  const across = step === 1 ? sizePx : 1;
  for (let line = 0; line < sizePx; line++) {
    const start = line * across;
    let sum = 0;
    for (let place = -radius; place < sizePx; place++) {
      if (place + radius < sizePx) sum += values[start + (place + radius) * step] ?? 0;
      if (place > radius) sum -= values[start + (place - radius - 1) * step] ?? 0;
      if (place >= 0) result[start + place * step] = sum / (2 * radius + 1);
    }
  }
  return result;
}
