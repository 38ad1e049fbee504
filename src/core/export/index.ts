// The door of core/export: versions of the film out of the project, checked and told of.
export { mixFades, planRender, spansOf } from "./render-plan.ts";
export type { PlacedTake, RenderLayer, RenderPlan, RenderSpan } from "./render-plan.ts";
export { compositeFrames } from "./composite.ts";
export type { FaceFrames } from "./composite.ts";
export { renderRange } from "./render.ts";
export type { RenderOrder, RenderOutcome } from "./render.ts";
export { placeSound } from "./place-sound.ts";
export type { SoundChoice } from "./place-sound.ts";
