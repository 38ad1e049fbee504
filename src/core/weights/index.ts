// The door of core/weights: reads published checkpoints without executing them, and hands them to graphs as weights.
export { memoryByteSource, openByteSource } from "./byte-source.ts";
export type { ByteSource } from "./byte-source.ts";
export { openTensorFile, readTensorFile } from "./open-tensor-file.ts";
export { findAcceptance, notAccepted, readAcceptances, recordAcceptance } from "./store/accepted-licences.ts";
export type { Acceptance } from "./store/accepted-licences.ts";
export { downloadFile } from "./store/download.ts";
export type { Download, DownloadLimits, DownloadTools } from "./store/download.ts";
export { checkAddress } from "./store/http-source.ts";
export { importModel } from "./store/import-model.ts";
export type { ImportOrder, ImportTools, Recognise, Recognised } from "./store/import-model.ts";
export {
  addressesOf,
  licenceOf,
  licenceTextSha256,
  parseManifest,
  publishedModel,
  publishedModelSchema,
} from "./store/manifest.ts";
export type { Licence, ModelManifest, PublishedModel } from "./store/manifest.ts";
export {
  findStored,
  modelRecordSchema,
  readStoredModels,
  removeStored,
  requireTrainedFor,
  verifyStored,
  weightsPathOf,
} from "./store/model-record.ts";
export type { ModelRecord, StoredModels } from "./store/model-record.ts";
export { partialBytes } from "./store/partial-file.ts";
export { downloadPath, holdLock, isAlive, requireRoom, sizeIfThere, storePaths } from "./store/store-folder.ts";
export type { StorePaths } from "./store/store-folder.ts";
export { readTensor } from "./read-tensor.ts";
export { below, readTensorBytes, weightDtypes } from "./tensor-file.ts";
export type { TensorEntry, TensorFile, TensorFileFormat, WeightDtype } from "./tensor-file.ts";
export { openPackedTflite } from "./tflite/packed-assets.ts";
export { openTflite, readTflite } from "./tflite/read-tflite.ts";
export type { TfliteModel, TfliteRange, TfliteTensor } from "./tflite/read-tflite.ts";
export type { FlexValue } from "./tflite/flexbuffer.ts";
export type { TfliteActivation, TfliteBuiltin, TfliteOperator, TflitePadding } from "./tflite/tflite-operators.ts";
export { joinWeights, weightsOf } from "./weights-of-file.ts";
export type { WeightsOptions } from "./weights-of-file.ts";
export { writeSafetensors } from "./write-safetensors.ts";
export type { WriteSafetensorsOptions } from "./write-safetensors.ts";
