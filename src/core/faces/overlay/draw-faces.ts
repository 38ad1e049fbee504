// What an overlay shows of a frame: every face with its box, mesh, anchors and crop, whose it is, and why it is not eligible.
import { affineScale, applyAffine } from "../../models/index.ts";
import type { Affine, FaceBox, Point } from "../../models/index.ts";
import { inverseOf } from "../affine.ts";
import { alignFace } from "../align-face.ts";
import type { FaceAnchors } from "../align-face.ts";
import type { Ineligible } from "../eligibility.ts";
import { boxThrough } from "../geometry/upright.ts";
import { letterSize } from "./letters.ts";
import type { Ink, Painter } from "./painter.ts";

/** One face of one frame; places in pixels of the coded frame, as tracks have them. */
export type DrawnFace = {
  readonly box: FaceBox;
  readonly mesh: readonly Point[];
  /** As the alignment takes them. */
  readonly anchors: FaceAnchors;
  /** Where it is filled in, nothing was seen. */
  readonly isSeen: boolean;
  readonly verdict: Ineligible | undefined;
  /** "ANNA 3K9F". */
  readonly name: string;
  /** The character's, or none. */
  readonly ink: Ink | undefined;
};

export type DrawnFrame = {
  readonly faces: readonly DrawnFace[];
  /** "01:00:12:05  SHOT 3/48". */
  readonly heading: string;
  /** The first frames of a shot are marked. */
  readonly isAfterCut: boolean;
};

const eligibleInk: Ink = [80, 220, 120];
const ineligibleInk: Ink = [255, 120, 60];
const unseenInk: Ink = [150, 150, 160];
const whiteInk: Ink = [245, 245, 245];
const cropInk: Ink = [90, 170, 255];
const cutInk: Ink = [255, 60, 160];

type Canvas = {
  readonly painter: Painter;
  /** From the coded frame to the upright picture that the painter takes. */
  readonly frameToUpright: Affine;
  readonly widthPx: number;
  readonly heightPx: number;
};

const degreesText = (radians: number): string => `${Math.round((radians * 180) / Math.PI)}`;

/** "TURNED AWAY 62>55": the number and its limit in the unit that people use. */
export function reasonText({ reason, measured, limit }: Ineligible): string {
  const words = reason.replaceAll("-", " ").toUpperCase();
  if (reason === "excluded" || reason === "no-face") return words;
  const sign = measured < limit ? "<" : ">";
  const isAngle = reason === "turned-away" || reason === "tilted";
  const text = isAngle ? degreesText : (value: number) => (value < 2 ? value.toFixed(2) : String(Math.round(value)));
  return `${words} ${text(measured)}${sign}${text(limit)}`;
}

export function drawFrame(canvas: Canvas, { faces, heading, isAfterCut }: DrawnFrame): void {
  const { painter, widthPx, heightPx } = canvas;
  const unitPx = Math.max(1, Math.round(Math.min(widthPx, heightPx) / 540));
  for (const face of faces) drawFace(canvas, face, unitPx);
  painter.text(heading, { x: 4 * unitPx, y: 4 * unitPx }, { ink: whiteInk, dotPx: 2 * unitPx });
  if (isAfterCut) painter.outline({ x: 0, y: 0, width: widthPx, height: heightPx }, cutInk, 4 * unitPx);
}

function drawFace({ painter, frameToUpright, widthPx }: Canvas, face: DrawnFace, unitPx: number): void {
  const { verdict, isSeen } = face;
  const ink = verdict ? ineligibleInk : isSeen ? eligibleInk : unseenInk;
  const at = (point: Point): Point => applyAffine(frameToUpright, point);
  const dot = ({ x, y }: Point, sizePx: number, dotInk: Ink): void =>
    painter.block({ x: x - sizePx / 2, y: y - sizePx / 2, width: sizePx, height: sizePx }, dotInk);
  const box = boxThrough(frameToUpright, face.box);
  if (isSeen) for (const point of face.mesh) dot(at(point), Math.max(1, Math.min(2 * unitPx, box.width / 60)), ink);
  const { frameToFace, faceSizePx } = alignFace(face.anchors, 256);
  const faceToFrame = inverseOf(frameToFace);
  const corners = [
    { x: 0, y: 0 },
    { x: faceSizePx, y: 0 },
    { x: faceSizePx, y: faceSizePx },
    { x: 0, y: faceSizePx },
  ].map((corner) => at(applyAffine(faceToFrame, corner)));
  for (const [index, corner] of corners.entries())
    painter.line(corner, corners[(index + 1) % 4] ?? corner, { ink: cropInk, thickPx: unitPx, gapPx: 3 * unitPx });
  for (const anchor of [face.anchors.leftBrow, face.anchors.rightBrow, face.anchors.nose])
    dot(at(anchor), 5 * unitPx, whiteInk);
  painter.outline(box, ink, 2 * unitPx);
  const lines = [
    { words: face.name, ink: face.ink ?? whiteInk },
    ...(verdict
      ? [{ words: reasonText(verdict), ink: ineligibleInk }]
      : isSeen
        ? []
        : [{ words: "FILLED IN", ink: unseenInk }]),
  ];
  const dotPx = affineScale(frameToUpright) > 0 ? unitPx + (box.width > widthPx / 8 ? unitPx : 0) : unitPx;
  const lineHeightPx = (letterSize.rows + 2) * dotPx;
  const isRoomAbove = box.y > lines.length * lineHeightPx;
  for (const [index, line] of lines.entries())
    painter.text(
      line.words,
      {
        x: Math.max(0, box.x),
        y: isRoomAbove ? box.y - (lines.length - index) * lineHeightPx : box.y + box.height + index * lineHeightPx,
      },
      { ink: line.ink, dotPx },
    );
}
