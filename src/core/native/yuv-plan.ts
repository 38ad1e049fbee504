// From a picture's format to the integers its conversion works with; the only place where coefficients are made.
//
// ITU-T H.273: with luma weights Kr, Kg = 1 - Kr - Kb, Kb and all of R', G', B', Y' in 0..1, Cb and Cr in -0.5..0.5:
//   Y' = Kr R' + Kg G' + Kb B'     Cb = (B' - Y') / (2 (1 - Kb))     Cr = (R' - Y') / (2 (1 - Kr))
// and at depth d:  limited: luma = 2^(d-8) (16 + 219 Y'), chroma = 2^(d-8) (128 + 224 C);
//                  full:    luma = (2^d - 1) Y',          chroma = 2^(d-1) + (2^d - 1) C.
import { assert } from "../../shared/failure/index.ts";

/** BT.601, BT.709, and BT.2020 with non-constant luminance. */
export type YuvMatrix = "bt601" | "bt709" | "bt2020";
export type YuvRange = "limited" | "full";
export type ChromaSampling = "4:2:0" | "4:2:2" | "4:4:4";
export type SampleDepthBits = 8 | 10 | 12 | 16;

/**
 * A planar Y'CbCr picture. Chroma is sited as MPEG-2 and H.264 do by default ("left"): on even luma columns and, in
 * 4:2:0, halfway between two luma rows.
 */
export type YuvFormat = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly depthBits: SampleDepthBits;
  readonly sampling: ChromaSampling;
  readonly matrix: YuvMatrix;
  readonly range: YuvRange;
};

/** A part of a picture in whole pixels, half-open. */
export type PixelBox = {
  readonly xPx: number;
  readonly yPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
};

/** Luma weights. */
const weights: Readonly<Record<YuvMatrix, { readonly red: number; readonly blue: number }>> = {
  bt601: { red: 0.299, blue: 0.114 },
  bt709: { red: 0.2126, blue: 0.0722 },
  bt2020: { red: 0.2627, blue: 0.0593 },
};

const chromaShifts: Readonly<Record<ChromaSampling, { readonly x: 0 | 1; readonly y: 0 | 1 }>> = {
  "4:2:0": { x: 1, y: 1 },
  "4:2:2": { x: 1, y: 0 },
  "4:4:4": { x: 0, y: 0 },
};

/** Where things stand in a plan of yuvToRgb; native/src/yuv-plans.hpp lists them in the same order. */
export const yuvToRgbField = {
  widthPx: 0,
  heightPx: 1,
  chromaShiftX: 2,
  chromaShiftY: 3,
  sampleBytes: 4,
  depthBits: 5,
  boxXPx: 6,
  boxYPx: 7,
  boxWidthPx: 8,
  boxHeightPx: 9,
  fractionBits: 10,
  lumaGain: 11,
  redFromRed: 12,
  greenFromBlue: 13,
  greenFromRed: 14,
  blueFromBlue: 15,
  bias: 16,
  shiftBits: 17,
} as const;

/** Where things stand in a plan of rgbToYuv. */
export const rgbToYuvField = {
  widthPx: 0,
  heightPx: 1,
  chromaShiftX: 2,
  chromaShiftY: 3,
  sampleBytes: 4,
  depthBits: 5,
  lumaFromR: 6,
  lumaFromG: 7,
  lumaFromB: 8,
  lumaBias: 9,
  blueFromR: 10,
  blueFromG: 11,
  blueFromB: 12,
  redFromR: 13,
  redFromG: 14,
  redFromB: 15,
  chromaBias: 16,
  shiftBits: 17,
} as const;

type PlanValues<Fields> = { readonly [Name in keyof Fields]: number };

function layOut<Fields extends Readonly<Record<string, number>>>(
  fields: Fields,
  values: PlanValues<Fields>,
): Int32Array {
  const plan = new Int32Array(Object.keys(fields).length);
  for (const [name, at] of Object.entries(fields)) plan[at] = values[name as keyof Fields];
  return plan;
}

/** A plan's numbers by name. */
export function readPlan<Fields extends Readonly<Record<string, number>>>(
  fields: Fields,
  plan: Int32Array,
): PlanValues<Fields> {
  const entries = Object.entries(fields).map(([name, at]) => [name, plan[at] ?? 0]);
  return Object.fromEntries(entries) as PlanValues<Fields>;
}

/** Width and height of a chroma plane. */
export function chromaSize(format: Pick<YuvFormat, "widthPx" | "heightPx" | "sampling">): {
  readonly widthPx: number;
  readonly heightPx: number;
} {
  const shift = chromaShifts[format.sampling];
  return { widthPx: (format.widthPx + shift.x) >> shift.x, heightPx: (format.heightPx + shift.y) >> shift.y };
}

/** Codes per unit of Y' and of Cb, Cr, and the code of black. */
function codeScale(format: YuvFormat): { readonly luma: number; readonly chroma: number; readonly black: number } {
  const step = 2 ** (format.depthBits - 8);
  const top = 2 ** format.depthBits - 1;
  return format.range === "limited"
    ? { luma: 219 * step, chroma: 224 * step, black: 16 * step }
    : { luma: top, chroma: top, black: 0 };
}

function sizeFields(format: YuvFormat) {
  const { widthPx, heightPx, depthBits } = format;
  for (const sizePx of [widthPx, heightPx]) {
    assert(Number.isInteger(sizePx) && sizePx >= 1 && sizePx <= 32768, `a picture's side is 1..32768, not ${sizePx}`);
  }
  const shift = chromaShifts[format.sampling];
  return {
    widthPx,
    heightPx,
    chromaShiftX: shift.x,
    chromaShiftY: shift.y,
    sampleBytes: depthBits === 8 ? 1 : 2,
    depthBits,
  };
}

