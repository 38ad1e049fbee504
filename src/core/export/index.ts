// The door of core/export: versions of the film out of the project, checked and told of.
export { mixFades, planRender, spansOf } from "./render-plan.ts";
export type { PlacedTake, RenderLayer, RenderPlan, RenderSpan } from "./render-plan.ts";
export { compositeFrames } from "./composite.ts";
export type { FaceFrames } from "./composite.ts";
export { renderRange } from "./render.ts";
export type { RenderOrder, RenderOutcome } from "./render.ts";
export { placeSound } from "./place-sound.ts";
export type { SoundChoice } from "./place-sound.ts";
export { conformRange, keptStretches } from "./interchange/conform.ts";
export type { ConformedRange, KeptStretch } from "./interchange/conform.ts";
export { cueFields, guessColumns, readCueSheet, writeCueSheet } from "./interchange/cue-sheet.ts";
export type { CueColumns, CueField, CueLine, CueSheet, CueSheetProblem } from "./interchange/cue-sheet.ts";
export { isPicture } from "./interchange/edit-list.ts";
export type { EditEvent, EditList, EditMarker, EditSpeed, EditTransition } from "./interchange/edit-list.ts";
export { formatEdl, parseEdl } from "./interchange/edl.ts";
export { formatOtio, parseOtio } from "./interchange/otio.ts";
export { formatSrt, formatWebVtt, parseSrt, parseWebVtt } from "./interchange/timed-text.ts";
export type { TimedText, VttBlock, WebVtt } from "./interchange/timed-text.ts";
export { blendMaskOf } from "./take-masks.ts";
export { planExport, titleOf } from "./plan/export-plan.ts";
export type { CellTake, ExportCell, ExportRules, WorldFacts } from "./plan/export-plan.ts";
export { isHeld } from "./plan/problems.ts";
export type { ExportProblem } from "./plan/problems.ts";
export type { PlannedTrack, TrackPart } from "./plan/sound-layout.ts";
export { endingOf, exportPresets, presetIds } from "./presets/presets.ts";
export type { ExportPreset, PresetId, PresetLoudness, PresetPicture } from "./presets/presets.ts";
export { makePicture } from "./make/make-picture.ts";
export type { MadePicture, PictureMaking } from "./make/make-picture.ts";
export { makeSound } from "./make/make-sound.ts";
export type { MadeSound } from "./make/make-sound.ts";
export { measureLoudness } from "./make/programme-loudness.ts";
export type { ProgrammeLoudness } from "./make/programme-loudness.ts";
export type { FrameChange } from "./make/watched-frames.ts";
export {
  compositeWithModel,
  deliveryReportSchema,
  provenanceTags,
  readReport,
  reportPagePathOf,
  reportPathOf,
} from "./report/delivery-report.ts";
export type { DeliveryReport, ReportWarning } from "./report/delivery-report.ts";
export { outputHash } from "./report/output-hash.ts";
export type { OutputHash } from "./report/output-hash.ts";
export { reportPage } from "./report/report-page.ts";
export type { MissingFile, ReportedBatch } from "./report/report-page.ts";
export { subtitlePathOf, subtitlesOf } from "./make/subtitle-file.ts";
