// Puts a face back into its frame: in the frame's own Y'CbCr and depth, inside the blend mask's box and nowhere else.
import { assert } from "../../shared/failure/index.ts";
import {
  addGrain,
  blendInto,
  chromaSize,
  frameToPlane,
  planarSource,
  rgbToCodes,
  warpSamples,
} from "../native/index.ts";
import type { BlendTarget, PixelBox, WarpSource, YuvFormat, YuvPicture } from "../native/index.ts";
import { applyAffine } from "../models/index.ts";
import type { Affine } from "../models/index.ts";
import { composeAffines, inverseOf, stretch } from "./affine.ts";
import { applyColour, fitColour } from "./colour-match.ts";
import type { ColourFit } from "./colour-match.ts";
import { boxAround, cornersOf, cropFace, faceRange } from "./crop-face.ts";
import type { FloatPicture } from "./crop-face.ts";
import { missingGrain } from "./grain-match.ts";
import type { FaceMask } from "./inpaint-mask.ts";
import { replacedDetail } from "./replaced-detail.ts";
import type { FacesToCompare } from "./replaced-detail.ts";

export type PasteOptions = {
  /** The square face, R, G, B in -1..1. */
  readonly face: FloatPicture;
  readonly frameToFace: Affine;
  /** 1 = take the new pixel; over the whole crop, of any size. */
  readonly blendMask: FaceMask;
  /** Whether the face's level, slope of light and contrast are brought to those of the frame; or a fit made before. */
  readonly colourMatch: "surroundings" | "none" | ColourFit;
  /**
   * "source" (usual): where the new face is the old one, the frame keeps its own texture and grain and only takes on the
   * change of light; where it differs, it is replaced. "crop": every pixel under the mask comes from the crop.
   */
  readonly texture?: "source" | "crop";
  /**
   * "none" (usual), or a seed: what is replaced gets as much grain as the frame has around it and the face lacks. The same
   * seed gives the same grain, so every frame needs its own.
   */
  readonly grain?: "none" | { readonly seed: number };
  /** How much of all this shows: 1 (usual), or less while a take fades in or out. */
  readonly shownRatio?: number;
};

/**
 * Writes the face into the frame's planes and returns the box of the frame (in luma pixels) that may have changed;
 * undefined, and nothing is written, when the mask lies outside the frame. Samples where the mask is 0 keep their bits,
 * and so does the whole frame when an untouched crop of it comes back.
 */
export function pasteBack(frame: YuvPicture, options: PasteOptions): PixelBox | undefined {
  const { format } = frame;
  const { face, frameToFace, blendMask, grain = "none" } = options;
  const sizePx = face.widthPx;
  assert(face.channels === 3 && face.heightPx === sizePx, "a face is three channels of a square");
  const faceToFrame = inverseOf(frameToFace);
  const maskToFace = stretch(sizePx / blendMask.sizePx, sizePx / blendMask.sizePx);
  const maskToFrame = composeAffines(maskToFace, faceToFrame);
  const corners = maskCorners(blendMask).map((corner) => applyAffine(maskToFrame, corner));
  const box = corners.length === 0 ? undefined : boxAround(corners, 1, format);
  if (!box) return undefined;
  const faces = facesOf(frame, options);
  const { fresh } = faces;
  const gates = gatesOf(faces, options);
  const frameToMask = inverseOf(maskToFrame);
  for (const [index, samples] of frame.planes.entries()) {
    const place = planeOf(format, index, box);
    const plane = {
      samples,
      planeWidthPx: place.widthPx,
      planeHeightPx: place.heightPx,
      depthBits: format.depthBits,
    };
    const codes = fresh.subarray(index * sizePx ** 2, (index + 1) * sizePx ** 2);
    pastePlane(plane, place, {
      gate: planarSource(gates[index] ?? noValues, squares(3, blendMask.sizePx)),
      fresh: planarSource(codes, squares(1, sizePx)),
      frameToMask,
      frameToFace,
      grain: grain === "none" ? grain : { seed: grain.seed + index },
    });
  }
  return box;
}

type Plane = Omit<BlendTarget, "box">;

/** One plane of the new face, and what of it shows where. */
type PlaneOfFace = {
  readonly gate: WarpSource;
  readonly fresh: WarpSource;
  readonly frameToMask: Affine;
  readonly frameToFace: Affine;
  readonly grain: "none" | { readonly seed: number };
};

/** Rows made at once: few enough to stay near the processor, and memory does not grow with the face. */
const bandRows = 64;

