// The door of core/lipsync: from picture and dialogue to takes, and takes back as pictures.
//
// A take is one file, `takes/<first two digits>/<SHA-256>.take`, named by its content (`takePathOf`). It holds what the model
// made: for every frame of its range the aligned face, losslessly, with the affine that brings the frame to it; nothing
// for frames that pass through. The layout stands in takes/take-header.ts. Reading needs no ffmpeg:
//
//     await using take = await openTake(takePathOf(takesFolder, record));
//     const made = await take.readFrame(frameIndex);
//     if (made) pasteBack(frame, { face: made.face, frameToFace: made.frameToFace, blendMask: mask, colourMatch });
//
// `mask` is `blendMask(take.header.faceSizePx)`.
//
// Making one: `findLipsyncModel` says which files a model is made of, `lipsyncNetworks` opens them as they are needed,
// `facePathOf` says where the face is, and `generateTake` makes the file. What it has finished lies in a `fileCache`, so that
// the same order goes on after any end, and another take of the same faces computes only what is new.
export { fileCache } from "./cache/file-cache.ts";
export type { FileCache } from "./cache/file-cache.ts";
export { dialogueSamples } from "./audio/dialogue-samples.ts";
export type { Dialogue } from "./audio/dialogue-samples.ts";
export { forgetWindows, generateTake } from "./generate-take.ts";
export type { BatchSizes, MadeTake, TakeTools } from "./generate-take.ts";
export { findLipsyncModel } from "./model/model-files.ts";
export type { ModelFiles } from "./model/model-files.ts";
export { lipsyncNetworks } from "./model/networks.ts";
export type { LipsyncNetworks } from "./model/networks.ts";
export { batchSizes, runBytesOf } from "./plan/batch-sizes.ts";
export { facePathOf } from "./plan/face-path.ts";
export type { FacePath, PlacedTrack } from "./plan/face-path.ts";
export type { Picture } from "./stages/read-faces.ts";
export { madeFrom, takeKey, windowsOf } from "./take-order.ts";
export type { TakeOrder } from "./take-order.ts";
export { openTake, verifyTake } from "./takes/read-take.ts";
export type { TakeFile, TakeFrame } from "./takes/read-take.ts";
export { takePathOf } from "./takes/take-path.ts";
export type { TakeHeader } from "./takes/take-header.ts";
export { addWork, noWork, workDoneSchema } from "./work-done.ts";
export type { StageSeconds, WorkDone } from "./work-done.ts";
export { codesOfFace, compressFace } from "./takes/face-codes.ts";
export { writeTake } from "./takes/write-take.ts";
export { hearTrack } from "./proposals/hear-track.ts";
export { mouthOpenings, movingFrames } from "./proposals/mouth-motion.ts";
export { proposeSegments } from "./proposals/propose-segments.ts";
export type { SpokenTrack, VisibleFace } from "./proposals/propose-segments.ts";
