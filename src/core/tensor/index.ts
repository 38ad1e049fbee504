// The door of core/tensor: dense arrays with a type and dimensions, as the networks take and give them.
export { maxAbsError, relativeError } from "./compare.ts";
export { asFloat16, asFloat32, float16Bits, float16ToFloat32, float16Value, float32ToFloat16 } from "./float16.ts";
export { concat, transpose } from "./layout.ts";
export { networkToPicture, pictureToNetwork } from "./pictures.ts";
export {
  dimsText,
  elementCount,
  expectTensor,
  floats,
  int64s,
  reshape,
  rowOf,
  sameDims,
  sliceRows,
  stridesOf,
  tensorOf,
  zeros,
} from "./tensor.ts";
export type { DataOf, Dims, DType, Tensor } from "./tensor.ts";
