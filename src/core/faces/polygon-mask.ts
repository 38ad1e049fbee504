// Fields over a face crop drawn from polygons, grown, and faded out by blurs.
import type { Point } from "../models/index.ts";
import type { FaceMask } from "./inpaint-mask.ts";

/** Lines drawn through one row of pixels; across, coverage is exact. */
const linesPerRow = 4;

/** Where a line at height y enters and leaves the polygon, from left to right. */
function crossingsAt(points: readonly Point[], y: number): readonly number[] {
  const crossings: number[] = [];
  for (const [index, from] of points.entries()) {
    const to = points[(index + 1) % points.length] ?? from;
    if (from.y > y === to.y > y) continue;
    crossings.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
  }
  return crossings.toSorted((a, b) => a - b);
}

/** 1 inside the polygon (even-odd), 0 outside, the covered share in between. Points are in pixels of the field. */
export function polygonMask(points: readonly Point[], sizePx: number): FaceMask {
  const values = new Float32Array(sizePx * sizePx);
  for (let line = 0; line < sizePx * linesPerRow; line++) {
    const row = Math.floor(line / linesPerRow);
    const crossings = crossingsAt(points, (line + 0.5) / linesPerRow);
    for (let at = 0; at + 1 < crossings.length; at += 2) {
      const from = Math.max(0, crossings[at] ?? 0);
      const to = Math.min(sizePx, crossings[at + 1] ?? 0);
      for (let column = Math.floor(from); column < Math.ceil(to); column++) {
        const covered = Math.min(column + 1, to) - Math.max(column, from);
        const index = row * sizePx + column;
        values[index] = (values[index] ?? 0) + Math.max(0, covered) / linesPerRow;
      }
    }
  }
  return { sizePx, values };
}

/** The polygon with every corner moved outwards along its normal, whichever way round the points go. */
export function grownPolygon(points: readonly Point[], outwards: number): readonly Point[] {
  const area = points.reduce((sum, { x, y }, index) => {
    const next = points[(index + 1) % points.length] ?? { x, y };
    return sum + x * next.y - next.x * y;
  }, 0);
  const side = area < 0 ? -1 : 1;
  return points.map((point, index) => {
    const before = points[(index + points.length - 1) % points.length] ?? point;
    const after = points[(index + 1) % points.length] ?? point;
    const [along, down] = [after.x - before.x, after.y - before.y];
    const length = Math.hypot(along, down) || 1;
    return { x: point.x + (side * outwards * down) / length, y: point.y - (side * outwards * along) / length };
  });
}

/** Three boxes in a row are close to a Gaussian. */
const blurs = 3;

/** A straight edge becomes one half on the edge itself. Beyond the field there is nothing. */
export function blurred({ sizePx, values }: FaceMask, radiusPx: number): FaceMask {
  if (radiusPx === 0) return { sizePx, values };
  let soft = values;
  for (let round = 0; round < blurs; round++)
    soft = blurLines(blurLines(soft, sizePx, { radiusPx, step: 1 }), sizePx, { radiusPx, step: sizePx });
  return { sizePx, values: soft };
}

/** The mean over 2 radius + 1 values along rows (step 1) or columns (step sizePx). */
function blurLines(
  values: Float32Array,
  sizePx: number,
  { radiusPx, step }: { readonly radiusPx: number; readonly step: number },
): Float32Array {
  const result = new Float32Array(values.length);
  const across = step === 1 ? sizePx : 1;
  for (let line = 0; line < sizePx; line++) {
    const start = line * across;
    let sum = 0;
    for (let place = -radiusPx; place < sizePx; place++) {
      if (place + radiusPx < sizePx) sum += values[start + (place + radiusPx) * step] ?? 0;
      if (place > radiusPx) sum -= values[start + (place - radiusPx - 1) * step] ?? 0;
      if (place >= 0) result[start + place * step] = sum / (2 * radiusPx + 1);
    }
  }
  return result;
}

/** Fades in from a blurred edge inwards: 0 up to the edge, 1 a feather further in. */
export function inwards(value: number): number {
  const part = Math.min(1, Math.max(0, 2 * value - 1));
  return part * part * (3 - 2 * part);
}

/** The radius of the blurs that fade over about `featherRatio` of a field's side. */
export const featherRadiusPx = (sizePx: number, featherRatio: number): number =>
  Math.round((featherRatio * sizePx) / 2);
