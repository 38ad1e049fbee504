// The picture kernels in TypeScript: the specification of native/src/yuv-kernels.inl, and what serves without the addon.
// Every value is an int32 or a float32 at every step, so that both give the same result to the last bit.
import type { Samples, YuvPlanes } from "../../../native/index.d.ts";
import { readPlan, rgbToYuvField, yuvToRgbField } from "./yuv-plan.ts";

type ToRgbPlan = ReturnType<typeof readPlan<typeof yuvToRgbField>>;
type ToYuvPlan = ReturnType<typeof readPlan<typeof rgbToYuvField>>;
type PlaneSize = { readonly widthPx: number; readonly heightPx: number };

/** Room for sums of eight samples: 16 bits suffice up to 12-bit samples; the addon wraps at the same width. */
type SumRow = Uint16Array | Int32Array;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

function chromaPlaneSize(plan: ToRgbPlan | ToYuvPlan): PlaneSize {
  return {
    widthPx: (plan.widthPx + plan.chromaShiftX) >> plan.chromaShiftX,
    heightPx: (plan.heightPx + plan.chromaShiftY) >> plan.chromaShiftY,
  };
}

/** Vertical part of the upsampling: row `y` as 3/4 nearer and 1/4 farther chroma row (times 4), or the row itself. */
function blendChromaRows(plan: ToRgbPlan, plane: Samples, y: number, blend: SumRow): void {
  const { widthPx, heightPx } = chromaPlaneSize(plan);
  const nearRow = y >> plan.chromaShiftY;
  const farRow = clamp(nearRow + ((y & 1) === 1 ? 1 : -1), 0, heightPx - 1);
  for (let x = 0; x < widthPx; x++) {
    const near = plane[nearRow * widthPx + x] ?? 0;
    blend[x] = plan.chromaShiftY === 1 ? 3 * near + (plane[farRow * widthPx + x] ?? 0) : near;
  }
  blend[widthPx] = blend[widthPx - 1] ?? 0; // the right edge repeats
}

/** Chroma of picture row `y` at every column of the box, centred on 0, with the plan's fraction bits. */
function upsampleChroma(plan: ToRgbPlan, blend: SumRow, out: Int16Array): void {
  const weightBits = plan.chromaShiftX + 2 * plan.chromaShiftY;
  const up = Math.max(plan.fractionBits - weightBits, 0);
  const down = Math.max(weightBits - plan.fractionBits, 0);
  const half = (1 << down) >> 1;
  const centre = 1 << (plan.depthBits + plan.fractionBits - 1);
  for (let x = 0; x < plan.boxWidthPx; x++) {
    const column = plan.boxXPx + x;
    const at = column >> plan.chromaShiftX;
    // Even columns lie on a chroma sample, odd ones halfway to the next.
    const sum = plan.chromaShiftX === 0 ? (blend[at] ?? 0) : (blend[at] ?? 0) + (blend[at + (column & 1)] ?? 0);
    out[x] = (((sum << up) + half) >> down) - centre;
  }
}

/** Calls `sink(row, luma, blue, red)` for each row of the box with centred int16 samples, chroma upsampled. */
function eachCentredRow(
  plan: ToRgbPlan,
  planes: YuvPlanes,
  sink: (row: number, centred: readonly [Int16Array, Int16Array, Int16Array]) => void,
): void {
  const [lumaPlane, bluePlane, redPlane] = planes;
  const blendLength = chromaPlaneSize(plan).widthPx + 1;
  const blend: SumRow = plan.depthBits <= 12 ? new Uint16Array(blendLength) : new Int32Array(blendLength);
  const luma = new Int16Array(plan.boxWidthPx);
  const blue = new Int16Array(plan.boxWidthPx);
  const red = new Int16Array(plan.boxWidthPx);
  const centre = 1 << (plan.depthBits + plan.fractionBits - 1);
  for (let row = 0; row < plan.boxHeightPx; row++) {
    const y = plan.boxYPx + row;
    const from = y * plan.widthPx + plan.boxXPx;
    for (let x = 0; x < plan.boxWidthPx; x++) luma[x] = ((lumaPlane[from + x] ?? 0) << plan.fractionBits) - centre;
    blendChromaRows(plan, bluePlane, y, blend);
    upsampleChroma(plan, blend, blue);
    blendChromaRows(plan, redPlane, y, blend);
    upsampleChroma(plan, blend, red);
    sink(row, [luma, blue, red]);
  }
}

