// The kernels against the closed form of ITU-T H.273, and the addon against its twin to the last bit.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Kernels, YuvPlanes } from "../../../native/index.d.ts";
import { randomFrom } from "../base/index.ts";
import { loadKernels, servedKernels } from "./load-addon.ts";
import { chromaSize } from "./yuv-plan.ts";
import type { PixelBox, YuvFormat } from "./yuv-plan.ts";
import {
  allocateYuvPlanes,
  rgb8ToYuv,
  rgbFloatsToYuv,
  yuvPlanesIn,
  yuvToRgb8,
  yuvToRgbFloats,
} from "./yuv-pictures.ts";
import { twinKernels } from "./twin-kernels.ts";

const served = servedKernels();
if (served.serves === "twin") console.warn(`NOT CHECKED: the addon against its twin. ${served.reason}`);

const kernelSets: readonly (readonly [string, Kernels])[] = [
  ["twin", twinKernels],
  ...(served.baseline === undefined ? [] : ([[`addon ${served.baseline.simd}`, served.baseline]] as const)),
  ...(served.serves === "addon" ? ([[`addon ${served.simd}`, served.kernels]] as const) : []),
];

const formats = fc.record<YuvFormat>({
  widthPx: fc.integer({ min: 1, max: 67 }),
  heightPx: fc.integer({ min: 1, max: 9 }),
  depthBits: fc.constantFrom(8, 10, 12, 16),
  sampling: fc.constantFrom("4:2:0", "4:2:2", "4:4:4"),
  matrix: fc.constantFrom("bt601", "bt709", "bt2020"),
  range: fc.constantFrom("limited", "full"),
});

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

function randomPlanes(format: YuvFormat, seed: number, topCode = 2 ** format.depthBits - 1): YuvPlanes {
  const random = randomFrom(seed);
  const planes = allocateYuvPlanes(format);
  for (const plane of planes) for (let i = 0; i < plane.length; i++) plane[i] = random.uint32() % (topCode + 1);
  return planes;
}

/** Luma weights of H.273 (table 4, codes 6, 1 and 9). */
const lumaWeights = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;

/** A triple as codes of `format`, unrounded. */
function codesOf(format: YuvFormat, [r, g, b]: readonly [number, number, number]): readonly [number, number, number] {
  const [kr, kb] = lumaWeights[format.matrix];
  const y = kr * r + (1 - kr - kb) * g + kb * b;
  const cb = (b - y) / (2 * (1 - kb));
  const cr = (r - y) / (2 * (1 - kr));
  const step = 2 ** (format.depthBits - 8);
  const top = 2 ** format.depthBits - 1;
  return format.range === "limited"
    ? [step * (16 + 219 * y), step * (128 + 224 * cb), step * (128 + 224 * cr)]
    : [top * y, 128 * step + top * cb, 128 * step + top * cr];
}

/** The inverse, R'G'B' in 0..1 before clamping. */
function rgbOf(format: YuvFormat, codes: readonly [number, number, number]): readonly [number, number, number] {
  const [kr, kb] = lumaWeights[format.matrix];
  const step = 2 ** (format.depthBits - 8);
  const top = 2 ** format.depthBits - 1;
  const limited = format.range === "limited";
  const y = limited ? (codes[0] / step - 16) / 219 : codes[0] / top;
  const cb = limited ? (codes[1] / step - 128) / 224 : (codes[1] - 128 * step) / top;
  const cr = limited ? (codes[2] / step - 128) / 224 : (codes[2] - 128 * step) / top;
  const r = y + 2 * (1 - kr) * cr;
  const b = y + 2 * (1 - kb) * cb;
  return [r, (y - kr * r - kb * b) / (1 - kr - kb), b];
}

