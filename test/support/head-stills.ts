// Stills of four made people (test/faces/heads), and how one is drawn into a picture at any size, place and lean.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const people = ["anna", "boris", "carla", "deng"] as const;
export type Person = (typeof people)[number];

/** Which still: a mouth, or degrees that the head is turned to the right of the picture. */
export type HeadView = "shut" | "ah" | "ee" | -25 | 12 | 25 | 40 | 55 | 70 | 85;

const [widthPx, heightPx, columns, rows] = [192, 240, 5, 5];
/** Between the ears, at the height of the nose: about the middle of what a detector calls the face. */
const headCentre = { x: 96, y: 106 };
const viewsOfAll: readonly HeadView[] = ["shut", "ah", "ee", -25, 25];
const moreOfAnna: readonly HeadView[] = [12, 40, 55, 70, 85];

/** R, G, B (times alpha) and alpha, 0..255, in halves of size from the still's own on down. */
type Still = { readonly levels: readonly Level[] };
type Level = { readonly widthPx: number; readonly values: Float32Array };

export type HeadStills = (who: Person, view: HeadView) => Still;

/** 8-bit R G B, row after row. */
export type Canvas = { readonly widthPx: number; readonly heightPx: number; readonly rgb: Uint8ClampedArray };

export async function readHeadStills(): Promise<HeadStills> {
  const file = fileURLToPath(new URL("../faces/heads/heads.webp", import.meta.url));
  const plain = ["-v", "error", "-i", file, "-f", "rawvideo", "-pix_fmt", "rgba", "-"];
  const { stdout } = await promisify(execFile)("ffmpeg", plain, { encoding: "buffer", maxBuffer: 2 ** 24 });
  if (stdout.length !== 4 * widthPx * heightPx * columns * rows) throw new Error("heads.webp has another size");
  const stills = Array.from({ length: columns * rows }, (_, cell) => cutOut(stdout, cell));
  return (who, view) => {
    const [row, column] =
      who === "anna" && moreOfAnna.includes(view)
        ? [rows - 1, moreOfAnna.indexOf(view)]
        : [people.indexOf(who), viewsOfAll.indexOf(view)];
    const still = column < 0 ? undefined : stills[row * columns + column];
    if (!still) throw new Error(`there is no still of ${who} turned ${view}`);
    return still;
  };
}

function cutOut(sheet: Uint8Array, cell: number): Still {
  const values = new Float32Array(4 * widthPx * heightPx);
  const [left, top] = [(cell % columns) * widthPx, Math.floor(cell / columns) * heightPx];
  for (let y = 0; y < heightPx; y++)
    for (let x = 0; x < widthPx; x++) {
      const from = 4 * ((top + y) * columns * widthPx + left + x);
      const alpha = sheet[from + 3] ?? 0;
      const to = 4 * (y * widthPx + x);
      for (let channel = 0; channel < 3; channel++) values[to + channel] = ((sheet[from + channel] ?? 0) * alpha) / 255;
      values[to + 3] = alpha;
    }
  const levels: Level[] = [{ widthPx, values }];
  for (let last = levels[0]; last && last.widthPx > 12; last = levels.at(-1)) levels.push(halved(last));
  return { levels };
}

function halved(of: Level): Level {
  const [width, height] = [of.widthPx / 2, of.values.length / 4 / of.widthPx / 2];
  const values = new Float32Array(4 * width * height);
  for (let y = 0; y < height; y++)
    for (let at = 0; at < 4 * width; at++) {
      const from = 8 * y * of.widthPx + 8 * Math.floor(at / 4) + (at % 4);
      const [right, below] = [from + 4, from + 4 * of.widthPx];
      const sum = (of.values[from] ?? 0) + (of.values[right] ?? 0) + (of.values[below] ?? 0);
      values[4 * y * width + at] = (sum + (of.values[below + 4] ?? 0)) / 4;
    }
  return { widthPx: width, values };
}

export type HeadPlace = {
  /** Where the middle of the face comes to lie. */
  readonly x: number;
  readonly y: number;
  /** Of the still, about two and a half times the face. */
  readonly heightPx: number;
  readonly leanRadians: number;
};

/** Draws a still, sub-pixel exact and smooth where it shrinks. */
export function drawHead(canvas: Canvas, still: Still, { x, y, heightPx: drawnPx, leanRadians }: HeadPlace): void {
  const ratio = heightPx / drawnPx;
  const level = Math.min(still.levels.length - 1, Math.max(0, Math.floor(Math.log2(ratio * 1.2))));
  const picture = still.levels[level];
  if (!picture) return;
  const scale = ratio / 2 ** level;
  const [cos, sin] = [Math.cos(leanRadians) * scale, Math.sin(leanRadians) * scale];
  const [width, height] = [picture.widthPx, picture.values.length / 4 / picture.widthPx];
  const reach = 0.8 * drawnPx;
  for (let row = Math.max(0, Math.floor(y - reach)); row < Math.min(canvas.heightPx, y + reach); row++)
    for (let column = Math.max(0, Math.floor(x - reach)); column < Math.min(canvas.widthPx, x + reach); column++) {
      const [dx, dy] = [column + 0.5 - x, row + 0.5 - y];
      const u = headCentre.x / 2 ** level + cos * dx + sin * dy - 0.5;
      const v = headCentre.y / 2 ** level - sin * dx + cos * dy - 0.5;
      if (u < 0 || v < 0 || u >= width - 1 || v >= height - 1) continue;
      const [left, top] = [Math.floor(u), Math.floor(v)];
      const from = 4 * (top * width + left);
      const [acrossShare, downShare] = [u - left, v - top];
      const read = (channel: number): number => {
        const at = from + channel;
        const [a, b] = [picture.values[at] ?? 0, picture.values[at + 4] ?? 0];
        const [c, d] = [picture.values[at + 4 * width] ?? 0, picture.values[at + 4 * width + 4] ?? 0];
        return (1 - downShare) * (a + acrossShare * (b - a)) + downShare * (c + acrossShare * (d - c));
      };
      const alpha = read(3) / 255;
      if (alpha === 0) continue;
      const to = 3 * (row * canvas.widthPx + column);
      for (let channel = 0; channel < 3; channel++)
        canvas.rgb[to + channel] = read(channel) + (1 - alpha) * (canvas.rgb[to + channel] ?? 0);
    }
}
