// The door of core/faces: from shots and tracks to aligned crops and an exact paste.
export { composeAffines } from "./affine.ts";
export { alignFace } from "./align-face.ts";
export type { FaceAlignment, FaceAnchors } from "./align-face.ts";
export { inpaintMask, keepChannel, latentInpaintMask } from "./inpaint-mask.ts";
export type { FaceMask } from "./inpaint-mask.ts";
export { smoothPath } from "./smooth-path.ts";
export type { Path, SmoothOptions } from "./smooth-path.ts";
export { anchorStep, carriedPath } from "./motion/carried-path.ts";
export { headPattern, headStep, upperFace } from "./motion/head-motion.ts";
export type { HeadLook, HeadPart, HeadPattern } from "./motion/head-motion.ts";
export { CutFinder, usualCutThresholds } from "./find-cuts.ts";
export type { Cut, CutThresholds } from "./find-cuts.ts";
export { findCuts, shotsBetween } from "./shots.ts";
export type { FindCutsOptions } from "./shots.ts";
export { blendMask, jawMasks } from "./blend-mask.ts";
export type { JawInFrame, JawMaskOptions } from "./blend-mask.ts";
export { polygonMask } from "./polygon-mask.ts";
export { cropFace } from "./crop-face.ts";
export type { CropOptions, FloatPicture } from "./crop-face.ts";
export { pasteBack } from "./paste-back.ts";
export type { PasteOptions } from "./paste-back.ts";
export { fitColour } from "./colour-match.ts";
export type { ChannelFit, ColourFit } from "./colour-match.ts";
export type { FacesToCompare } from "./replaced-detail.ts";
export { ineligibleReasons, judgeFrames, usualEligibilityLimits } from "./eligibility.ts";
export type { EligibilityLimits, FrameMeasures, FrameSizePx, Ineligible, IneligibleReason } from "./eligibility.ts";
export { poseOfMesh, sharpnessOf } from "./face-pose.ts";
export type { FacePose } from "./face-pose.ts";
export { trackFaces, usualTrackingLimits } from "./track-faces.ts";
export type { FaceTrack, SeenFace, TrackingLimits } from "./track-faces.ts";
export { appearanceOf, likenessOf, portraitSizePx, portraitToFrame, usualAppearance } from "./people/appearance.ts";
export { appearanceLength } from "./people/appearance.ts";
export { suggestPeople } from "./people/suggest-people.ts";
export type { LooksBasis, PeopleSuggestion, SuggestedPerson, TrackLooks } from "./people/suggest-people.ts";
export { anchorCoordinates, anchorsAt, anchorsOfMesh, pathOfAnchors } from "./mesh-anchors.ts";
export {
  alignmentPath,
  correctedBoxes,
  excludeFrames,
  mergeTracks,
  moveAnchors,
  moveBox,
  partOfTrack,
  removeKeys,
} from "./geometry/corrections.ts";
export { readTrackFile, trackFilePath, writeTrackFile } from "./geometry/geometry-files.ts";
export { decodeTrackGeometry, encodeTrackGeometry } from "./geometry/geometry-format.ts";
export { judgeTrack, summariseTrack, verdictRuns } from "./geometry/judge-track.ts";
export type { TrackSummary, VerdictRun } from "./geometry/judge-track.ts";
export { boxAt, isExcluded, landmarkAt, noCorrections, storedMeshPoints } from "./geometry/track-geometry.ts";
export type { AnchorKey, BoxKey, Corrections, Rotation, TrackGeometry } from "./geometry/track-geometry.ts";
export { boxThrough, uprightSize, uprightToFrame } from "./geometry/upright.ts";
export { analyseReel } from "./analysis/analyse-reel.ts";
export type { AnalysedShot, ReelAnalysis, ReelResult } from "./analysis/analyse-reel.ts";
export type { AnalysedTrack } from "./analysis/assemble-tracks.ts";
export { openFaceNetworks } from "./analysis/face-networks.ts";
export type { FaceNetworks } from "./analysis/face-networks.ts";
export { readEditList } from "./edit-list.ts";
export type { EditList, ListedCut } from "./edit-list.ts";
export type { DrawnFace, DrawnFrame } from "./overlay/draw-faces.ts";
export { drawHeading } from "./overlay/draw-heading.ts";
export { writeOverlay } from "./overlay/write-overlay.ts";
