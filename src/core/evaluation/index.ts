// The door of core/evaluation: how well lips fit the sound, by the measures that the field reports.
export { maxShiftFrames, meanSyncScore, syncPositions, syncScore } from "./sync-score.ts";
export type { Embeddings, SyncScore } from "./sync-score.ts";
export { pictureWindows, soundWindows } from "./sync-windows.ts";
export type { Cepstra, PositionRange } from "./sync-windows.ts";
