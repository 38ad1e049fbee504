// The door of core/faces: from shots and tracks to aligned crops and an exact paste.
export { composeAffines } from "./affine.ts";
export { alignFace } from "./align-face.ts";
export type { FaceAlignment, FaceAnchors } from "./align-face.ts";
export { inpaintMask, keepChannel, latentInpaintMask } from "./inpaint-mask.ts";
export type { FaceMask } from "./inpaint-mask.ts";
export { smoothPath } from "./smooth-path.ts";
export type { Path, SmoothOptions } from "./smooth-path.ts";
export { CutFinder, usualCutThresholds } from "./find-cuts.ts";
export type { Cut, CutThresholds } from "./find-cuts.ts";
export { findCuts, shotsBetween } from "./shots.ts";
export type { FindCutsOptions } from "./shots.ts";
export { blendMask } from "./blend-mask.ts";
export { cropFace } from "./crop-face.ts";
export { pasteBack } from "./paste-back.ts";
export type { PasteOptions } from "./paste-back.ts";
export { warp } from "./warp.ts";
export type { FloatPicture, WarpOptions } from "./warp.ts";