/** Calls `write(row, x, r, g, b)` with the matrix's int32 sums, `bias` included. */
function eachRgbSum(
  plan: ToRgbPlan,
  planes: YuvPlanes,
  bias: number,
  write: (pixel: number, r: number, g: number, b: number) => void,
): void {
  const { lumaGain, redFromRed, greenFromBlue, greenFromRed, blueFromBlue, boxWidthPx } = plan;
  eachCentredRow(plan, planes, (row, [luma, blue, red]) => {
    for (let x = 0; x < boxWidthPx; x++) {
      const grey = lumaGain * (luma[x] ?? 0) + bias;
      const cb = blue[x] ?? 0;
      const cr = red[x] ?? 0;
      write(
        row * boxWidthPx + x,
        grey + redFromRed * cr,
        grey + greenFromBlue * cb + greenFromRed * cr,
        grey + blueFromBlue * cb,
      );
    }
  });
}

function yuvToRgb8(planValues: Int32Array, planes: YuvPlanes, rgb: Uint8Array): void {
  const plan = readPlan(yuvToRgbField, planValues);
  const code = (sum: number) => clamp(sum >> plan.shiftBits, 0, 255);
  eachRgbSum(plan, planes, plan.bias, (pixel, r, g, b) => {
    rgb[3 * pixel] = code(r);
    rgb[3 * pixel + 1] = code(g);
    rgb[3 * pixel + 2] = code(b);
  });
}

function yuvToRgbFloats(planValues: Int32Array, planes: YuvPlanes, rgb: Float32Array): void {
  const plan = readPlan(yuvToRgbField, planValues);
  const planePx = plan.boxWidthPx * plan.boxHeightPx;
  const scale = Math.fround(2 / 255 / 2 ** plan.shiftBits);
  const { fround } = Math;
  const value = (sum: number) => clamp(fround(fround(fround(sum) * scale) - 1), -1, 1);
  const bias = plan.bias - ((1 << plan.shiftBits) >> 1); // floats need no rounding half
  eachRgbSum(plan, planes, bias, (pixel, r, g, b) => {
    rgb[pixel] = value(r);
    rgb[planePx + pixel] = value(g);
    rgb[2 * planePx + pixel] = value(b);
  });
}

/** `count` rows of 16-bit R, G and B, one array per colour, starting at picture row `y`. */
type FetchRows = (y: number, count: number, colours: readonly [Uint16Array, Uint16Array, Uint16Array]) => void;

/**
 * Chroma takes the mean of its two rows (4:2:0) and [1 2 1] / 4 around even columns (4:2:0, 4:2:2), with one rounding
 * at the end; edges repeat.
 */
function downsampleColour(plan: ToYuvPlan, colour: Uint16Array, rowCount: number, out: Int16Array): void {
  const { widthPx } = plan;
  const lastRow = (rowCount - 1) * widthPx;
  const sumAt = (column: number) => {
    const x = clamp(column, 0, widthPx - 1);
    return (colour[x] ?? 0) + (colour[lastRow + x] ?? 0);
  };
  for (let i = 0; i < out.length; i++) {
    out[i] =
      plan.chromaShiftX === 0
        ? ((sumAt(i) + 1) >> 1) - 32768
        : ((sumAt(2 * i - 1) + 2 * sumAt(2 * i) + sumAt(2 * i + 1) + 4) >> 3) - 32768;
  }
}

