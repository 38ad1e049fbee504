// How a head moved from one frame to the next, to a twentieth of a pixel: found in the picture itself, not by a network. A
// mesh finds a face anew in each frame and trembles; the pixels of brow and nose move with the head.
import { applyAffine, invertAffine } from "../../models/index.ts";
import type { Affine, Point } from "../../models/index.ts";
import { composeAffines } from "../affine.ts";
import { fitSimilarity } from "../align-face.ts";
import type { FaceAnchors } from "../align-face.ts";

/** One look at a face, as the mesh had it. */
export type HeadLook = {
  /** R, G, B in 0..1: [3, size, size]. */
  readonly picture: Float32Array;
  readonly sizePx: number;
  readonly pictureToFrame: Affine;
  /** In the frame. */
  readonly anchors: FaceAnchors;
};

/** Made ready to be compared, once for both its neighbours. */
export type HeadPattern = {
  /** Blurred a little, [size, size]. */
  readonly light: Float32Array;
  readonly sizePx: number;
  readonly pictureToFrame: Affine;
  readonly anchors: FaceAnchors;
};

/** What is compared: so far around the middle between the brows, in lengths from brow to brow. */
export type HeadPart = {
  readonly leftRatio: number;
  readonly rightRatio: number;
  readonly aboveRatio: number;
  readonly belowRatio: number;
};

/** From above the brows to the nose's tip: what no word moves. */
export const upperFace: HeadPart = { leftRatio: 0.8, rightRatio: 0.8, aboveRatio: 0.35, belowRatio: 0.85 };

/** Every second pixel: the blur leaves nothing between. */
const stepPx = 2;
const mostRounds = 20;
const settledPx = 0.005;
/** A pattern that fits nowhere is no measure: how well it must correlate, and how far from the mesh's step it may end. */
const leastCorrelation = 0.8;
const mostDeparturePx = 4;
/** A point that is off by this many times the usual counts a quarter. */
const robustSpread = 2;
/** What is usual is read off every so many points. */
const spreadSample = 5;

/** The binomial 1-4-6-4-1 along rows and columns: the noise of single pixels goes, slopes stay. */
const kernel = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16] as const;

export function headPattern({ picture, sizePx, pictureToFrame, anchors }: HeadLook): HeadPattern {
  const planePx = sizePx * sizePx;
  const grey = new Float32Array(planePx);
  for (let at = 0; at < planePx; at++)
    grey[at] = 0.3 * (picture[at] ?? 0) + 0.59 * (picture[planePx + at] ?? 0) + 0.11 * (picture[2 * planePx + at] ?? 0);
  return { light: blurred(blurred(grey, sizePx, 1), sizePx, sizePx), sizePx, pictureToFrame, anchors };
}

/** Along rows (a stride of 1) or columns (of a row); the outermost pixels go on beyond the rim. */
function blurred(values: Float32Array, sizePx: number, stride: number): Float32Array {
  const result = new Float32Array(values.length);
  const lineStride = stride === 1 ? sizePx : 1;
  for (let line = 0; line < sizePx; line++)
    for (let place = 0; place < sizePx; place++) {
      let sum = 0;
      for (let tap = -2; tap <= 2; tap++) {
        const inside = Math.min(sizePx - 1, Math.max(0, place + tap));
        sum += (kernel[tap + 2] ?? 0) * (values[line * lineStride + inside * stride] ?? 0);
      }
      result[line * lineStride + place * stride] = sum;
    }
  return result;
}

/** Points of the one pattern with how light they are and how that changes towards the right and down. */
type Template = { readonly x: Float64Array; readonly y: Float64Array; readonly light: Float64Array } & {
  readonly slopeX: Float64Array;
  readonly slopeY: Float64Array;
  readonly centre: Point;
};

/** A turn, growth and shift of the template about its centre: x' = x + (grow x - turn y + right), and so on. */
type Move = { readonly grow: number; readonly turn: number; readonly right: number; readonly down: number };

/**
 * The similarity of the frame that takes the head of `before` to that of `now`, found by Gauss and Newton's iteration from where
 * the meshes say it went (Lucas and Kanade 1981, with robust weights). Undefined where the patterns do not fit: something
 * came before the head, or these are two shots.
 */
