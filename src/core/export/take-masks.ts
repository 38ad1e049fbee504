// Which blend mask belongs to a take: never wider than what its model was asked to paint.
import { blendMask } from "../faces/index.ts";
import type { FaceMask } from "../faces/index.ts";

/** Above this share of the face's height a take with the lower mask is the source's, and it fades in over the next. */
const lowerTopRatio = 0.5;
const fadeRatio = 0.06;

/** By the name that a take's settings carry; what they lack is the published mask. */
export function blendMaskOf(maskName: unknown, sizePx: number): FaceMask {
  const published = blendMask(sizePx);
  if (maskName !== "lower") return published;
  const values = published.values.map((value, at) => {
    const below = (Math.floor(at / sizePx) + 0.5) / sizePx - lowerTopRatio;
    const share = Math.min(1, Math.max(0, below / fadeRatio));
    return value * share * share * (3 - 2 * share);
  });
  return { sizePx, values };
}
