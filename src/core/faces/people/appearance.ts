// What a face looks like, in 144 numbers and without a network: colours and edge directions of a small upright picture of it.
// Enough to keep neighbours apart while they cross and to suggest who is who; a trained embedding knows better.
import { assert } from "../../../shared/failure/index.ts";
import { regionOfDetection, regionToFrame } from "../../models/index.ts";
import type { Affine, FaceDetection } from "../../models/index.ts";

/** The square it is read from, and its cells. */
export const portraitSizePx = 32;
const cells = 4;
const cellPx = portraitSizePx / cells;
const directions = 6;
const coloursPerCell = 3;

/** How much of each part goes into the distance: the weights that keep four made and two real people best apart. */
const edgeWeight = 1;
const lightnessWeight = 0.22;
const chromaWeight = 2.25;
/** Of the face in its portrait, in shares of the square. */
const oval = { x: 0.5, y: 0.5, acrossRatio: 0.34, downRatio: 0.42, rimRatio: 0.3 };

/** Its length; compare only what has the same. */
export const appearanceLength = cells * cells * (coloursPerCell + directions);

/** Where the portrait of a detected face lies: upright, half as large again as its box. Sample [3, 32, 32] there. */
export const portraitToFrame = (detection: FaceDetection): Affine =>
  regionToFrame(regionOfDetection(detection), portraitSizePx);

/** Per pixel: an oval about the face and the hair over it, with a soft rim. What is behind a head must not count. */
const pixelWeights = Float32Array.from({ length: portraitSizePx ** 2 }, (_, pixel) => {
  const across = ((pixel % portraitSizePx) + 0.5) / portraitSizePx - oval.x;
  const down = (Math.floor(pixel / portraitSizePx) + 0.5) / portraitSizePx - oval.y;
  return Math.min(1, Math.max(0, (1 - Math.hypot(across / oval.acrossRatio, down / oval.downRatio)) / oval.rimRatio));
});
const totalWeight = pixelWeights.reduce((sum, weight) => sum + weight, 0);

const cellOf = (row: number, column: number): number => Math.floor(row / cellPx) * cells + Math.floor(column / cellPx);

/** The portrait that a mesh's look at the same square shows. */
export function portraitOf({
  picture,
  sizePx,
}: {
  readonly picture: Float32Array;
  readonly sizePx: number;
}): Float32Array {
  const ratio = sizePx / portraitSizePx;
  assert(Number.isInteger(ratio), `a look is some multiple of ${portraitSizePx} px wide`);
  const portrait = new Float32Array(3 * portraitSizePx ** 2);
  for (let at = 0; at < picture.length; at++) {
    const [line, column] = [Math.floor(at / sizePx), Math.floor((at % sizePx) / ratio)];
    const place = Math.floor(line / ratio) * portraitSizePx + column;
    portrait[place] = (portrait[place] ?? 0) + (picture[at] ?? 0) / ratio ** 2;
  }
  return portrait;
}

/** `portrait` is [3, 32, 32], R, G, B in 0..1. Brightness and contrast of the whole do not count. */
export function appearanceOf(portrait: Float32Array): Float32Array {
  const planePx = portraitSizePx ** 2;
  assert(portrait.length === 3 * planePx, `a portrait is [3, ${portraitSizePx}, ${portraitSizePx}]`);
  const at = (channel: number, pixel: number): number => portrait[channel * planePx + pixel] ?? 0;
  const light = Float32Array.from({ length: planePx }, (_, p) => 0.3 * at(0, p) + 0.59 * at(1, p) + 0.11 * at(2, p));
  const weightAt = (pixel: number): number => (pixelWeights[pixel] ?? 0) / totalWeight;
  const mean = light.reduce((sum, value, pixel) => sum + weightAt(pixel) * value, 0);
  const spread = Math.sqrt(light.reduce((sum, value, pixel) => sum + weightAt(pixel) * (value - mean) ** 2, 0));
  const found = new Float32Array(appearanceLength);
  const [colours, edges] = [found.subarray(0, coloursPerCell * cells * cells), found.subarray(3 * cells * cells)];
  for (let pixel = 0; pixel < planePx; pixel++) {
    const cell = cellOf(Math.floor(pixel / portraitSizePx), pixel % portraitSizePx);
    const value = light[pixel] ?? 0;
    const weight = (pixelWeights[pixel] ?? 0) / cellPx ** 2;
    const bright = Math.max(0.02, mean);
    const parts = [
      (lightnessWeight * (value - mean)) / Math.max(0.02, spread),
      (chromaWeight * (at(0, pixel) - value)) / bright,
      (chromaWeight * (at(2, pixel) - value)) / bright,
    ];
    for (const [part, amount] of parts.entries())
      colours[coloursPerCell * cell + part] = (colours[coloursPerCell * cell + part] ?? 0) + weight * amount;
  }
  addEdges(light, edges);
  return found;
}

