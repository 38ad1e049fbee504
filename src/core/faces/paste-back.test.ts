// What an editor is promised: nothing outside the mask changes by a bit, and an untouched crop hardly changes what is inside.
import { describe, expect, test } from "vitest";
import { randomFrom } from "../base/index.ts";
import { allocateYuvPlanes } from "../native/index.ts";
import type { YuvFormat, YuvPicture } from "../native/index.ts";
import { alignFace } from "./align-face.ts";
import type { FaceAnchors } from "./align-face.ts";
import { blendMask } from "./blend-mask.ts";
import { cropFace } from "./crop-face.ts";
import type { FloatPicture } from "./crop-face.ts";
import { inpaintMask } from "./inpaint-mask.ts";
import { pasteBack } from "./paste-back.ts";
import type { PasteOptions } from "./paste-back.ts";

const formats = (["4:2:0", "4:2:2"] as const).flatMap((sampling) =>
  ([8, 10] as const).map((depthBits): YuvFormat => ({
    widthPx: 641,
    heightPx: 483,
    depthBits,
    sampling,
    matrix: "bt709",
    range: "limited",
  })),
);

/** Skin, features some pixels wide, and a grain of so many codes of 8 bit. */
function photograph(format: YuvFormat, grainCodes = 1): YuvPicture {
  const random = randomFrom(9);
  const planes = allocateYuvPlanes(format);
  const unit = 2 ** (format.depthBits - 8);
  for (const [index, samples] of planes.entries()) {
    const widthPx = index === 0 ? format.widthPx : (format.widthPx + 1) >> 1;
    const [middle, swing] = index === 0 ? [110, 45] : [128 + 12 * (index - 1.5), 8];
    for (const at of samples.keys()) {
      const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
      const shape = Math.sin(x / 9) * Math.cos(y / 7) + 0.6 * Math.sin((x + 2 * y) / 23);
      samples[at] = Math.round(unit * (middle + swing * shape + grainCodes * (random.uniform() - 0.5)));
    }
  }
  return { format, planes };
}

const copyOf = ({ format, planes: [luma, blue, red] }: YuvPicture): YuvPicture => ({
  format,
  planes: [luma.slice(), blue.slice(), red.slice()],
});

const anchors: FaceAnchors = {
  leftBrow: { x: 240.3, y: 160.7 },
  rightBrow: { x: 371.9, y: 171.2 },
  nose: { x: 301.4, y: 239.8 },
};

type Comparison = { readonly psnrDb: number; readonly changedOutside: number };

/** Luma inside the box against outside of it. */
function compare(before: YuvPicture, after: YuvPicture, box: ReturnType<typeof pasteBack>): Comparison {
  const peak = 2 ** before.format.depthBits - 1;
  let [squares, count, changedOutside] = [0, 0, 0];
  for (const [index, own] of before.planes.entries()) {
    const { sampling, widthPx: frameWidthPx } = before.format;
    const [stepX, stepY] = index === 0 ? [1, 1] : [2, sampling === "4:2:0" ? 2 : 1];
    const widthPx = Math.ceil(frameWidthPx / stepX);
    for (const [at, code] of own.entries()) {
      const [x, y] = [(at % widthPx) * stepX, Math.floor(at / widthPx) * stepY];
      const now = after.planes[index as 0 | 1 | 2][at] ?? NaN;
      const isInside =
        box &&
        x >= box.xPx &&
        y >= box.yPx &&
        x + stepX <= box.xPx + box.widthPx &&
        y + stepY <= box.yPx + box.heightPx;
      if (!isInside) changedOutside += now === code ? 0 : 1;
      else if (now !== code) {
        squares += (now - code) ** 2;
        count += 1;
      }
    }
  }
  return { psnrDb: 10 * Math.log10((peak * peak * Math.max(1, count)) / Math.max(1e-9, squares)), changedOutside };
}

/** The mean of nine neighbours in a row of a crop. */
function mean(values: Float32Array, at: number): number {
  let sum = 0;
  for (let step = -4; step <= 4; step++) sum += values[Math.min(values.length - 1, Math.max(0, at + step))] ?? 0;
  return sum / 9;
}

/** How much neighbouring pixels of a crop differ, in codes of 8 bit, from one place to another. */
function roughness({ values }: FloatPicture, [fromX, toX]: readonly [number, number]): number {
  let [sum, count] = [0, 0];
  for (let y = 135; y < 170; y++)
    for (let x = fromX; x < toX; x++) {
      const at = y * 256 + x;
      const bend = 2 * (values[at] ?? 0) - (values[at - 1] ?? 0) - (values[at + 1] ?? 0);
      sum += (127.5 * bend) ** 2;
      count += 1;
    }
  return Math.sqrt(sum / count);
}

