// Affines of the plane, named from where to where: frameToRegion takes a point of the frame to the region's pixels.

/** x right, y down; (0, 0) is the corner of the top-left pixel, so its centre is (.5, .5). */
export type Point = { readonly x: number; readonly y: number };

/** Row-major 2 x 3: x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const applyAffine = ([a, b, c, d, e, f]: Affine, { x, y }: Point): Point => ({
  x: a * x + b * y + c,
  y: d * x + e * y + f,
});

/** Undefined for an affine that flattens the plane. */
export function invertAffine([a, b, c, d, e, f]: Affine): Affine | undefined {
  const determinant = a * e - b * d;
  if (!Number.isFinite(1 / determinant)) return undefined;
  const [ia, ib, id, ie] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [ia, ib, -(ia * c + ib * f), id, ie, -(id * c + ie * f)];
}

/** How many source lengths go into one target length: the square root of how much an area grows. */
export const affineScale = ([a, b, , d, e]: Affine): number => Math.sqrt(Math.abs(a * e - b * d));
