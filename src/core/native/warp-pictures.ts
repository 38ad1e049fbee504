// Parts of pictures through an affine, straight from their own planes and depth, over whichever kernels serve.
import type { Kernels, Samples } from "../../../native/index.d.ts";
import { assert } from "../../shared/failure/index.ts";
import { servedKernels } from "./load-addon.ts";
import { blendField, planWarp } from "./warp-plan.ts";
import type { PictureAffine, WarpSource, WarpTarget } from "./warp-plan.ts";
import type { YuvPicture } from "./yuv-pictures.ts";
import { chromaSize, codeMix } from "./yuv-plan.ts";
import type { PixelBox, YuvFormat } from "./yuv-plan.ts";

/** Interleaved R G B bytes, height x width x 3. */
export type RgbPicture = { readonly widthPx: number; readonly heightPx: number; readonly rgb: Uint8Array };

type Into = {
  /** Written and returned instead of a fresh array. */
  readonly into?: Float32Array;
  /** The kernels to run; those of this process by default. Tests name others. */
  readonly kernels?: Kernels;
};

/** Planar channels of one picture, row after row without gaps. */
export const planarSource = (
  samples: WarpSource["samples"],
  size: { readonly channels: number; readonly widthPx: number; readonly heightPx: number },
): WarpSource => ({
  samples,
  ...size,
  rowStep: size.widthPx,
  sampleStep: 1,
  channelStep: size.widthPx * size.heightPx,
});

/** Planar float32 [channels, heightPx, widthPx], in the source's own units. */
export function warpSamples(source: WarpSource, options: WarpTarget & Into): Float32Array {
  const { widthPx, heightPx, into, kernels = servedKernels().kernels } = options;
  const length = source.channels * widthPx * heightPx;
  const target = into ?? new Float32Array(length);
  assert(target.length === length, `a target of this size has ${length} values, not ${target.length}`);
  const { plan, place, taps } = planWarp(source, options);
  kernels.warp(plan, place, taps, [source.samples, target]);
  return target;
}

/** First one, then the other. */
const compose = (first: PictureAffine, second: PictureAffine): PictureAffine => {
  const [a, b, c, d, e, f] = first;
  const [p, q, r, s, t, u] = second;
  return [p * a + q * d, p * b + q * e, p * c + q * f + r, s * a + t * d, s * b + t * e, s * c + t * f + u];
};

/**
 * From places of the frame, in luma pixels, to places of plane `index`. Chroma sits on even luma columns ("left") and, in
 * 4:2:0, halfway between two rows.
 */
export function frameToPlane({ sampling }: Pick<YuvFormat, "sampling">, index: number): PictureAffine {
  const isHalfWide = index > 0 && sampling !== "4:4:4";
  const isHalfHigh = index > 0 && sampling === "4:2:0";
  return [isHalfWide ? 0.5 : 1, 0, isHalfWide ? 0.25 : 0, 0, isHalfHigh ? 0.5 : 1, 0];
}

export type RgbWarp = Omit<WarpTarget, "targetToSource" | "outside"> &
  Into & {
    readonly targetToFrame: PictureAffine;
    /** What black and white become; results are held between them. */
    readonly range: readonly [black: number, white: number];
    /** What lies beyond the frame: its outermost pixels go on ("edge"), or a grey within the range. */
    readonly outside: "edge" | number;
  };

/**
 * Planar R, G, B [3, heightPx, widthPx] of a part of a frame. A Y'CbCr frame is resampled in its own planes at their own
 * places and depth and only then becomes R'G'B', so a crop costs what the crop is large, not what the frame is.
 */
export function warpToRgb(picture: YuvPicture | RgbPicture, options: RgbWarp): Float32Array {
  const { widthPx, heightPx, kernels = servedKernels().kernels } = options;
  const values = options.into ?? new Float32Array(3 * widthPx * heightPx);
  assert(values.length === 3 * widthPx * heightPx, `${widthPx}x${heightPx} RGB has three values a pixel`);
  const warped = "rgb" in picture ? warpBytes(picture, options, values) : warpPlanes(picture, options, values);
  kernels.mixChannels(warped, values, values);
  return values;
}

/** Rows of three coefficients and a bias, then the limits: the plan of mixChannels. */
function mixPlan(
  rows: readonly (readonly [number, number, number])[],
  bias: readonly number[],
  [low, high]: readonly [number, number],
): Float32Array {
  return Float32Array.of(...rows.flatMap((row, index) => [...row, bias[index] ?? 0]), low, high);
}

