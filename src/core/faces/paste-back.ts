// Puts a face back into its frame: in the frame's own Y'CbCr and depth, inside the blend mask's box and nowhere else.
import { assert } from "../../shared/failure/index.ts";
import { chromaSize, rgbFloatsToYuv } from "../native/index.ts";
import type { PixelBox, Samples, YuvFormat, YuvPicture } from "../native/index.ts";
import { applyAffine } from "../models/index.ts";
import { composeAffines, inverseOf } from "./affine.ts";
import type { Affine } from "../models/index.ts";
import { boxAround, cornersOf } from "./crop-face.ts";
import type { FaceMask } from "./inpaint-mask.ts";
import { warp } from "./warp.ts";
import type { FloatPicture } from "./warp.ts";

export type PasteOptions = {
  /** The square face, R, G, B in -1..1. */
  readonly face: FloatPicture;
  readonly frameToFace: Affine;
  /** 1 = take the new pixel; of the face's size. */
  readonly blendMask: FaceMask;
  /** Whether the face's level and contrast are brought to those of the frame along the fading edge. */
  readonly colourMatch: "surroundings" | "none";
};

/** How far contrast may be changed to match. */
const contrastLimits = [0.8, 1.25] as const;
/** With fewer samples in the fading edge than this, there is too little to match by. */
const leastMatchedSamples = 32;

/** Deep enough that the way through it costs nothing at any depth of a frame. */
const workingDepthBits = 16;

/**
 * Writes the face into the frame's planes and returns the box of the frame (in luma pixels) that may have changed;
 * undefined, and nothing is written, when the mask lies outside the frame. Samples where the mask is 0 keep their bits.
 */
export function pasteBack(
  frame: YuvPicture,
  { face, frameToFace, blendMask, colourMatch }: PasteOptions,
): PixelBox | undefined {
  const { format } = frame;
  assert(
    face.channels === 3 && face.widthPx === blendMask.sizePx && face.heightPx === blendMask.sizePx,
    "the blend mask is of the face's size",
  );
  const faceToFrame = inverseOf(frameToFace);
  const corners = maskCorners(blendMask).map((corner) => applyAffine(faceToFrame, corner));
  const box = corners.length === 0 ? undefined : boxAround(corners, 1, format);
  if (!box) return undefined;
  const working: YuvFormat = {
    ...format,
    widthPx: face.widthPx,
    heightPx: face.heightPx,
    depthBits: workingDepthBits,
    sampling: "4:4:4",
  };
  const facePlanes = rgbFloatsToYuv(working, face.values).planes;
  const mask: FloatPicture = { channels: 1, widthPx: face.widthPx, heightPx: face.heightPx, values: blendMask.values };
  for (const [index, samples] of frame.planes.entries()) {
    const place = planeOf(format, index, box);
    const planeToFace = composeAffines(place.boxToFrame, frameToFace);
    const values = toDepth(facePlanes[index] ?? [], format, index);
    const source: FloatPicture = { channels: 1, widthPx: face.widthPx, heightPx: face.heightPx, values };
    const { widthPx, heightPx } = place.box;
    const size = { targetToSource: planeToFace, widthPx, heightPx } as const;
    const alpha = warp(mask, { ...size, outside: 0, filter: "linear" }).values;
    const fresh = warp(source, { ...size, outside: "edge", filter: "cubic" }).values;
    const patch = { box: place.box, planeWidthPx: place.widthPx, fresh, alpha };
    if (colourMatch === "surroundings") matchColour(samples, patch);
    blend(samples, patch, 2 ** format.depthBits - 1);
  }
  return box;
}

