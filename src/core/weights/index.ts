// The door of core/weights: reads published checkpoints without executing them, and hands them to graphs as weights.
export { memoryByteSource, openByteSource } from "./byte-source.ts";
export type { ByteSource } from "./byte-source.ts";
export { openTensorFile, readTensorFile } from "./open-tensor-file.ts";
export { below, readTensorBytes, weightDtypes } from "./tensor-file.ts";
export type { TensorEntry, TensorFile, TensorFileFormat, WeightDtype } from "./tensor-file.ts";
export { joinWeights, weightsOf } from "./weights-of-file.ts";
export type { WeightsOptions } from "./weights-of-file.ts";
export { writeSafetensors } from "./write-safetensors.ts";
export type { WriteSafetensorsOptions } from "./write-safetensors.ts";
