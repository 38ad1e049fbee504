// The door of core/native: kernels over typed arrays, by the C++ addon where it is built and by its TypeScript twin
// everywhere else, with the same results to the bit.
export { addGrain } from "./grain.ts";
export type { Grain } from "./grain.ts";
export { describeNative } from "./load-addon.ts";
export type { NativeDescription } from "./load-addon.ts";
export { peakBucketCount, reducePeaks } from "./peaks.ts";
export type { PeaksShape } from "./peaks.ts";
export { polyphaseCount, runPolyphase } from "./polyphase.ts";
export type { PolyphaseFilter } from "./polyphase.ts";
export { chromaSize } from "./yuv-plan.ts";
export type { ChromaSampling, PixelBox, SampleDepthBits, YuvFormat, YuvMatrix, YuvRange } from "./yuv-plan.ts";
export {
  allocateYuvPlanes,
  rgb8ToYuv,
  rgbFloatsToYuv,
  yuvPlanesIn,
  yuvToRgb8,
  yuvToRgbFloats,
} from "./yuv-pictures.ts";
export type { YuvPicture } from "./yuv-pictures.ts";
export { blendInto, frameToPlane, planarSource, rgbToCodes, warpSamples, warpToRgb } from "./warp-pictures.ts";
export type { BlendTarget, RgbPicture, RgbWarp } from "./warp-pictures.ts";
export type { PictureAffine, WarpFilter, WarpSource, WarpTarget } from "./warp-plan.ts";
export { twinKernels } from "./twin-kernels.ts";
export type { Kernels, Samples, YuvPlanes } from "../../../native/index.d.ts";
