// The door of core/evaluation: how well lips fit the sound, by the measures that the field reports.
export { correlation, frameLevels, mouthCorrelation } from "./correlation.ts";
export { openMouthReader } from "./mouth-reader.ts";
export type { MouthReader } from "./mouth-reader.ts";
export { changedOutside } from "./outside-mask.ts";
export { scoreTake } from "./score-take.ts";
export type { ComparedFrame, MeasuredScore, Scoring } from "./score-take.ts";
export { createSteadinessMeter } from "./steadiness.ts";
export { openSyncNetwork } from "./sync-network.ts";
export type { SyncNetwork, SyncNetworkFile } from "./sync-network.ts";
export { maxShiftFrames, meanSyncScore, syncPositions, syncScore } from "./sync-score.ts";
export type { Embeddings, SyncScore } from "./sync-score.ts";
export { pictureWindows, soundWindows } from "./sync-windows.ts";
export type { Cepstra, PositionRange } from "./sync-windows.ts";