export function headStep(before: HeadPattern, now: HeadPattern, part: HeadPart = upperFace): Affine | undefined {
  const frameToBefore = invertAffine(before.pictureToFrame);
  const frameToNow = invertAffine(now.pictureToFrame);
  if (!frameToBefore || !frameToNow) return undefined;
  const template = templateOf(before, placed(before.anchors, frameToBefore), part);
  if (!template) return undefined;
  const start = fitSimilarity(placed(before.anchors, frameToBefore), placed(now.anchors, frameToNow));
  const first = moveOf(start, template.centre);
  const move = settle(template, now, first);
  if (!move) return undefined;
  if (Math.hypot(move.right - first.right, move.down - first.down) > mostDeparturePx) return undefined;
  const beforeToNow = affineOf(move, template.centre);
  return composeAffines(composeAffines(frameToBefore, beforeToNow), now.pictureToFrame);
}

const placed = ({ leftBrow, rightBrow, nose }: FaceAnchors, affine: Affine): FaceAnchors => ({
  leftBrow: applyAffine(affine, leftBrow),
  rightBrow: applyAffine(affine, rightBrow),
  nose: applyAffine(affine, nose),
});

function templateOf(
  { light, sizePx }: HeadPattern,
  { leftBrow, rightBrow }: FaceAnchors,
  part: HeadPart,
): Template | undefined {
  const span = Math.hypot(rightBrow.x - leftBrow.x, rightBrow.y - leftBrow.y);
  const middle = { x: (leftBrow.x + rightBrow.x) / 2, y: (leftBrow.y + rightBrow.y) / 2 };
  const within = (place: number): number => Math.min(sizePx - 2, Math.max(1, Math.round(place)));
  const [left, right] = [within(middle.x - part.leftRatio * span), within(middle.x + part.rightRatio * span)];
  const [top, bottom] = [within(middle.y - part.aboveRatio * span), within(middle.y + part.belowRatio * span)];
  const [columns, rows] = [Math.floor((right - left) / stepPx), Math.floor((bottom - top) / stepPx)];
  if (columns < 8 || rows < 8) return undefined;
  const centre = { x: (left + right) / 2, y: (top + bottom) / 2 };
  const pixelAt = (point: number): number =>
    (top + stepPx * Math.floor(point / columns)) * sizePx + left + stepPx * (point % columns);
  const of = (read: (pixel: number) => number): Float64Array =>
    Float64Array.from({ length: columns * rows }, (_, point) => read(pixelAt(point)));
  const at = (pixel: number): number => light[pixel] ?? 0;
  return {
    x: of((pixel) => (pixel % sizePx) - centre.x),
    y: of((pixel) => Math.floor(pixel / sizePx) - centre.y),
    light: of(at),
    slopeX: of((pixel) => (at(pixel + 1) - at(pixel - 1)) / 2),
    slopeY: of((pixel) => (at(pixel + sizePx) - at(pixel - sizePx)) / 2),
    centre,
  };
}

// Pixel centres lie at half pixels in affines and at whole ones here; both pictures share the half.
const half: Affine = [1, 0, 0.5, 0, 1, 0.5];
const unhalf: Affine = [1, 0, -0.5, 0, 1, -0.5];

function moveOf(affine: Affine, { x, y }: Point): Move {
  const [a, , , d] = affine;
  const moved = applyAffine(composeAffines(composeAffines(half, affine), unhalf), { x, y });
  return { grow: a - 1, turn: d, right: moved.x - x, down: moved.y - y };
}

function affineOf({ grow, turn, right, down }: Move, { x, y }: Point): Affine {
  const scale = 1 + grow;
  const aboutCentre: Affine = [
    scale,
    -turn,
    x + right - scale * x + turn * y,
    turn,
    scale,
    y + down - turn * x - scale * y,
  ];
  return composeAffines(composeAffines(unhalf, aboutCentre), half);
}

function settle(template: Template, now: HeadPattern, first: Move): Move | undefined {
  let move = first;
  const off = new Float64Array(template.x.length);
  for (let round = 0; round < mostRounds; round++) {
    if (!readDifferences(template, now, { move, off })) return undefined;
    const change = improved(template, off, spreadOf(off));
    if (!change) return undefined;
    move = {
      grow: move.grow - change.grow,
      turn: move.turn - change.turn,
      right: move.right - change.right,
      down: move.down - change.down,
    };
    if (Math.hypot(change.right, change.down) < settledPx) break;
  }
  return correlationOf(template.light, off) < leastCorrelation ? undefined : move;
}

/** Of the template with what was read there; 0 for a picture without a pattern. */
function correlationOf(light: Float64Array, off: Float64Array): number {
  let [sum, squares, sumOther, squaresOther, products] = [0, 0, 0, 0, 0];
  for (let point = 0; point < light.length; point++) {
    const here = light[point] ?? 0;
    const other = here + (off[point] ?? 0);
    sum += here;
    sumOther += other;
    squares += here * here;
    squaresOther += other * other;
    products += here * other;
  }
  const count = light.length;
  const [spread, spreadOther] = [squares - (sum * sum) / count, squaresOther - (sumOther * sumOther) / count];
  const size = Math.sqrt(Math.max(0, spread) * Math.max(0, spreadOther));
  return size > 1e-9 ? (products - (sum * sumOther) / count) / size : 0;
}

