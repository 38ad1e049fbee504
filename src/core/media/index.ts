// The door of core/media: everything that reads or writes picture and sound files, over ffmpeg.
export { decodeAudio } from "./decode-audio.ts";
export type { AudioBlock, AudioDecodeOptions } from "./decode-audio.ts";
export { decodeFrame, decodeFrames } from "./decode-frames.ts";
export type { DamageReport, DecodeOptions } from "./decode-frames.ts";
export type { FrameFormat, FrameSize } from "./decode-plan.ts";
export { defaultMediaLimits } from "./limits.ts";
export type { MediaLimits } from "./limits.ts";
export { mediaSource, openMedia } from "./media-source.ts";
export type { MediaSource } from "./media-source.ts";
export type { FrameShape, PixelLayout } from "./pixel-layout.ts";
export type { PeaksHeader } from "./peaks-format.ts";
export { openPeaks } from "./peaks-read.ts";
export type { Peaks, PeaksOfRange } from "./peaks-read.ts";
export { writePeaks } from "./peaks-write.ts";
export { probeMedia } from "./probe.ts";
export { findFfmpeg } from "./toolchain.ts";
export type { Ffmpeg, FfmpegPlaces } from "./toolchain.ts";
export type { Plane, VideoFrame } from "./video-frame.ts";