/** Chroma at luma position (x, y): bilinear between samples at even columns and, in 4:2:0, at half rows. */
function chromaAt(format: YuvFormat, plane: ArrayLike<number>, x: number, y: number): number {
  const size = chromaSize(format);
  const atX = format.sampling === "4:4:4" ? x : x / 2;
  const atY = format.sampling === "4:2:0" ? (y - 0.5) / 2 : y;
  const sample = (column: number, row: number) =>
    plane[Math.min(Math.max(row, 0), size.heightPx - 1) * size.widthPx + Math.min(column, size.widthPx - 1)] ?? 0;
  const [column, row] = [Math.floor(atX), Math.floor(atY)];
  const [right, below] = [atX - column, atY - row];
  const along = (r: number) => (1 - right) * sample(column, r) + right * sample(column + 1, r);
  return (1 - below) * along(row) + below * along(row + 1);
}

function expectedRgb(format: YuvFormat, planes: YuvPlanes, x: number, y: number): readonly [number, number, number] {
  const luma = planes[0][y * format.widthPx + x] ?? 0;
  return rgbOf(format, [luma, chromaAt(format, planes[1], x, y), chromaAt(format, planes[2], x, y)]);
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);

describe.each(kernelSets)("%s", (_name, kernels) => {
  test("bytes are the closed form rounded, at every pixel of random pictures of any size and format", () => {
    fc.assert(
      fc.property(formats, seeds, (format, seed) => {
        const planes = randomPlanes(format, seed);
        const rgb = yuvToRgb8({ format, planes }, { kernels });
        for (let pixel = 0; pixel < format.widthPx * format.heightPx; pixel++) {
          const exact = expectedRgb(format, planes, pixel % format.widthPx, Math.floor(pixel / format.widthPx));
          for (const [k, value] of exact.entries()) {
            const error = Math.abs((rgb[3 * pixel + k] ?? NaN) - clamp(255 * value, 0, 255));
            expect(error).toBeLessThanOrEqual(0.5 + 0.06); // coefficients have 15 bits
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  test("floats keep what bytes round away", () => {
    fc.assert(
      fc.property(formats, seeds, (format, seed) => {
        const planes = randomPlanes(format, seed);
        const rgb = yuvToRgbFloats({ format, planes }, { kernels });
        const planePx = format.widthPx * format.heightPx;
        for (let pixel = 0; pixel < planePx; pixel++) {
          const exact = expectedRgb(format, planes, pixel % format.widthPx, Math.floor(pixel / format.widthPx));
          for (const [k, value] of exact.entries()) {
            const error = Math.abs((rgb[k * planePx + pixel] ?? NaN) - clamp(2 * value - 1, -1, 1));
            expect(error).toBeLessThanOrEqual(0.0005); // 1/16 of an 8-bit code
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  test("a flat colour becomes the closed form's codes, rounded, and chroma filters leave it alone", () => {
    const colour = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 })));
    fc.assert(
      fc.property(formats, colour, (format, bytes) => {
        const rgb = Uint8Array.from({ length: format.widthPx * format.heightPx * 3 }, (_, i) => bytes[i % 3] ?? 0);
        const { planes } = rgb8ToYuv(format, rgb, { kernels });
        const [r = 0, g = 0, b = 0] = bytes;
        const exact = codesOf(format, [r / 255, g / 255, b / 255]);
        // 14-bit coefficients: 2 codes of 16 bits, less than a tenth of a code below.
        const slack = format.depthBits === 16 ? 3 : 0.5 + 0.15;
        const top = 2 ** format.depthBits - 1;
        for (const [k, plane] of planes.entries()) {
          for (const code of plane) expect(Math.abs(code - clamp(exact[k] ?? NaN, 0, top))).toBeLessThanOrEqual(slack);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("white, black and every grey are exact up to 12 bits and have no colour", () => {
    for (const matrix of ["bt601", "bt709", "bt2020"] as const) {
      for (const depthBits of [8, 10, 12] as const) {
        const format = { widthPx: 256, heightPx: 1, depthBits, sampling: "4:4:4", matrix, range: "limited" } as const;
        const greys = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3));
        const picture = rgb8ToYuv(format, greys, { kernels });
        const step = 2 ** (depthBits - 8);
        expect([picture.planes[0][0], picture.planes[0][255]]).toEqual([16 * step, 235 * step]);
        expect(new Set([...picture.planes[1], ...picture.planes[2]])).toEqual(new Set([128 * step]));
        expect(yuvToRgb8(picture, { kernels })).toEqual(
          greys.map((_, i) => (depthBits === 8 ? rounded219(i) : (greys[i] ?? 0))),
        );
      }
    }
  });

  test("every byte colour survives a full-chroma round trip at 10 bits and more within one code", () => {
    fc.assert(
      fc.property(formats, seeds, (format, seed) => {
        const full: YuvFormat = {
          ...format,
          sampling: "4:4:4",
          depthBits: format.depthBits === 8 ? 10 : format.depthBits,
        };
        const random = randomFrom(seed);
        const rgb = Uint8Array.from({ length: full.widthPx * full.heightPx * 3 }, () => random.uint32() & 255);
        const back = yuvToRgb8(rgb8ToYuv(full, rgb, { kernels }), { kernels });
        for (const [i, code] of rgb.entries()) expect(Math.abs(code - (back[i] ?? NaN))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });

  test("floats and bytes of the same colour give the same codes", () => {
    const format = {
      widthPx: 33,
      heightPx: 5,
      depthBits: 10,
      sampling: "4:2:0",
      matrix: "bt2020",
      range: "limited",
    } as const;
    const planePx = 33 * 5;
    const random = randomFrom(7);
    const rgb = Uint8Array.from({ length: planePx * 3 }, () => random.uint32() & 255);
    const floats = Float32Array.from({ length: planePx * 3 }, (_, i) => {
      const code = rgb[3 * (i % planePx) + Math.floor(i / planePx)] ?? 0;
      return code / 127.5 - 1;
    });
    expect(rgbFloatsToYuv(format, floats, { kernels })).toEqual(rgb8ToYuv(format, rgb, { kernels }));
  });

  test("floats outside -1..1 are clamped and what is no number is black", () => {
    const format = {
      widthPx: 4,
      heightPx: 1,
      depthBits: 8,
      sampling: "4:4:4",
      matrix: "bt709",
      range: "limited",
    } as const;
    const row = [-Infinity, -7, Infinity, NaN];
    const { planes } = rgbFloatsToYuv(format, Float32Array.from([...row, ...row, ...row]), { kernels });
    expect([...planes[0]]).toEqual([16, 16, 235, 16]);
  });

  test("a box of a picture is the same as the picture cut to the box", () => {
    fc.assert(
      fc.property(formats, seeds, (format, seed) => {
        const random = randomFrom(seed);
        const xPx = random.uint32() % format.widthPx;
        const yPx = random.uint32() % format.heightPx;
        const widthPx = 1 + (random.uint32() % (format.widthPx - xPx));
        const heightPx = 1 + (random.uint32() % (format.heightPx - yPx));
        const box: PixelBox = { xPx, yPx, widthPx, heightPx };
        const picture = { format, planes: randomPlanes(format, seed) };
        const whole = yuvToRgb8(picture, { kernels });
        const cut = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => {
          const pixel = Math.floor(i / 3);
          const [x, y] = [xPx + (pixel % widthPx), yPx + Math.floor(pixel / widthPx)];
          return whole[3 * (y * format.widthPx + x) + (i % 3)] ?? 0;
        });
        expect(yuvToRgb8(picture, { kernels, box })).toEqual(cut);
      }),
      { numRuns: 150 },
    );
  });
});

/** Grey through 8-bit limited range: 219 steps for 256 codes. */
function rounded219(index: number): number {
  const grey = Math.floor(index / 3);
  return Math.round((Math.round((grey * 219) / 255) * 255) / 219);
}

describe.skipIf(served.serves === "twin")("addon and twin", () => {
  test.each(kernelSets.slice(1))(
    "%s agrees with the twin to the bit, also for codes above the depth",
    (_name, kernels) => {
      fc.assert(
        fc.property(formats, seeds, (format, seed) => {
          const picture = { format, planes: randomPlanes(format, seed, format.depthBits === 8 ? 255 : 65535) };
          const twin = { kernels: twinKernels };
          const bytes = yuvToRgb8(picture, twin);
          const floats = yuvToRgbFloats(picture, twin);
          expect(yuvToRgb8(picture, { kernels })).toEqual(bytes);
          expect(yuvToRgbFloats(picture, { kernels })).toEqual(floats);
          expect(rgb8ToYuv(format, bytes, { kernels })).toEqual(rgb8ToYuv(format, bytes, twin));
          const wild = floats.map((value) => value * 1.3);
          expect(rgbFloatsToYuv(format, wild, { kernels })).toEqual(rgbFloatsToYuv(format, wild, twin));
        }),
        { numRuns: 300 },
      );
    },
  );

  test("a call that does not fit its plan throws and writes nothing", () => {
    const { kernels } = served;
    const format = {
      widthPx: 8,
      heightPx: 8,
      depthBits: 8,
      sampling: "4:2:0",
      matrix: "bt709",
      range: "full",
    } as const;
    const planes = allocateYuvPlanes(format);
    const plan = new Int32Array(18).fill(1);
    expect(() => kernels.yuvToRgb8(plan, planes, new Uint8Array(192))).toThrow(TypeError);
    expect(() => kernels.yuvToRgb8(new Int32Array(3), planes, new Uint8Array(192))).toThrow("plan");
    expect(() => kernels.rgb8ToYuv(new Int32Array(18).fill(-1), new Uint8Array(192), planes)).toThrow("plan");
  });
});

describe("which kernels serve", () => {
  test("DUBWRIGHT_NATIVE=off takes the twin and says so", () => {
    expect(loadKernels("/nowhere.node", "off")).toMatchObject({ serves: "twin", kernels: twinKernels });
    expect(loadKernels("/nowhere.node", "off").reason).toContain("DUBWRIGHT_NATIVE=off");
  });

  test("a missing addon names the command that builds it", () => {
    expect(loadKernels("/nowhere/dubwright.node", undefined).reason).toContain("node tools/build-native.mjs");
  });

  test("a file that is no addon is named with the loader's complaint", () => {
    const { serves, reason } = loadKernels(new URL(import.meta.url).pathname.replace(/[^/]+$/, "index.ts"), undefined);
    expect(serves).toBe("twin");
    expect(reason).toContain("--force");
  });
});

describe("planes", () => {
  test("planes inside a raw frame share its memory in Y, Cb, Cr order", () => {
    const format = {
      widthPx: 3,
      heightPx: 3,
      depthBits: 10,
      sampling: "4:2:0",
      matrix: "bt709",
      range: "full",
    } as const;
    const bytes = new Uint8Array((9 + 4 + 4) * 2);
    const [luma, blue, red] = yuvPlanesIn(format, bytes);
    luma[8] = 1;
    blue[0] = 2;
    red[3] = 1023;
    expect([bytes[16], bytes[18], bytes[32], bytes[33]]).toEqual([1, 2, 255, 3]);
    expect(() => yuvPlanesIn(format, bytes.subarray(2))).toThrow("34 bytes, not 32");
  });

  test("an array of the wrong size or type is refused before any kernel runs", () => {
    const format = {
      widthPx: 4,
      heightPx: 4,
      depthBits: 10,
      sampling: "4:2:0",
      matrix: "bt709",
      range: "full",
    } as const;
    const bytes = allocateYuvPlanes({ ...format, depthBits: 8 });
    expect(() => yuvToRgb8({ format, planes: bytes })).toThrow("plane 0");
    expect(() => rgb8ToYuv(format, new Uint8Array(5))).toThrow("48 values, not 5");
    const box = { xPx: 2, yPx: 0, widthPx: 3, heightPx: 1 };
    expect(() => yuvToRgb8({ format, planes: allocateYuvPlanes(format) }, { box })).toThrow("lies within");
  });
});
