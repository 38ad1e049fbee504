// Paints marks into a decoded frame of any layout: filled rectangles in upright places, from which all others are made.
import type { Affine, FaceBox, Point } from "../../models/index.ts";
import type { FrameShape, Plane } from "../../media/index.ts";
import { boxThrough } from "../geometry/upright.ts";
import { dotsOf, letterSize } from "./letters.ts";

/** Red, green and blue, 0..255. */
export type Ink = readonly [red: number, green: number, blue: number];

export type Paintable = { readonly planes: readonly Plane[]; readonly shape: FrameShape };

export type Painter = {
  readonly block: (box: FaceBox, ink: Ink) => void;
  readonly outline: (box: FaceBox, ink: Ink, thickPx: number) => void;
  /** Squares of `thickPx` along the way; `gapPx` between them makes it dotted. */
  readonly line: (
    from: Point,
    to: Point,
    stroke: { readonly ink: Ink; readonly thickPx: number; readonly gapPx?: number },
  ) => void;
  /** On a dark ground; (x, y) is its top-left corner. Answers its width. */
  readonly text: (words: string, at: Point, style: { readonly ink: Ink; readonly dotPx: number }) => number;
};

/** Paints into `frame`; places are upright ones, and `uprightToFrame` is of quarter turns and stretches. */
export function painterOf(frame: Paintable, uprightToFrame: Affine): Painter {
  const block: Painter["block"] = (box, ink) => fillPlanes(frame, boxThrough(uprightToFrame, box), ink);
  const line: Painter["line"] = (from, to, { ink, thickPx, gapPx = 0 }) => {
    const lengthPx = Math.hypot(to.x - from.x, to.y - from.y);
    const steps = Math.max(1, Math.ceil(lengthPx / (thickPx + gapPx)));
    for (let step = 0; step <= steps; step++) {
      const part = step / steps;
      const [x, y] = [from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)];
      block({ x: x - thickPx / 2, y: y - thickPx / 2, width: thickPx, height: thickPx }, ink);
    }
  };
  return {
    block,
    line,
    outline: ({ x, y, width, height }, ink, thickPx) => {
      block({ x, y, width, height: thickPx }, ink);
      block({ x, y: y + height - thickPx, width, height: thickPx }, ink);
      block({ x, y, width: thickPx, height }, ink);
      block({ x: x + width - thickPx, y, width: thickPx, height }, ink);
    },
    text: (words, { x, y }, { ink, dotPx }) => {
      const advancePx = (letterSize.columns + 1) * dotPx;
      const width = words.length * advancePx + dotPx;
      block({ x, y, width, height: (letterSize.rows + 2) * dotPx }, [16, 16, 18]);
      for (const [index, letter] of Array.from(words).entries())
        for (const [row, dots] of dotsOf(letter).entries())
          for (const [column, isSet] of dots.entries())
            if (isSet)
              block(
                {
                  x: x + dotPx + index * advancePx + column * dotPx,
                  y: y + dotPx + row * dotPx,
                  width: dotPx,
                  height: dotPx,
                },
                ink,
              );
      return width;
    },
  };
}

function fillPlanes({ planes, shape }: Paintable, box: FaceBox, ink: Ink): void {
  const values = planeValues(ink, shape);
  for (const [index, plane] of planes.entries()) {
    const value = values[index];
    if (value === undefined) continue;
    const [across, down] = [plane.widthPx / shape.widthPx, plane.heightPx / shape.heightPx];
    const left = Math.max(0, Math.round(box.x * across));
    const top = Math.max(0, Math.round(box.y * down));
    // Every mark is a sample at least, also where chroma is halved.
    const right = Math.min(plane.widthPx, Math.max(left + 1, Math.round((box.x + box.width) * across)));
    const bottom = Math.min(plane.heightPx, Math.max(top + 1, Math.round((box.y + box.height) * down)));
    for (let row = top; row < bottom; row++)
      if (right > left) plane.samples.fill(value, row * plane.widthPx + left, row * plane.widthPx + right);
  }
}

/** An ink in the samples of each plane: BT.709, limited range, which is near enough for marks; alpha is opaque. */
function planeValues([red, green, blue]: Ink, { layout, planes }: FrameShape): readonly number[] {
  const scale = 2 ** (layout.bitDepth - 8);
  const opaque = 255 * scale + scale - 1;
  const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const y = 16 + (219 / 255) * luma;
  const colors =
    layout.chroma === "rgb"
      ? [green, blue, red]
      : [y, 128 + (224 / 255) * ((blue - luma) / 1.8556), 128 + (224 / 255) * ((red - luma) / 1.5748)];
  const used = layout.chroma === "gray" ? colors.slice(0, 1) : colors;
  const values = used.map((value) => Math.round(value * scale));
  return planes.length > values.length ? [...values, opaque] : values;
}