describe("paste back", () => {
  test.each(formats)(
    "of an untouched crop changes no bit, and with every pixel from the crop keeps 45 dB: $sampling, $depthBits bit",
    (format) => {
      const before = photograph(format);
      const alignment = alignFace(anchors, 256);
      const face = cropFace(before, alignment);
      const { frameToFace } = alignment;
      for (const colourMatch of ["none", "surroundings"] as const)
        for (const texture of ["source", "crop"] as const) {
          const after = copyOf(before);
          const box = pasteBack(after, { face, frameToFace, blendMask: blendMask(256), colourMatch, texture });
          const { psnrDb, changedOutside } = compare(before, after, box);
          expect(changedOutside).toBe(0);
          expect(psnrDb).toBeGreaterThan(45);
          if (texture === "source") expect(after.planes).toEqual(before.planes);
          // The box is the mask's, not the frame's.
          expect(box && box.yPx > 200 && box.widthPx < 400).toBe(true);
        }
    },
  );

  test("shows the new face fully inside and brings its colour to the frame's when asked", () => {
    const [format] = formats;
    if (!format) throw new Error("there are formats");
    const before = photograph(format);
    const alignment = alignFace(anchors, 256);
    const face = cropFace(before, alignment);
    const tinted = { ...face, values: face.values.map((value) => 0.9 * value + 0.15) };
    const errors = (["none", "surroundings"] as const).map((colourMatch) => {
      const after = copyOf(before);
      const box = pasteBack(after, {
        face: tinted,
        frameToFace: alignment.frameToFace,
        blendMask: blendMask(256),
        colourMatch,
      });
      return compare(before, after, box).psnrDb;
    });
    expect(errors[0]).toBeLessThan(28);
    expect(errors[1]).toBeGreaterThan(38);
  });

  test("a network's softness stays out of what it did not change, and a new mouth gets the frame's grain", () => {
    const [format] = formats;
    if (!format) throw new Error("there are formats");
    const before = photograph(format, 8);
    const alignment = alignFace(anchors, 256);
    const face = cropFace(before, alignment);
    const { frameToFace } = alignment;
    const soft = { ...face, values: face.values.map((_, at) => mean(face.values, at)) };
    const paste = { face: soft, frameToFace, blendMask: blendMask(256), colourMatch: "none" } as const;
    const cropOf = (options: Partial<PasteOptions>): FloatPicture => {
      const after = copyOf(before);
      pasteBack(after, { ...paste, ...options });
      return cropFace(after, alignment);
    };
    const [cheek, lips] = [[20, 40] as const, [105, 150] as const];
    expect(roughness(cropOf({}), cheek)).toBeGreaterThan(0.95 * roughness(face, cheek));
    for (const place of [cheek, lips]) {
      const own = roughness(face, place);
      expect(roughness(cropOf({ texture: "crop" }), place)).toBeLessThan(0.5 * own);
      const grained = roughness(cropOf({ texture: "crop", grain: { seed: 5 } }), place);
      expect(grained).toBeGreaterThan(0.8 * own);
      expect(grained).toBeLessThan(1.2 * own);
    }
  });

  test("half shown lies halfway between the frame and the whole, to a rounding, and nothing shown changes nothing", () => {
    const [format] = formats;
    if (!format) throw new Error("there are formats");
    const before = photograph(format);
    const { frameToFace } = alignFace(anchors, 256);
    const flat = { channels: 3, widthPx: 256, heightPx: 256, values: new Float32Array(3 * 256 * 256).fill(0.4) };
    const paste = { face: flat, frameToFace, blendMask: blendMask(256), colourMatch: "none" } as const;
    const [none, half, whole] = [0, 0.5, 1].map((shownRatio) => {
      const after = copyOf(before);
      pasteBack(after, { ...paste, shownRatio });
      return after.planes[0];
    });
    expect(none).toEqual(before.planes[0]);
    let changed = 0;
    for (const [at, own] of before.planes[0].entries()) {
      const middle = (own + (whole?.[at] ?? NaN)) / 2;
      expect(Math.abs((half?.[at] ?? NaN) - middle)).toBeLessThanOrEqual(1);
      changed += whole?.[at] === own ? 0 : 1;
    }
    expect(changed).toBeGreaterThan(5000);
  });

  test("the same seed gives the same picture, another seed another", () => {
    const [format] = formats;
    if (!format) throw new Error("there are formats");
    const before = photograph(format);
    const alignment = alignFace(anchors, 256);
    const flat = { ...cropFace(before, alignment), values: new Float32Array(3 * 256 * 256) };
    const [first, second, third] = [1, 1, 9].map((seed) => {
      const after = copyOf(before);
      const { frameToFace } = alignment;
      pasteBack(after, { face: flat, frameToFace, blendMask: blendMask(256), colourMatch: "none", grain: { seed } });
      return after.planes;
    });
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
  });

  test("writes nothing when the mask lies outside the frame, and only what is visible when it lies across its edge", () => {
    const [format] = formats;
    if (!format) throw new Error("there are formats");
    const before = photograph(format);
    for (const [shift, isVisible] of [
      [9000, false],
      [400, true],
      [-350, true],
    ] as const) {
      const move = ({ x, y }: { x: number; y: number }) => ({ x: x + shift, y: y + shift / 3 });
      const moved = { leftBrow: move(anchors.leftBrow), rightBrow: move(anchors.rightBrow), nose: move(anchors.nose) };
      const alignment = alignFace(moved, 256);
      const after = copyOf(before);
      const face = cropFace(after, alignment);
      expect(face.values.every(Number.isFinite)).toBe(true);
      const box = pasteBack(after, {
        face,
        frameToFace: alignment.frameToFace,
        blendMask: blendMask(256),
        colourMatch: "none",
      });
      expect(box !== undefined).toBe(isVisible);
      expect(compare(before, after, box).changedOutside).toBe(0);
    }
  });
});

describe("the blend mask", () => {
  test.each([0, 0.03, 0.1])("stays inside the inpaint mask and is whole in its middle (feather %f)", (featherRatio) => {
    const [painted, blend] = [inpaintMask(256), blendMask(256, featherRatio)];
    for (const [at, value] of blend.values.entries())
      expect(value).toBeLessThanOrEqual((painted.values[at] ?? 0) + 1e-6);
    expect(blend.values[175 * 256 + 128]).toBeCloseTo(1, 5);
  });
});