function writeLuma(plan: ToYuvPlan, colours: readonly Uint16Array[], luma: Samples): void {
  const [r, g, b] = colours;
  const top = 2 ** plan.depthBits - 1;
  for (let x = 0; x < luma.length; x++) {
    const sum =
      plan.lumaFromR * ((r?.[x] ?? 0) - 32768) +
      plan.lumaFromG * ((g?.[x] ?? 0) - 32768) +
      plan.lumaFromB * ((b?.[x] ?? 0) - 32768);
    luma[x] = clamp((sum + plan.lumaBias) >> plan.shiftBits, 0, top);
  }
}

function writeChroma(
  plan: ToYuvPlan,
  [r, g, b]: readonly [Int16Array, Int16Array, Int16Array],
  blue: Samples,
  red: Samples,
): void {
  const top = 2 ** plan.depthBits - 1;
  const code = (sum: number) => clamp((sum + plan.chromaBias) >> plan.shiftBits, 0, top);
  for (let i = 0; i < blue.length; i++) {
    const [red16, green16, blue16] = [r[i] ?? 0, g[i] ?? 0, b[i] ?? 0];
    blue[i] = code(plan.blueFromR * red16 + plan.blueFromG * green16 + plan.blueFromB * blue16);
    red[i] = code(plan.redFromR * red16 + plan.redFromG * green16 + plan.redFromB * blue16);
  }
}

function rgbToYuv(plan: ToYuvPlan, planes: YuvPlanes, fetch: FetchRows): void {
  const [luma, blue, red] = planes;
  const chroma = chromaPlaneSize(plan);
  const rowsPerChroma = 1 << plan.chromaShiftY;
  const row16 = () => new Uint16Array(plan.widthPx * rowsPerChroma);
  const colours = [row16(), row16(), row16()] as const;
  const small = () => new Int16Array(chroma.widthPx);
  const filtered = [small(), small(), small()] as const;
  for (let j = 0; j < chroma.heightPx; j++) {
    const firstY = j * rowsPerChroma;
    const rowCount = Math.min(rowsPerChroma, plan.heightPx - firstY);
    fetch(firstY, rowCount, colours);
    writeLuma(plan, colours, luma.subarray(firstY * plan.widthPx, (firstY + rowCount) * plan.widthPx));
    for (const k of [0, 1, 2] as const) downsampleColour(plan, colours[k], rowCount, filtered[k]);
    const [from, to] = [j * chroma.widthPx, (j + 1) * chroma.widthPx];
    writeChroma(plan, filtered, blue.subarray(from, to), red.subarray(from, to));
  }
}

function rgb8ToYuv(planValues: Int32Array, rgb: Uint8Array, planes: YuvPlanes): void {
  const plan = readPlan(rgbToYuvField, planValues);
  rgbToYuv(plan, planes, (y, count, [r, g, b]) => {
    const from = y * plan.widthPx;
    for (let x = 0; x < count * plan.widthPx; x++) {
      r[x] = (rgb[3 * (from + x)] ?? 0) * 257;
      g[x] = (rgb[3 * (from + x) + 1] ?? 0) * 257;
      b[x] = (rgb[3 * (from + x) + 2] ?? 0) * 257;
    }
  });
}

/** -1..1 to 0..65535, rounded half up, in float32 steps; what is no number becomes 0. */
function quantise(value: number): number {
  const scaled = Math.fround(Math.fround(value * 32767.5) + 32768);
  return scaled > 0 ? Math.trunc(Math.min(scaled, 65535)) : 0;
}

function rgbFloatsToYuv(planValues: Int32Array, rgb: Float32Array, planes: YuvPlanes): void {
  const plan = readPlan(rgbToYuvField, planValues);
  const planePx = plan.widthPx * plan.heightPx;
  rgbToYuv(plan, planes, (y, count, colours) => {
    const from = y * plan.widthPx;
    for (const [k, colour] of colours.entries()) {
      for (let x = 0; x < count * plan.widthPx; x++) colour[x] = quantise(rgb[k * planePx + from + x] ?? 0);
    }
  });
}

export const yuvTwin = { yuvToRgb8, yuvToRgbFloats, rgb8ToYuv, rgbFloatsToYuv };
