// Draws a lane of face tracks and the lane of shots on a canvas.
import { looks } from "./looks.ts";
import type { Pattern } from "./looks.ts";
import type { ShotPiece, TrackPiece } from "./lane-pieces.ts";

export const rowHeightPx = 20;
const gapPx = 3;
export const shotLaneHeightPx = 22;

type Surface = { readonly context: CanvasRenderingContext2D; readonly tokens: CSSStyleDeclaration };

/** The canvas cleared, in CSS pixels; undefined where none can be had. */
export function openSurface(canvas: HTMLCanvasElement, widthPx: number, heightPx: number): Surface | undefined {
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(widthPx * scale);
  canvas.height = Math.round(heightPx * scale);
  const context = canvas.getContext("2d");
  if (!context) return undefined;
  context.scale(scale, scale);
  return { context, tokens: getComputedStyle(canvas) };
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
type Draw = (context: CanvasRenderingContext2D, box: Box, color: string) => void;

/** Lines every so many pixels, slanted by `slope` (1: rising to the right), clipped to the box. */
const hatch =
  (...slopes: readonly (1 | -1)[]): Draw =>
  (context, { x, y, width, height }, color) => {
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.globalAlpha = 0.28;
    context.fillStyle = color;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    context.strokeStyle = color;
    context.lineWidth = 1.5;
    context.beginPath();
    const stepPx = 6;
    // Lines begin on a grid of the page, so that neighbouring boxes continue each other.
    const first = Math.floor((x - height) / stepPx) * stepPx;
    for (const slope of slopes)
      for (let at = first; at < x + width + height; at += stepPx) {
        context.moveTo(at, slope > 0 ? y + height : y);
        context.lineTo(at + height, slope > 0 ? y : y + height);
      }
    context.stroke();
    context.restore();
  };

const patterns: Readonly<Record<Pattern, Draw>> = {
  solid: (context, { x, y, width, height }, color) => {
    context.fillStyle = color;
    context.fillRect(x, y, width, height);
  },
  half: (context, { x, y, width, height }, color) => {
    context.fillStyle = color;
    context.globalAlpha = 0.4;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    context.fillRect(x, y + height / 2, width, height / 2);
  },
  hatched: hatch(1),
  "back-hatched": hatch(-1),
  crossed: hatch(1, -1),
  dotted: (context, { x, y, width, height }, color) => {
    context.fillStyle = color;
    context.globalAlpha = 0.28;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    const stepPx = 5;
    for (let row = y + 2; row < y + height - 1; row += stepPx)
      for (let at = Math.ceil(x / stepPx) * stepPx; at < x + width - 1; at += stepPx) context.fillRect(at, row, 2, 2);
  },
  barred: (context, { x, y, width, height }, color) => {
    context.fillStyle = color;
    context.globalAlpha = 0.28;
    context.fillRect(x, y, width, height);
    context.globalAlpha = 1;
    for (let row = y + 2; row < y + height; row += 4) context.fillRect(x, row, width, 1.5);
  },
  outlined: (context, { x, y, width, height }, color) => {
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, Math.max(0, width - 1), height - 1);
  },
};

type TrackRows = { readonly rows: readonly (readonly TrackPiece[])[]; readonly stripe: string | undefined };

/** Rows of pieces under each other; `stripe` is the character's colour along their top. */
export function drawTracks({ context, tokens }: Surface, { rows, stripe }: TrackRows): void {
  for (const [index, pieces] of rows.entries()) {
    const y = index * rowHeightPx + gapPx;
    const height = rowHeightPx - 2 * gapPx;
    for (const { look, leftPx, widthPx } of pieces) {
      const { token, pattern } = looks[look];
      const left = Math.max(-4, leftPx);
      const box = { x: left, y, width: Math.max(1, leftPx + widthPx - left), height };
      patterns[pattern](context, box, tokens.getPropertyValue(token).trim());
    }
    for (const [place, { track, leftPx }] of pieces.entries()) {
      const isFirst = pieces[place - 1]?.track !== track;
      // Where one track ends and the next begins at once, a line in the ground's colour parts them.
      if (isFirst && place > 0) {
        context.fillStyle = tokens.getPropertyValue("--field").trim();
        context.fillRect(leftPx - 0.5, y, 1, height);
      }
    }
    if (stripe === undefined) continue;
    context.fillStyle = stripe;
    for (const { leftPx, widthPx } of pieces) context.fillRect(leftPx, y - 2, widthPx, 2);
  }
}

/** Shots by turns darker and lighter, a line where each begins, slanted for a dissolve; numbers where they fit. */
export function drawShots({ context, tokens }: Surface, pieces: readonly ShotPiece[]): void {
  const value = (token: string): string => tokens.getPropertyValue(token).trim();
  context.font = `${value("--text-small")} ${tokens.fontFamily}`;
  context.textBaseline = "middle";
  for (const { shot, shotNumber, leftPx, widthPx } of pieces) {
    context.fillStyle = value(shotNumber % 2 === 0 ? "--raised" : "--hover");
    context.fillRect(leftPx, 3, widthPx, shotLaneHeightPx - 6);
    if (shot.startFrame > 0) drawCut(context, { leftPx, isSoft: shot.opensWith !== "cut", color: value("--text-dim") });
    const label = String(shotNumber);
    const labelPx = Math.max(leftPx, 0) + 6;
    if (leftPx + widthPx - labelPx < 8 * label.length + 4) continue;
    context.fillStyle = value("--text-dim");
    context.fillText(label, labelPx, shotLaneHeightPx / 2 + 0.5);
  }
}

type Cut = { readonly leftPx: number; readonly isSoft: boolean; readonly color: string };

function drawCut(context: CanvasRenderingContext2D, { leftPx, isSoft, color }: Cut): void {
  const x = Math.round(leftPx) + 0.5;
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(isSoft ? x - 4 : x, shotLaneHeightPx - 2);
  context.lineTo(isSoft ? x + 4 : x, 2);
  context.stroke();
}
