// The region a lip-sync model paints: cheeks, mouth and chin below a kept nose, drawn from the published mask's geometry.
import { assert } from "../../shared/failure/index.ts";

/** A field over a square face crop: `values` row by row, 0..1. */
export type FaceMask = { readonly sizePx: number; readonly values: Float32Array };

/** The outline is measured in pixels of a square of this side. */
const measuredSizePx = 256;

/** Two pillars over the cheeks, beside the nose, down to the block: [left, right) each, between two heights. */
const cheeks = { top: 95, bottom: 128, left: [9, 78], right: [178, 247] } as const;

/**
 * The block below the nose: [y, left, right), from the rows of the published mask. Left and right hold in the middle of
 * row y and change evenly to the next; the last lies on the chin's lower edge.
 */
const block: readonly (readonly [y: number, left: number, right: number])[] = [
  [128, 9, 248],
  [136, 10, 247],
  [152, 11, 246],
  [168, 12, 245],
  [176, 15, 241],
  [184, 20, 236],
  [192, 26, 231],
  [200, 33, 224],
  [208, 40, 217],
  [216, 51, 208],
  [224, 64, 197],
  [232, 80, 181],
  [236, 90, 172],
  [240, 104, 161],
  [242, 131, 153],
];
const blockTop = 128;
const blockBottom = 243;

type Stretch = readonly [left: number, right: number];

/** What a line at height y of the measured square crosses. */
function stretchesAt(y: number): readonly Stretch[] {
  if (y >= cheeks.top && y < cheeks.bottom) return [cheeks.left, cheeks.right];
  if (y < blockTop || y >= blockBottom) return [];
  const rowY = y - 0.5;
  const below = block.findIndex(([listedY]) => listedY > rowY);
  const [, ...last] = block.at(-1) ?? [0, 0, 0];
  const [, ...first] = block[0] ?? [0, 0, 0];
  const [upper, lower] = [block[below - 1], block[below]];
  if (below === 0) return [first];
  if (!upper || !lower) return [last];
  const part = (rowY - upper[0]) / (lower[0] - upper[0]);
  return [[upper[1] + part * (lower[1] - upper[1]), upper[2] + part * (lower[2] - upper[2])]];
}

/** Lines drawn through one row of pixels; across, coverage is exact. */
const linesPerRow = 8;

/**
 * 1 where the model paints, 0 where the face is kept, in between where the edge cuts a pixel: the covered share of its
 * area. The networks' mask channel means the opposite; see `keepChannel`.
 */
export function inpaintMask(sizePx: number): FaceMask {
  const values = new Float32Array(sizePx * sizePx);
  const pixelsPerUnit = sizePx / measuredSizePx;
  for (let line = 0; line < sizePx * linesPerRow; line++) {
    const row = Math.floor(line / linesPerRow);
    const y = (line + 0.5) / linesPerRow / pixelsPerUnit;
    for (const [left, right] of stretchesAt(y)) {
      const [from, to] = [left * pixelsPerUnit, right * pixelsPerUnit];
      for (let column = Math.floor(from); column < Math.min(sizePx, Math.ceil(to)); column++) {
        const covered = Math.min(column + 1, to) - Math.max(column, from);
        const at = row * sizePx + column;
        values[at] = (values[at] ?? 0) + covered / linesPerRow;
      }
    }
  }
  return { sizePx, values };
}

/** Pixels of the picture per latent, in both directions. */
const pixelsPerLatent = 8;

/**
 * The mask of the latents, 1 where the model paints, 0 or 1 only: the top-left pixel of each latent's cell, as published
 * (nearest neighbour), taken as painted when half of it is.
 */
export function latentInpaintMask({ sizePx, values }: FaceMask): FaceMask {
  assert(sizePx % pixelsPerLatent === 0, `a face crop's side is a multiple of ${pixelsPerLatent}, not ${sizePx}`);
  const latentSize = sizePx / pixelsPerLatent;
  const latents = Float32Array.from({ length: latentSize * latentSize }, (_, index) => {
    const [row, column] = [Math.floor(index / latentSize), index % latentSize];
    return (values[pixelsPerLatent * (row * sizePx + column)] ?? 0) >= 0.5 ? 1 : 0;
  });
  return { sizePx: latentSize, values: latents };
}

/** The networks' mask channel, 1 where the picture is kept: the complement of an inpaint mask. */
export const keepChannel = ({ values }: FaceMask): Float32Array => values.map((painted) => 1 - painted);
