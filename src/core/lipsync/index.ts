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
export { openTake, verifyTake } from "./takes/read-take.ts";
export type { TakeFile, TakeFrame } from "./takes/read-take.ts";
export { takePathOf } from "./takes/take-path.ts";
export type { TakeHeader } from "./takes/take-header.ts";