/** Fills `off` with how much lighter `now` is than the template, point by point; false where it lies outside. */
function readDifferences(
  { x, y, light, centre }: Template,
  now: HeadPattern,
  { move, off }: { readonly move: Move; readonly off: Float64Array },
): boolean {
  const { sizePx } = now;
  for (let point = 0; point < off.length; point++) {
    const [px, py] = [x[point] ?? 0, y[point] ?? 0];
    const u = centre.x + px + move.grow * px - move.turn * py + move.right;
    const v = centre.y + py + move.turn * px + move.grow * py + move.down;
    if (!(u >= 0 && v >= 0 && u < sizePx - 1 && v < sizePx - 1)) return false;
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const at = row * sizePx + column;
    const [across, down] = [u - column, v - row];
    const upper = (1 - across) * (now.light[at] ?? 0) + across * (now.light[at + 1] ?? 0);
    const lower = (1 - across) * (now.light[at + sizePx] ?? 0) + across * (now.light[at + sizePx + 1] ?? 0);
    off[point] = (1 - down) * upper + down * lower - (light[point] ?? 0);
  }
  return true;
}

type Spread = { readonly shift: number; readonly spread: number };

/** What is usual among the differences: their median, and their median distance from it as a standard deviation. */
function spreadOf(off: Float64Array): Spread {
  const some = Float64Array.from(
    { length: Math.ceil(off.length / spreadSample) },
    (_, index) => off[spreadSample * index] ?? 0,
  );
  const middle = Math.floor(some.length / 2);
  const shift = some.toSorted()[middle] ?? 0;
  const sizes = some.map((value) => Math.abs(value - shift)).toSorted();
  return { shift, spread: 1.4826 * (sizes[middle] ?? 0) + 1e-4 };
}

/** One step of the weighted normal equations in four unknowns. */
function improved({ x, y, slopeX, slopeY }: Template, off: Float64Array, { shift, spread }: Spread): Move | undefined {
  const normal = new Float64Array(16);
  const right = new Float64Array(4);
  const along = new Float64Array(4);
  for (let point = 0; point < off.length; point++) {
    const residual = (off[point] ?? 0) - shift;
    const weight = 1 / (1 + (residual / (robustSpread * spread)) ** 2) ** 2;
    const [px, py, sx, sy] = [x[point] ?? 0, y[point] ?? 0, slopeX[point] ?? 0, slopeY[point] ?? 0];
    along[0] = sx * px + sy * py;
    along[1] = sy * px - sx * py;
    along[2] = sx;
    along[3] = sy;
    for (let row = 0; row < 4; row++) {
      const scaled = weight * (along[row] ?? 0);
      right[row] = (right[row] ?? 0) + scaled * residual;
      // The matrix is symmetric: its upper half is enough.
      for (let column = row; column < 4; column++)
        normal[4 * row + column] = (normal[4 * row + column] ?? 0) + scaled * (along[column] ?? 0);
    }
  }
  for (let row = 1; row < 4; row++)
    for (let column = 0; column < row; column++) normal[4 * row + column] = normal[4 * column + row] ?? 0;
  const solved = solveFour(normal, right);
  if (!solved) return undefined;
  const [grow = 0, turn = 0, shiftRight = 0, down = 0] = solved;
  return { grow, turn, right: shiftRight, down };
}

/** Gauss's elimination of four equations; the matrix is symmetric and positive. Undefined where the pattern has no slopes. */
function solveFour(matrix: Float64Array, values: Float64Array): Float64Array | undefined {
  for (let pivot = 0; pivot < 4; pivot++) {
    const size = matrix[5 * pivot] ?? 0;
    if (!(size > 1e-12)) return undefined;
    for (let row = 0; row < 4; row++) {
      if (row === pivot) continue;
      const factor = (matrix[4 * row + pivot] ?? 0) / size;
      for (let column = pivot; column < 4; column++)
        matrix[4 * row + column] = (matrix[4 * row + column] ?? 0) - factor * (matrix[4 * pivot + column] ?? 0);
      values[row] = (values[row] ?? 0) - factor * (values[pivot] ?? 0);
    }
  }
  return values.map((value, row) => value / (matrix[5 * row] ?? 1));
}
