// Affines of the plane, named from where to where: frameToCrop takes a point of the frame to the crop's pixels.
import { assert } from "../../shared/failure/index.ts";

/** x right, y down; (0, 0) is the corner of the top-left pixel, so its centre is (.5, .5). */
export type Point = { readonly x: number; readonly y: number };

/** Row-major 2 x 3: x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const applyAffine = ([a, b, c, d, e, f]: Affine, { x, y }: Point): Point => ({
  x: a * x + b * y + c,
  y: d * x + e * y + f,
});

/** The way back. An affine that flattens the plane has none. */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  assert(Number.isFinite(1 / determinant), "an affine with a way back does not flatten the plane");
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** First one, then the other: composeAffines(frameToCrop, cropToPage) is frameToPage. */
export const composeAffines = (first: Affine, second: Affine): Affine => {
  const [a, b, c, d, e, f] = first;
  const [p, q, r, s, t, u] = second;
  return [p * a + q * d, p * b + q * e, p * c + q * f + r, s * a + t * d, s * b + t * e, s * c + t * f + u];
};

/** Each axis by its own factor, the origin kept. */
export const stretch = (acrossRatio: number, downRatio: number): Affine => [acrossRatio, 0, 0, 0, downRatio, 0];