/**
 * Samples gain up to 3 fraction bits (bilinear chroma weights are eighths), at most 16 bits in all, and are centred to
 * fit int16; coefficients are scaled to fit int16 for every matrix and range; sums then fit int32.
 */
export function planYuvToRgb(format: YuvFormat, box: PixelBox): Int32Array {
  const inside =
    box.xPx >= 0 &&
    box.yPx >= 0 &&
    box.widthPx >= 1 &&
    box.heightPx >= 1 &&
    box.xPx + box.widthPx <= format.widthPx &&
    box.yPx + box.heightPx <= format.heightPx;
  assert(inside, `the box ${JSON.stringify(box)} lies within the ${format.widthPx}x${format.heightPx} picture`);
  const { red, blue } = weights[format.matrix];
  const green = 1 - red - blue;
  const scale = codeScale(format);
  const fractionBits = Math.min(3, 16 - format.depthBits);
  const inputBits = format.depthBits + fractionBits;
  const shiftBits = inputBits + 5;
  const perLuma = (255 / scale.luma / 2 ** fractionBits) * 2 ** shiftBits;
  const perChroma = (255 / scale.chroma / 2 ** fractionBits) * 2 ** shiftBits;
  const lumaGain = Math.round(perLuma);
  return layOut(yuvToRgbField, {
    ...sizeFields(format),
    boxXPx: box.xPx,
    boxYPx: box.yPx,
    boxWidthPx: box.widthPx,
    boxHeightPx: box.heightPx,
    fractionBits,
    lumaGain,
    redFromRed: Math.round(2 * (1 - red) * perChroma),
    greenFromBlue: Math.round(((-2 * blue * (1 - blue)) / green) * perChroma),
    greenFromRed: Math.round(((-2 * red * (1 - red)) / green) * perChroma),
    blueFromBlue: Math.round(2 * (1 - blue) * perChroma),
    bias: lumaGain * (2 ** (inputBits - 1) - scale.black * 2 ** fractionBits) + 2 ** (shiftBits - 1),
    shiftBits,
  });
}

/** R, G and B come as 16 bits (a byte times 257), centred to fit int16; coefficients have 14 bits. */
export function planRgbToYuv(format: YuvFormat): Int32Array {
  const { red, blue } = weights[format.matrix];
  const green = 1 - red - blue;
  const scale = codeScale(format);
  const shiftBits = 30 - format.depthBits;
  const perLuma = (scale.luma / 65535) * 2 ** shiftBits;
  const perChroma = (scale.chroma / 65535) * 2 ** shiftBits;
  const half = 2 ** (shiftBits - 1);
  const lumaFromR = Math.round(red * perLuma);
  const lumaFromB = Math.round(blue * perLuma);
  // Green takes what is left, so that grey has no colour at any depth and white is white up to 12 bits (within 2 codes at 16).
  const lumaSum = Math.round(perLuma);
  const blueFromR = Math.round((-red / (2 * (1 - blue))) * perChroma);
  const blueFromB = Math.round(perChroma / 2);
  const redFromG = Math.round((-green / (2 * (1 - red))) * perChroma);
  const redFromR = Math.round(perChroma / 2);
  return layOut(rgbToYuvField, {
    ...sizeFields(format),
    lumaFromR,
    lumaFromG: lumaSum - lumaFromR - lumaFromB,
    lumaFromB,
    lumaBias: lumaSum * 32768 + scale.black * 2 ** shiftBits + half,
    blueFromR,
    blueFromG: -blueFromR - blueFromB,
    blueFromB,
    redFromR,
    redFromG,
    redFromB: -redFromR - redFromG,
    chromaBias: 2 ** (format.depthBits - 1 + shiftBits) + half,
    shiftBits,
  });
}

type Triple = readonly [number, number, number];

/** How codes of Y, Cb, Cr and R, G, B in black..white depend on each other: rgb = toRgb codes + rgbBias, and back. */
export type CodeMix = {
  readonly toRgb: readonly [Triple, Triple, Triple];
  readonly rgbBias: Triple;
  readonly toCodes: readonly [Triple, Triple, Triple];
  readonly codeBias: Triple;
};

/** The conversion as real numbers, for kernels that work on floats. R, G, B run from `black` to `white`. */
export function codeMix(format: YuvFormat, [black, white]: readonly [black: number, white: number]): CodeMix {
  const { red, blue } = weights[format.matrix];
  const green = 1 - red - blue;
  const scale = codeScale(format);
  const middle = 2 ** (format.depthBits - 1);
  const swing = white - black;
  const [perLuma, perChroma] = [swing / scale.luma, swing / scale.chroma];
  const [redFromRed, blueFromBlue] = [2 * (1 - red) * perChroma, 2 * (1 - blue) * perChroma];
  const [greenFromBlue, greenFromRed] = [(-blue / green) * blueFromBlue, (-red / green) * redFromRed];
  const dark = black - perLuma * scale.black;
  const [luma, chroma] = [scale.luma / swing, scale.chroma / swing];
  const [toBlue, toRed] = [chroma / (2 * (1 - blue)), chroma / (2 * (1 - red))];
  return {
    toRgb: [
      [perLuma, 0, redFromRed],
      [perLuma, greenFromBlue, greenFromRed],
      [perLuma, blueFromBlue, 0],
    ],
    rgbBias: [dark - redFromRed * middle, dark - (greenFromBlue + greenFromRed) * middle, dark - blueFromBlue * middle],
    toCodes: [
      [red * luma, green * luma, blue * luma],
      [-red * toBlue, -green * toBlue, (1 - blue) * toBlue],
      [(1 - red) * toRed, -green * toRed, -blue * toRed],
    ],
    codeBias: [scale.black - black * luma, middle, middle],
  };
}
