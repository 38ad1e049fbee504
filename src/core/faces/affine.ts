// Affines put one after another and turned round; applying them is core/models'.
import { assert } from "../../shared/failure/index.ts";
import { invertAffine } from "../models/index.ts";
import type { Affine } from "../models/index.ts";

/** The way back. An affine that flattens the plane has none, and no face is aligned by one. */
export function inverseOf(affine: Affine): Affine {
  const inverse = invertAffine(affine);
  assert(inverse !== undefined, "an affine with a way back does not flatten the plane");
  return inverse;
}

/** First one, then the other: composeAffines(frameToCrop, cropToPage) is frameToPage. */
export const composeAffines = (first: Affine, second: Affine): Affine => {
  const [a, b, c, d, e, f] = first;
  const [p, q, r, s, t, u] = second;
  return [p * a + q * d, p * b + q * e, p * c + q * f + r, s * a + t * d, s * b + t * e, s * c + t * f + u];
};

/** Each axis by its own factor, the origin kept. */
export const stretch = (acrossRatio: number, downRatio: number): Affine => [acrossRatio, 0, 0, 0, downRatio, 0];
