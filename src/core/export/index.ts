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