/** The corners of the box that holds all of the mask above 0; none when there is nothing. */
function maskCorners({ sizePx, values }: FaceMask) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [at, value] of values.entries()) {
    if (value <= 0) continue;
    const [x, y] = [at % sizePx, Math.floor(at / sizePx)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  return right > left ? cornersOf(left, top, right - left, bottom - top) : [];
}

/** The part of plane `index` under a box of the frame, and how its pixels lie in the frame. */
function planeOf(format: YuvFormat, index: number, box: PixelBox) {
  const size = index === 0 ? format : chromaSize(format);
  const isHalfWide = index > 0 && format.sampling !== "4:4:4";
  const isHalfHigh = index > 0 && format.sampling === "4:2:0";
  const [stepX, stepY] = [isHalfWide ? 2 : 1, isHalfHigh ? 2 : 1];
  // Rounded inwards, so that no sample is written that also stands for pixels outside the box.
  const [left, top] = [Math.ceil(box.xPx / stepX), Math.ceil(box.yPx / stepY)];
  const right = Math.min(size.widthPx, Math.floor((box.xPx + box.widthPx) / stepX));
  const bottom = Math.min(size.heightPx, Math.floor((box.yPx + box.heightPx) / stepY));
  // Chroma sits on even luma columns ("left"), so its pixel reaches half a luma pixel further left.
  const boxToFrame: Affine = [stepX, 0, left * stepX - (stepX - 1) / 2, 0, stepY, top * stepY];
  const planeBox = { xPx: left, yPx: top, widthPx: Math.max(0, right - left), heightPx: Math.max(0, bottom - top) };
  return { box: planeBox, widthPx: size.widthPx, boxToFrame };
}

/** Codes of the working depth as codes of the frame's, with their fractions. */
function toDepth(codes: ArrayLike<number>, { depthBits, range }: YuvFormat, index: number): Float32Array {
  const zeroOf = (bits: number): number => (index > 0 ? 2 ** (bits - 1) : range === "limited" ? 2 ** (bits - 4) : 0);
  const [from, to] = [zeroOf(workingDepthBits), zeroOf(depthBits)];
  const ratio =
    range === "limited" ? 2 ** (depthBits - workingDepthBits) : (2 ** depthBits - 1) / (2 ** workingDepthBits - 1);
  const scaled = new Float32Array(codes.length);
  for (let at = 0; at < codes.length; at++) scaled[at] = ((codes[at] ?? 0) - from) * ratio + to;
  return scaled;
}

/** What comes into one plane: `fresh` codes and the mask `alpha` over `box`. */
type Patch = {
  readonly box: PixelBox;
  readonly planeWidthPx: number;
  readonly fresh: Float32Array;
  readonly alpha: Float32Array;
};

/** Every sample of the patch: its index in the patch and in the plane. */
function forEachPlace({ box, planeWidthPx }: Patch, visit: (at: number, inPlane: number) => void): void {
  for (let row = 0; row < box.heightPx; row++) {
    const rowStart = (box.yPx + row) * planeWidthPx + box.xPx;
    for (let column = 0; column < box.widthPx; column++) visit(row * box.widthPx + column, rowStart + column);
  }
}

/** Brings mean and spread of the fresh codes along the fading edge, where both pictures show, to those of the frame. */
function matchColour(samples: Samples, patch: Patch): void {
  let [count, weight, freshSum, freshSquares, ownSum, ownSquares] = [0, 0, 0, 0, 0, 0];
  forEachPlace(patch, (at, inPlane) => {
    const alpha = patch.alpha[at] ?? 0;
    if (alpha <= 0 || alpha >= 1) return;
    const share = alpha * (1 - alpha);
    const fresh = patch.fresh[at] ?? 0;
    const own = samples[inPlane] ?? 0;
    count += 1;
    weight += share;
    freshSum += share * fresh;
    freshSquares += share * fresh * fresh;
    ownSum += share * own;
    ownSquares += share * own * own;
  });
  if (count < leastMatchedSamples) return;
  const [freshMean, ownMean] = [freshSum / weight, ownSum / weight];
  const freshSpread = Math.sqrt(Math.max(0, freshSquares / weight - freshMean ** 2));
  const ownSpread = Math.sqrt(Math.max(0, ownSquares / weight - ownMean ** 2));
  const [least, most] = contrastLimits;
  const contrast = freshSpread > 0 ? Math.min(most, Math.max(least, ownSpread / freshSpread)) : 1;
  for (let at = 0; at < patch.fresh.length; at++)
    patch.fresh[at] = ((patch.fresh[at] ?? 0) - freshMean) * contrast + ownMean;
}

function blend(samples: Samples, patch: Patch, top: number): void {
  forEachPlace(patch, (at, inPlane) => {
    const alpha = patch.alpha[at] ?? 0;
    if (alpha <= 0) return;
    const own = samples[inPlane] ?? 0;
    samples[inPlane] = Math.round(Math.min(top, Math.max(0, own + alpha * ((patch.fresh[at] ?? 0) - own))));
  });
}
