// Pictures from Y'CbCr to R'G'B' and back over whichever kernels serve, with every size checked.
import type { Kernels, Samples, YuvPlanes } from "../../../native/index.d.ts";
import { assert } from "../../shared/failure/index.ts";
import { servedKernels } from "./load-addon.ts";
import { chromaSize, planRgbToYuv, planYuvToRgb } from "./yuv-plan.ts";
import type { PixelBox, YuvFormat } from "./yuv-plan.ts";

export type YuvPicture = { readonly format: YuvFormat; readonly planes: YuvPlanes };

type ToRgbOptions<Out> = {
  /** Only this part of the picture; chroma outside it still counts at its edges. The whole picture by default. */
  readonly box?: PixelBox;
  /** Written and returned instead of a fresh array. */
  readonly into?: Out;
  /** The kernels to run; those of this process by default. Tests name others. */
  readonly kernels?: Kernels;
};

type ToYuvOptions = { readonly into?: YuvPlanes; readonly kernels?: Kernels };

function planeLengths(format: YuvFormat): readonly [number, number, number] {
  const chroma = chromaSize(format);
  const chromaLength = chroma.widthPx * chroma.heightPx;
  return [format.widthPx * format.heightPx, chromaLength, chromaLength];
}

/** Zeroed planes that hold a picture of `format`. */
export function allocateYuvPlanes(format: YuvFormat): YuvPlanes {
  const make = (length: number): Samples => (format.depthBits === 8 ? new Uint8Array(length) : new Uint16Array(length));
  const [luma, blue, red] = planeLengths(format);
  return [make(luma), make(blue), make(red)];
}

/** The three planes inside one buffer of tight planar samples, as ffmpeg writes raw video (little endian). No copy. */
export function yuvPlanesIn(format: YuvFormat, bytes: Uint8Array): YuvPlanes {
  const sampleBytes = format.depthBits === 8 ? 1 : 2;
  const lengths = planeLengths(format);
  const neededBytes = (lengths[0] + lengths[1] + lengths[2]) * sampleBytes;
  assert(
    bytes.byteLength === neededBytes,
    `a picture of this format has ${neededBytes} bytes, not ${bytes.byteLength}`,
  );
  assert(bytes.byteOffset % sampleBytes === 0, "16-bit samples start on an even byte");
  let nextByte = bytes.byteOffset;
  const take = (length: number): Samples => {
    const at = nextByte;
    nextByte += length * sampleBytes;
    return sampleBytes === 1 ? new Uint8Array(bytes.buffer, at, length) : new Uint16Array(bytes.buffer, at, length);
  };
  return [take(lengths[0]), take(lengths[1]), take(lengths[2])];
}

function checkPlanes(format: YuvFormat, planes: YuvPlanes): void {
  for (const [k, length] of planeLengths(format).entries()) {
    const plane = planes[k];
    const fits = format.depthBits === 8 ? plane instanceof Uint8Array : plane instanceof Uint16Array;
    assert(fits && plane?.length === length, `plane ${k} has ${length} samples of ${format.depthBits} bits`);
  }
}

function checkedRgbLength(widthPx: number, heightPx: number, rgb: { readonly length: number }): void {
  const length = widthPx * heightPx * 3;
  assert(rgb.length === length, `${widthPx}x${heightPx} RGB has ${length} values, not ${rgb.length}`);
}

const wholeOf = (format: YuvFormat): PixelBox => ({
  xPx: 0,
  yPx: 0,
  widthPx: format.widthPx,
  heightPx: format.heightPx,
});

/** Interleaved R G B bytes, height x width x 3. Chroma is upsampled bilinearly from its left siting. */
export function yuvToRgb8(picture: YuvPicture, options: ToRgbOptions<Uint8Array> = {}): Uint8Array {
  const box = options.box ?? wholeOf(picture.format);
  const plan = planYuvToRgb(picture.format, box);
  checkPlanes(picture.format, picture.planes);
  const rgb = options.into ?? new Uint8Array(box.widthPx * box.heightPx * 3);
  checkedRgbLength(box.widthPx, box.heightPx, rgb);
  (options.kernels ?? servedKernels().kernels).yuvToRgb8(plan, picture.planes, rgb);
  return rgb;
}

/** Planar float32 R, G, B in -1..1, 3 x height x width, without passing through 8 bits. */
export function yuvToRgbFloats(picture: YuvPicture, options: ToRgbOptions<Float32Array> = {}): Float32Array {
  const box = options.box ?? wholeOf(picture.format);
  const plan = planYuvToRgb(picture.format, box);
  checkPlanes(picture.format, picture.planes);
  const rgb = options.into ?? new Float32Array(box.widthPx * box.heightPx * 3);
  checkedRgbLength(box.widthPx, box.heightPx, rgb);
  (options.kernels ?? servedKernels().kernels).yuvToRgbFloats(plan, picture.planes, rgb);
  return rgb;
}

/** From interleaved R G B bytes. Chroma is filtered [1 2 1] / 4 across and averaged over row pairs, left-sited. */
export function rgb8ToYuv(format: YuvFormat, rgb: Uint8Array, options: ToYuvOptions = {}): YuvPicture {
  const plan = planRgbToYuv(format);
  const planes = options.into ?? allocateYuvPlanes(format);
  checkPlanes(format, planes);
  checkedRgbLength(format.widthPx, format.heightPx, rgb);
  (options.kernels ?? servedKernels().kernels).rgb8ToYuv(plan, rgb, planes);
  return { format, planes };
}

/** From planar float32 R, G, B in -1..1 at the full depth of `format`; values outside are clamped. */
export function rgbFloatsToYuv(format: YuvFormat, rgb: Float32Array, options: ToYuvOptions = {}): YuvPicture {
  const plan = planRgbToYuv(format);
  const planes = options.into ?? allocateYuvPlanes(format);
  checkPlanes(format, planes);
  checkedRgbLength(format.widthPx, format.heightPx, rgb);
  (options.kernels ?? servedKernels().kernels).rgbFloatsToYuv(plan, rgb, planes);
  return { format, planes };
}
