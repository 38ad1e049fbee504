// How much grain a resampled face lacks beside its frame, and how soft that grain is.
import type { Grain, PixelBox, Samples } from "../native/index.ts";

/** The frame's own samples and the new ones over the same box of one plane. */
export type GrainPair = {
  readonly samples: Samples;
  readonly planeWidthPx: number;
  readonly box: PixelBox;
  /** [box.heightPx, box.widthPx]. */
  readonly fresh: Float32Array;
  readonly depthBits: number;
};

/** Grain is measured in blocks of this side, in about so many a side of the box. */
const blockPx = 12;
const blocksPerSide = 8;
/** The flattest blocks show grain and little else; the very flattest may be clipped black or white. */
const flatShares = [0.1, 0.4] as const;
/** The second differences of two neighbours: finest grain shows in those of near ones, soft grain in those of far ones. */
const [nearPx, farPx] = [1, 2];

/** In 8-bit codes: less is not seen, more is no grain but a beard. */
const seenCodes = 0.25;
const mostCodes = 4;
/** Two measurements of the same grain differ by less than this share. */
const lackingShare = 0.15;
/** Of noise weighed [s, 1, s], the share that near differences keep grows smaller and smaller up to here. */
const softest = 0.5;

/** What rounding to whole codes leaves: a variance of 1/12, through weights whose squares sum to 36. */
const roundingRoughness = 36 / 12;

type Block = { readonly x: number; readonly y: number };
type Read = (x: number, y: number) => number;

/** The mean square of second differences across and down at once, over a block (Immerkær 1996). */
function roughness(read: Read, { x, y }: Block, stepPx: number): number {
  let sum = 0;
  for (let row = y; row < y + blockPx; row++)
    for (let column = x; column < x + blockPx; column++) {
      const line = (at: number): number => read(column - stepPx, at) - 2 * read(column, at) + read(column + stepPx, at);
      sum += (line(row - stepPx) - 2 * line(row) + line(row + stepPx)) ** 2;
    }
  return sum / blockPx ** 2;
}

/** What second differences, near and far, make of noise weighed [s, 1, s], along one axis and at deviation 1. */
function responses(s: number): { readonly near: number; readonly far: number } {
  const gain = 1 + 2 * s * s;
  return {
    near: (2 * s * s + 2 * (1 - 2 * s) ** 2 + (2 * s - 2) ** 2) / gain,
    far: (4 * s * s + 6) / gain,
  };
}

/** The softness at which far differences are so much larger than near ones. */
function softnessOf(farOverNear: number): number {
  let [low, high] = [0, softest];
  for (let halving = 0; halving < 12; halving++) {
    const middle = (low + high) / 2;
    const { near, far } = responses(middle);
    if ((far / near) ** 2 < farOverNear) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function blocksOf({ widthPx, heightPx }: PixelBox): readonly Block[] {
  const [spanX, spanY] = [widthPx - blockPx - 2 * farPx, heightPx - blockPx - 2 * farPx];
  if (spanX < 0 || spanY < 0) return [];
  const steps = (spanPx: number): readonly number[] => {
    const count = Math.min(blocksPerSide, 1 + Math.floor(spanPx / blockPx));
    return Array.from(
      { length: count },
      (_, at) => farPx + (count === 1 ? 0 : Math.floor((at * spanPx) / (count - 1))),
    );
  };
  return steps(spanY).flatMap((y) => steps(spanX).map((x) => ({ x, y })));
}

/** The box with as much again on every side, as far as the plane goes: where a beard fills the box, skin lies beyond. */
function surroundings({ samples, planeWidthPx, box }: GrainPair): PixelBox {
  const planeHeightPx = Math.floor(samples.length / planeWidthPx);
  const [left, top] = [Math.max(0, box.xPx - box.widthPx), Math.max(0, box.yPx - box.heightPx)];
  const right = Math.min(planeWidthPx, box.xPx + 2 * box.widthPx);
  const bottom = Math.min(planeHeightPx, box.yPx + 2 * box.heightPx);
  return { xPx: left, yPx: top, widthPx: right - left, heightPx: bottom - top };
}

/** Mean roughness, near and far, of the flattest blocks; undefined where there is no room for one. */
function flatRoughness(read: Read, size: PixelBox): { readonly near: number; readonly far: number } | undefined {
  const measured = blocksOf(size)
    .map((block) => ({ block, near: roughness(read, block, nearPx) }))
    .toSorted((a, b) => a.near - b.near);
  const [from, to] = flatShares.map((share) => Math.floor(share * measured.length));
  const flat = measured.slice(from, to);
  if (flat.length === 0) return undefined;
  const mean = (value: (at: (typeof flat)[number]) => number): number =>
    flat.reduce((sum, at) => sum + value(at), 0) / flat.length;
  return { near: mean(({ near }) => near), far: mean(({ block }) => roughness(read, block, farPx)) };
}

/** The grain to add to `fresh` so that its flat parts look like the frame's around it; undefined where nothing is lacking. */
export function missingGrain(pair: GrainPair): Grain | undefined {
  const { samples, planeWidthPx, box, fresh, depthBits } = pair;
  const around = surroundings(pair);
  const own = flatRoughness((x, y) => samples[(around.yPx + y) * planeWidthPx + around.xPx + x] ?? 0, around);
  const made = flatRoughness((x, y) => fresh[y * box.widthPx + x] ?? 0, box);
  if (!own || !made) return undefined;
  const lacking = own.near - made.near - roundingRoughness;
  if (lacking <= lackingShare * own.near) return undefined;
  const softnessRatio = softnessOf(own.far / own.near);
  const unit = 2 ** (depthBits - 8);
  const deviationCodes = Math.min(mostCodes * unit, Math.sqrt(lacking) / responses(softnessRatio).near);
  return deviationCodes < seenCodes * unit ? undefined : { deviationCodes, softnessRatio };
}