/** Per cell how much of its edges runs in each direction; the square roots, so that one strong edge does not drown the rest. */
function addEdges(light: Float32Array, edges: Float32Array): void {
  for (let row = 1; row < portraitSizePx - 1; row++)
    for (let column = 1; column < portraitSizePx - 1; column++) {
      const pixel = row * portraitSizePx + column;
      const across = (light[pixel + 1] ?? 0) - (light[pixel - 1] ?? 0);
      const down = (light[pixel + portraitSizePx] ?? 0) - (light[pixel - portraitSizePx] ?? 0);
      const strength = Math.hypot(across, down);
      if (strength === 0) continue;
      // Of an edge only the line counts, not which side is bright. Shared out between the two directions next to it.
      const turn = ((Math.atan2(down, across) / Math.PI + 1) % 1) * directions;
      const [near, rest] = [Math.floor(turn) % directions, turn - Math.floor(turn)];
      const cell = cellOf(row, column);
      const weight = (pixelWeights[pixel] ?? 0) * strength;
      const [first, second] = [cell * directions + near, cell * directions + ((near + 1) % directions)];
      edges[first] = (edges[first] ?? 0) + weight * (1 - rest);
      edges[second] = (edges[second] ?? 0) + weight * rest;
    }
  let total = 0;
  for (const value of edges) total += value;
  if (total > 0) for (const [place, value] of edges.entries()) edges[place] = edgeWeight * Math.sqrt(value / total);
}

/**
 * One person from shot to shot was no farther apart than a quarter of a unit, two people no nearer than a third of one; at this
 * distance nobody can say.
 */
const evenDistance = 0.3;

/** How alike two appearances are: 1 for the same, 0.5 where it could be either. */
export function likenessOf(left: Float32Array, right: Float32Array): number {
  assert(left.length === right.length, "appearances of one kind are compared");
  let squares = 0;
  for (let place = 0; place < left.length; place++) squares += ((left[place] ?? 0) - (right[place] ?? 0)) ** 2;
  return 0.5 ** (squares / evenDistance ** 2);
}

function meanOf(appearances: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(appearances[0]?.length ?? 0);
  for (const appearance of appearances)
    for (let place = 0; place < mean.length; place++)
      mean[place] = (mean[place] ?? 0) + (appearance[place] ?? 0) / appearances.length;
  return mean;
}

/**
 * What a face usually looks like: the mean of that half of its frames which are nearest to the mean of all, so that a hand, a
 * dissolve or a turned head among them counts for little. Undefined for no frames.
 */
export function usualAppearance(appearances: readonly Float32Array[]): Float32Array | undefined {
  if (appearances.length === 0) return undefined;
  const all = meanOf(appearances);
  const near = appearances
    .map((appearance) => ({ appearance, likeness: likenessOf(appearance, all) }))
    .toSorted((a, b) => b.likeness - a.likeness)
    .slice(0, Math.ceil(appearances.length / 2));
  return meanOf(near.map(({ appearance }) => appearance));
}
