// Where a face stands in its crop: from three anchors on the face to the affine of the published model family.
import { assert } from "../../shared/failure/index.ts";
import { composeAffines, stretch } from "./affine.ts";
import type { Affine, Point } from "../models/index.ts";

/** The middle of each brow and the nose, in pixels of the frame. Left and right as seen in the picture. */
export type FaceAnchors = { readonly leftBrow: Point; readonly rightBrow: Point; readonly nose: Point };

export type FaceAlignment = {
  /** To the upright 3:4 crop that the anchors are fitted to: `portraitWidthPx` x `portraitHeightPx`. */
  readonly frameToPortrait: Affine;
  /** To the square of `faceSizePx` that the network sees: the same crop, squeezed. */
  readonly frameToFace: Affine;
  readonly portraitWidthPx: number;
  readonly portraitHeightPx: number;
  readonly faceSizePx: number;
};

/** The published template, in units of `templateScale`, for integer coordinates at pixel centres. */
const template: FaceAnchors = { leftBrow: { x: 17, y: 20 }, rightBrow: { x: 58, y: 20 }, nose: { x: 37.5, y: 40 } };
const templateWidth = 75;
const templateHeight = 100;
const templateScale = (faceSizePx: number): number => (2.8 * faceSizePx) / 256;

/** The published template counts from the centre of the first pixel, we count from its corner. */
const pixelCentre = 0.5;

const listed = ({ leftBrow, rightBrow, nose }: FaceAnchors): readonly [Point, Point, Point] => [
  leftBrow,
  rightBrow,
  nose,
];

const centroid = ([p, q, r]: readonly [Point, Point, Point]): Point => ({
  x: (p.x + q.x + r.x) / 3,
  y: (p.y + q.y + r.y) / 3,
});

/** The anchors of the template in a portrait crop for a square of `faceSizePx`. */
function templateAnchors(faceSizePx: number): FaceAnchors {
  const scale = templateScale(faceSizePx);
  const place = ({ x, y }: Point): Point => ({ x: x * scale + pixelCentre, y: y * scale + pixelCentre });
  return {
    leftBrow: place(template.leftBrow),
    rightBrow: place(template.rightBrow),
    nose: place(template.nose),
  };
}

/**
 * The turn, scale and shift that bring `from` to `to`. The turn is the least-squares one among proper rotations: for points
 * of the plane the SVD with its reflection repair comes down to one arctangent. The scale is the ratio of spreads, not the
 * least-squares one, as the published models were trained.
 */
export function fitSimilarity(from: FaceAnchors, to: FaceAnchors): Affine {
  const [source, target] = [listed(from), listed(to)];
  const [sourceCentre, targetCentre] = [centroid(source), centroid(target)];
  let [dot, cross, sourceSpread, targetSpread] = [0, 0, 0, 0];
  for (const [index, point] of source.entries()) {
    const goal = target[index] ?? targetCentre;
    const [x, y] = [point.x - sourceCentre.x, point.y - sourceCentre.y];
    const [u, v] = [goal.x - targetCentre.x, goal.y - targetCentre.y];
    dot += x * u + y * v;
    cross += x * v - y * u;
    sourceSpread += x * x + y * y;
    targetSpread += u * u + v * v;
  }
  assert(sourceSpread > 0, "the three anchors of a face are not one point");
  const scale = Math.sqrt(targetSpread / sourceSpread);
  const turn = Math.hypot(dot, cross);
  const [cos, sin] = turn > 0 ? [(scale * dot) / turn, (scale * cross) / turn] : [scale, 0];
  return [
    cos,
    -sin,
    targetCentre.x - cos * sourceCentre.x + sin * sourceCentre.y,
    sin,
    cos,
    targetCentre.y - sin * sourceCentre.x - cos * sourceCentre.y,
  ];
}

/** The crop of a face for networks of `faceSizePx` (256 or 512). Float64 throughout, nothing is rounded. */
export function alignFace(anchors: FaceAnchors, faceSizePx: number): FaceAlignment {
  const scale = templateScale(faceSizePx);
  // Whole pixels, cut off as published. A hair is added first: 75 * 2.8 is 210 only up to the last bit.
  const [portraitWidthPx, portraitHeightPx] = [templateWidth, templateHeight].map((side) =>
    Math.floor(side * scale + 1e-9),
  ) as [number, number];
  const frameToPortrait = fitSimilarity(anchors, templateAnchors(faceSizePx));
  const squeeze = stretch(faceSizePx / portraitWidthPx, faceSizePx / portraitHeightPx);
  const frameToFace = composeAffines(frameToPortrait, squeeze);
  return { frameToPortrait, frameToFace, portraitWidthPx, portraitHeightPx, faceSizePx };
}
