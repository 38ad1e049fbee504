// The door of shared/desktop: what page and desktop shell agree on. It has no dependency: the preload script's sandbox has none.
export type { Bridge } from "./bridge.ts";
export { channels } from "./channels.ts";