/** The three planes at the target's places, in codes; returns the plan that makes them R, G, B. */
function warpPlanes({ format, planes }: YuvPicture, options: RgbWarp, values: Float32Array): Float32Array {
  const { range, outside, targetToFrame } = options;
  const mix = codeMix(format, range);
  const { widthPx, heightPx } = options;
  for (const [index, samples] of planes.entries()) {
    const size = index === 0 ? format : chromaSize(format);
    assert(samples.length === size.widthPx * size.heightPx, `plane ${index} holds ${size.widthPx}x${size.heightPx}`);
    const share = mix.toCodes[index] ?? [0, 0, 0];
    const grey = outside === "edge" ? 0 : outside;
    const fill = grey * (share[0] + share[1] + share[2]) + (mix.codeBias[index] ?? 0);
    warpSamples(planarSource(samples, { channels: 1, widthPx: size.widthPx, heightPx: size.heightPx }), {
      ...options,
      targetToSource: compose(targetToFrame, frameToPlane(format, index)),
      outside: outside === "edge" ? "edge" : fill,
      into: values.subarray(index * widthPx * heightPx, (index + 1) * widthPx * heightPx),
    });
  }
  return mixPlan(mix.toRgb, mix.rgbBias, range);
}

function warpBytes({ widthPx, heightPx, rgb }: RgbPicture, options: RgbWarp, values: Float32Array): Float32Array {
  assert(rgb.length === 3 * widthPx * heightPx, `${widthPx}x${heightPx} RGB has three bytes a pixel`);
  const [black, white] = options.range;
  const share = (white - black) / 255;
  warpSamples(
    { samples: rgb, widthPx, heightPx, channels: 3, rowStep: 3 * widthPx, sampleStep: 3, channelStep: 1 },
    {
      ...options,
      targetToSource: options.targetToFrame,
      outside: options.outside === "edge" ? "edge" : (options.outside - black) / share,
      into: values,
    },
  );
  const rows = [0, 1, 2].map((row) => [0, 1, 2].map((column) => (row === column ? share : 0)));
  return mixPlan(rows as [number, number, number][], [black, black, black], options.range);
}

/** Codes of Y, Cb, Cr as real numbers, planar and unrounded, of planar R, G, B in `range`. */
export function rgbToCodes(
  rgb: Float32Array,
  format: YuvFormat,
  options: Into & { readonly range: readonly [black: number, white: number] },
): Float32Array {
  const { into = new Float32Array(rgb.length), kernels = servedKernels().kernels } = options;
  const mix = codeMix(format, options.range);
  kernels.mixChannels(mixPlan(mix.toCodes, mix.codeBias, [-Infinity, Infinity]), rgb, into);
  return into;
}

export type BlendTarget = {
  readonly samples: Samples;
  readonly planeWidthPx: number;
  readonly planeHeightPx: number;
  readonly depthBits: number;
  /** The part of the plane that the layers cover. */
  readonly box: PixelBox;
};

/**
 * Changes the samples under the box: own + alpha (shift + drop (fresh - shift - own)), rounded. So where drop is 0 a sample
 * is shifted and keeps its detail, where drop is 1 it is replaced, and where alpha is 0 it keeps its bits. `layers` are
 * alpha, drop, shift and fresh, each of the box's size.
 */
export function blendInto(target: BlendTarget, layers: Float32Array, kernels: Kernels = servedKernels().kernels): void {
  const { samples, planeWidthPx, planeHeightPx, depthBits, box } = target;
  const boxPx = box.widthPx * box.heightPx;
  if (boxPx === 0) return;
  assert(layers.length === 4 * boxPx, `four layers of this box have ${4 * boxPx} values, not ${layers.length}`);
  const plan = new Int32Array(Object.keys(blendField).length);
  plan[blendField.planeWidthPx] = planeWidthPx;
  plan[blendField.planeHeightPx] = planeHeightPx;
  plan[blendField.sampleBytes] = samples.BYTES_PER_ELEMENT;
  plan[blendField.topCode] = 2 ** depthBits - 1;
  plan[blendField.boxXPx] = box.xPx;
  plan[blendField.boxYPx] = box.yPx;
  plan[blendField.boxWidthPx] = box.widthPx;
  plan[blendField.boxHeightPx] = box.heightPx;
  kernels.blendInto(plan, layers, samples);
}
