// The door of core/media: everything that reads or writes picture and sound files, over ffmpeg.
export { defaultMediaLimits } from "./limits.ts";
export type { MediaLimits } from "./limits.ts";
export { probeMedia } from "./probe.ts";
export { findFfmpeg } from "./toolchain.ts";
export type { Ffmpeg, FfmpegPlaces } from "./toolchain.ts";
