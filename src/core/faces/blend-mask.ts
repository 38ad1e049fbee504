// How much of the new face the frame takes at every place of the crop: all of it inside, none at the mask's edge.
import { assert } from "../../shared/failure/index.ts";
import { planarSource, warpSamples } from "../native/index.ts";
import { applyAffine, pointsOfMesh } from "../models/index.ts";
import type { Affine, Point } from "../models/index.ts";
import { inpaintMask } from "./inpaint-mask.ts";
import type { FaceMask } from "./inpaint-mask.ts";
import { blurred, featherRadiusPx, grownPolygon, inwards, polygonMask } from "./polygon-mask.ts";

/** Of the crop's side. */
const usualFeatherRatio = 0.03;

/**
 * 1 where the frame takes the new pixel, 0 where it keeps its own. It fades inside the inpaint mask only, over about
 * `featherRatio` of the crop's side, so nothing outside the region that the model painted can change.
 */
export function blendMask(sizePx: number, featherRatio: number = usualFeatherRatio): FaceMask {
  const painted = inpaintMask(sizePx);
  const radiusPx = featherRadiusPx(sizePx, featherRatio);
  if (radiusPx === 0) return painted;
  const soft = blurred(painted, radiusPx).values;
  return { sizePx, values: soft.map((value, at) => (painted.values[at] ?? 0) * inwards(value)) };
}

/**
 * Mesh points around what speech moves: along the jaw from ear to ear over the chin, and back below the nose. Left is
 * left as seen in the picture.
 */
const jawOutline: readonly number[] = [
  [93, 132, 58, 172, 136, 150, 149, 176, 148, 152],
  [377, 400, 378, 379, 365, 397, 288, 361, 323],
  [425, 327, 2, 98, 205],
].flat();

const jawEnds = { left: 93, right: 323, chin: 152 } as const;

const usualGrowRatio = 0.04;
/** A mouth that opens carries the chin below where the frame has it. */
const usualChinRoomRatio = 0.04;

export type JawMaskOptions = {
  /** The mask's own side; it need not be the crop's. */
  readonly sizePx: number;
  /** How wide the edge fades and how far the outline is moved outwards (inwards below 0), in shares of the crop's side. */
  readonly featherRatio?: number;
  readonly growRatio?: number;
  /** How much further down the outline goes at the chin, in the same shares; nothing at the ears. */
  readonly chinRoomRatio?: number;
};

export type JawInFrame = {
  /** The mesh of this frame: [point, (x, y, z)] in pixels of the frame. */
  readonly landmarks: Float32Array;
  readonly frameToFace: Affine;
  readonly faceSizePx: number;
  /** What lies before the face (a hand, a cup), over the whole crop at any size: 1 = keep the frame. */
  readonly hidden?: FaceMask | undefined;
  /** The same as outlines in pixels of the frame. */
  readonly hiddenOutlines?: readonly (readonly Point[])[] | undefined;
};

/**
 * Makes, frame by frame, the blend mask that follows the jaw: inside the outline of jaw and mouth and inside what the model
 * painted, fading inwards at the edges of both, and gone where something hides the face.
 */
export function jawMasks(options: JawMaskOptions): (jaw: JawInFrame) => FaceMask {
  const { sizePx, featherRatio = usualFeatherRatio, growRatio = usualGrowRatio } = options;
  const chinRoomPx = (options.chinRoomRatio ?? usualChinRoomRatio) * sizePx;
  const radiusPx = featherRadiusPx(sizePx, featherRatio);
  const painted = blendMask(sizePx, featherRatio);
  return ({ landmarks, frameToFace, faceSizePx, hidden, hiddenOutlines = [] }) => {
    assert(landmarks.length >= 3 * pointsOfMesh, `a mesh has ${pointsOfMesh} points or more`);
    const perFacePx = sizePx / faceSizePx;
    const toMask = (point: Point): Point => {
      const { x, y } = applyAffine(frameToFace, point);
      return { x: x * perFacePx, y: y * perFacePx };
    };
    const outline = jawOutline.map((index) =>
      toMask({ x: landmarks[3 * index] ?? 0, y: landmarks[3 * index + 1] ?? 0 }),
    );
    const jaw = polygonMask(grownPolygon(withChinRoom(outline, chinRoomPx), growRatio * sizePx), sizePx);
    const fade = radiusPx === 0 ? jaw.values : blurred(jaw, radiusPx).values.map(inwards);
    const values = painted.values.map((value, at) => value * (fade[at] ?? 0));
    const covers = hiddenOutlines.map((points) => polygonMask(points.map(toMask), sizePx));
    if (hidden) covers.push(resized(hidden, sizePx));
    for (const cover of covers) keepFrame(values, blurred(cover, Math.max(1, radiusPx)).values);
    return { sizePx, values };
  };
}

/** Moves points down by as much as they lie between the ears and the chin; what lies above the ears stays. */
function withChinRoom(outline: readonly Point[], roomPx: number): readonly Point[] {
  const [left, right, chin] = [jawEnds.left, jawEnds.right, jawEnds.chin].map(
    (index) => outline[jawOutline.indexOf(index)],
  );
  if (!left || !right || !chin) return outline;
  const earY = (left.y + right.y) / 2;
  const depth = Math.max(1, chin.y - earY);
  return outline.map(({ x, y }) => ({ x, y: y + roomPx * Math.min(1, Math.max(0, y - earY) / depth) }));
}

/** Nothing new where something hides the face, and a fade outwards from there: half a blurred edge is the edge itself. */
function keepFrame(values: Float32Array, cover: Float32Array): void {
  for (const [at, value] of cover.entries()) values[at] = (values[at] ?? 0) * (1 - inwards(0.5 + Math.min(0.5, value)));
}

function resized(mask: FaceMask, sizePx: number): FaceMask {
  const step = mask.sizePx / sizePx;
  const source = planarSource(mask.values, { channels: 1, widthPx: mask.sizePx, heightPx: mask.sizePx });
  const values = warpSamples(source, {
    targetToSource: [step, 0, 0, 0, step, 0],
    widthPx: sizePx,
    heightPx: sizePx,
    outside: "edge",
    filter: "linear",
  });
  return { sizePx, values };
}
