// The door of core/models: the networks, each defined once over the graph builder from sizes and weights.
export { adaptedWeights, addAdapter, mergeAdapter, newAdapter } from "./adapters/add-adapter.ts";
export { adapterKeys, adapterScale, isAdapterKey } from "./adapters/adapter-keys.ts";
export type { AdapterSpec } from "./adapters/adapter-keys.ts";
export { affineScale, applyAffine, invertAffine } from "./faces/affine.ts";
export type { Affine, Point } from "./faces/affine.ts";
export {
  decodeDetections,
  detectionToFrame,
  faceDetectorGraph,
  facePoints,
  fullRangeDetector,
  mergeDetections,
  overlapRatio,
  shortRangeDetector,
} from "./faces/face-detector.ts";
export type { DetectorAnswers, FaceBox, FaceDetection, FaceDetectorConfig, FacePoints } from "./faces/face-detector.ts";
export { embedderSizePx, embedderToFrame, readFaceEmbedder } from "./faces/face-embedder.ts";
export type { FaceEmbedder } from "./faces/face-embedder.ts";
export { faceMeshGraph, meshSizePx } from "./faces/face-mesh.ts";
export { openFaceModel, packageFolder } from "./faces/face-model-files.ts";
export type { FaceModelName } from "./faces/face-model-files.ts";
export {
  landmarksToFrame,
  letterboxToFrame,
  pointsOfMesh,
  regionOfDetection,
  regionOfLandmarks,
  regionToFrame,
} from "./faces/regions.ts";
export type { FaceRegion } from "./faces/regions.ts";
export { sampleRegion } from "./faces/sample-region.ts";
export type { RegionPicture, RgbFrame } from "./faces/sample-region.ts";
export {
  lipsyncMetadataKey,
  lipsyncModelSchema,
  lipsyncNetwork,
  lipsyncParameters,
  publishedLipsync,
} from "./lipsync/lipsync-model.ts";
export type { LipsyncModelConfig, LipsyncPart } from "./lipsync/lipsync-model.ts";
export { fixedSize } from "./layers.ts";
export { lpipsGraph, lpipsVgg } from "./lpips/lpips.ts";
export type { LpipsConfig } from "./lpips/lpips.ts";
export { compareParameters, parameterCount, parametersOf, requireExactParameters } from "./parameters.ts";
export type { Mismatch, ParameterList } from "./parameters.ts";
export { networkNames, networkParameters, recogniseNetwork } from "./published-networks.ts";
export type { NetworkName, RecognisedNetwork } from "./published-networks.ts";
export { syncNetGraph, syncNetLatent, syncNetPixelAttention, syncNetPixelPlain } from "./syncnet/stable-syncnet.ts";
export type { EncoderConfig, EncoderStage, SyncNetConfig } from "./syncnet/stable-syncnet.ts";
export { syncNetV2, syncNetV2PictureGraph, syncNetV2SoundGraph, syncNetV2Window } from "./syncnet/syncnet-v2.ts";
export type { SyncNetV2Config } from "./syncnet/syncnet-v2.ts";
export { efficientUnet, latentSyncUnet, stage1Unet, unet10 } from "./unet/unet-config.ts";
export type { UnetConfig } from "./unet/unet-config.ts";
export { unetPrepareGraph } from "./unet/unet-prepare.ts";
export { unetStepGraph } from "./unet/unet-step.ts";
export type { UnetStepOptions } from "./unet/unet-step.ts";
export { unetGraph } from "./unet/unet.ts";
export type { UnetOptions } from "./unet/unet.ts";
export { unetStepFeeds } from "./unet/window-pair.ts";
export type { PreparedName, PreparedWindow, StepState } from "./unet/window-pair.ts";
export { earlierVaeKey, stableDiffusionVae, vaeDecoderGraph, vaeEncoderGraph, vaeScalingFactor } from "./vae/vae.ts";
export type { VaeConfig } from "./vae/vae.ts";
export { videoMaeGiant, videoMaeGraph } from "./videomae/videomae.ts";
export type { VideoMaeConfig } from "./videomae/videomae.ts";
export {
  heardOf,
  phoneLogitsGraph,
  whisperEncoderGraph,
  whisperSmall,
  whisperTiny,
  whisperUnusedKeys,
} from "./whisper/whisper-encoder.ts";
export type { PhonesHeard, WhisperConfig } from "./whisper/whisper-encoder.ts";
export { checkVectors } from "./vectors/check-vectors.ts";
export { forwardFamilies } from "./vectors/families.ts";
export type { Answer, CaseRun, Families, Family, PlainRun } from "./vectors/families.ts";
export type { CheckOptions, CheckReport } from "./vectors/check-vectors.ts";
export type { CheckedPlacement } from "./vectors/open-variant.ts";
export { runOnce } from "./vectors/run-case.ts";
export type { CheckedOutput } from "./vectors/run-case.ts";