function pastePlane(plane: Plane, { box, boxToFrame }: ReturnType<typeof planeOf>, face: PlaneOfFace): void {
  const { widthPx } = box;
  // Grain is measured over the whole face, so all of it has to be there.
  const rows = face.grain === "none" ? bandRows : box.heightPx;
  const memory = new Float32Array(4 * widthPx * Math.min(rows, box.heightPx));
  for (let top = 0; top < box.heightPx; top += rows) {
    const heightPx = Math.min(rows, box.heightPx - top);
    const bandPx = widthPx * heightPx;
    if (bandPx === 0) continue;
    const band = { ...box, yPx: box.yPx + top, heightPx };
    const bandToFrame = composeAffines([1, 0, 0, 0, 1, top], boxToFrame);
    const layers = memory.subarray(0, 4 * bandPx);
    const replaced = layers.subarray(3 * bandPx);
    warpSamples(face.gate, {
      targetToSource: composeAffines(bandToFrame, face.frameToMask),
      widthPx,
      heightPx,
      outside: 0,
      filter: "linear",
      into: layers.subarray(0, 3 * bandPx),
    });
    warpSamples(face.fresh, {
      targetToSource: composeAffines(bandToFrame, face.frameToFace),
      widthPx,
      heightPx,
      outside: "edge",
      filter: "lanczos",
      into: replaced,
    });
    const lacking = face.grain === "none" ? undefined : missingGrain({ ...plane, box: band, fresh: replaced });
    if (lacking && face.grain !== "none") addGrain(replaced, band, { ...lacking, seed: face.grain.seed });
    blendInto({ ...plane, box: band }, layers);
  }
}

const noValues = new Float32Array(0);

const squares = (channels: number, sizePx: number) => ({ channels, widthPx: sizePx, heightPx: sizePx });

/** The new face, its colours matched, and the frame's own where it is asked for, as unrounded codes of the frame's Y, Cb, Cr. */
function facesOf(frame: YuvPicture, options: PasteOptions): FacesToCompare {
  const { face, frameToFace, blendMask, colourMatch, texture = "source" } = options;
  const { format } = frame;
  const faceSizePx = face.widthPx;
  const fresh = rgbToCodes(face.values, format, { range: faceRange });
  const isOwnNeeded = texture === "source" || colourMatch === "surroundings";
  const crop = isOwnNeeded ? cropFace(frame, { frameToFace, faceSizePx }).values : noValues;
  const own = rgbToCodes(crop, format, { range: faceRange, into: crop });
  const faces = { fresh, own, sizePx: faceSizePx, depthBits: format.depthBits };
  if (colourMatch === "none") return faces;
  applyColour(fresh, faceSizePx, colourMatch === "surroundings" ? fitColour(faces, blendMask) : colourMatch);
  return faces;
}

/** For each plane alpha, drop and shift on the mask's grid: [3, sizePx, sizePx]. */
function gatesOf(faces: FacesToCompare, options: PasteOptions): readonly Float32Array[] {
  const { blendMask, texture = "source", shownRatio = 1 } = options;
  const maskPx = blendMask.sizePx ** 2;
  const alpha = shownRatio === 1 ? blendMask.values : blendMask.values.map((value) => shownRatio * value);
  const gates = [0, 1, 2].map(() => new Float32Array(3 * maskPx));
  for (const gate of gates) gate.set(alpha);
  if (texture === "crop") {
    for (const gate of gates) gate.fill(1, maskPx, 2 * maskPx);
    return gates;
  }
  const { drop, shift, gridSide } = replacedDetail(faces);
  const step = gridSide / blendMask.sizePx;
  const spread = (cells: Float32Array, into: Float32Array): Float32Array =>
    warpSamples(planarSource(cells, squares(1, gridSide)), {
      targetToSource: [step, 0, 0, 0, step, 0],
      widthPx: blendMask.sizePx,
      heightPx: blendMask.sizePx,
      outside: "edge",
      filter: "linear",
      into,
    });
  const drops = spread(drop, new Float32Array(maskPx));
  for (const [index, gate] of gates.entries()) {
    gate.set(drops, maskPx);
    spread(shift.subarray(index * gridSide ** 2, (index + 1) * gridSide ** 2), gate.subarray(2 * maskPx));
  }
  return gates;
}

/** The corners of the box that holds all of the mask above 0; none when there is nothing. */
function maskCorners({ sizePx, values }: FaceMask) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let y = 0; y < sizePx; y++)
    for (let x = 0; x < sizePx; x++) {
      if (!((values[y * sizePx + x] ?? 0) > 0)) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  return right > left ? cornersOf(left, top, right - left, bottom - top) : [];
}

/** The part of plane `index` under a box of the frame, and how its pixels lie in the frame. */
function planeOf(format: YuvFormat, index: number, box: PixelBox) {
  const size = index === 0 ? format : chromaSize(format);
  const toFrame = inverseOf(frameToPlane(format, index));
  const [stepX, , , , stepY] = toFrame;
  // Rounded inwards, so that no sample is written that also stands for pixels outside the box.
  const [left, top] = [Math.ceil(box.xPx / stepX), Math.ceil(box.yPx / stepY)];
  const right = Math.min(size.widthPx, Math.floor((box.xPx + box.widthPx) / stepX));
  const bottom = Math.min(size.heightPx, Math.floor((box.yPx + box.heightPx) / stepY));
  const boxToFrame = composeAffines([1, 0, left, 0, 1, top], toFrame);
  const planeBox = { xPx: left, yPx: top, widthPx: Math.max(0, right - left), heightPx: Math.max(0, bottom - top) };
  return { box: planeBox, widthPx: size.widthPx, heightPx: size.heightPx, boxToFrame };
}
