// What a file may be and do before ffmpeg is let at it: whitelists, ceilings, and names that cannot become options or URLs.
import { isAbsolute, resolve } from "node:path";
import { assert } from "../../shared/failure/index.ts";
import type { OptionTable } from "./options.ts";

export type MediaLimits = {
  /** Largest width or height that is opened at all. */
  readonly maxSidePx: number;
  /** Largest picture that is decoded: 8192 x 4352 holds every 8K format. */
  readonly maxPixels: number;
  readonly maxStreams: number;
  readonly maxDurationMs: number;
  /** Wall time of a header probe. */
  readonly probeTimeMs: number;
  /** Longest silence of a working process before it counts as hung. */
  readonly silenceMs: number;
  /** Files above this size are not read whole for their frame count when the container's own tables give it. */
  readonly scanBytes: number;
  /** Address space of one ffmpeg process, where the system can hold it to that. */
  readonly memoryBytes: number;
  /** Largest single allocation inside ffmpeg and ffprobe: the ceiling where the system holds a process to none. */
  readonly allocationBytes: number;
};

export const defaultMediaLimits: MediaLimits = {
  maxSidePx: 16384,
  maxPixels: 8192 * 4352,
  maxStreams: 64,
  maxDurationMs: 24 * 3600 * 1000,
  probeTimeMs: 10_000,
  silenceMs: 30_000,
  scanBytes: 8 * 2 ** 30,
  memoryBytes: 16 * 2 ** 30,
  allocationBytes: 1 * 2 ** 30,
};

/** Demuxers that may open a user's file. Playlists, concat lists and image patterns are not among them: they name other files. */
const readableFormats = ["mov", "matroska", "webm", "mxf", "wav", "w64", "aiff", "flac", "mp3", "ogg", "avi", "mpegts"];

/**
 * The only spelling of a path that ffmpeg gets. The prefix keeps "http:a.mp4" and "concat:a" files; being absolute keeps
 * "-y.mp4" no option. Percent signs need no escape outside the image2 format, which we give our own names only.
 */
export function fileUrl(path: string): string {
  assert(!path.includes("\0"), "a path holds no NUL");
  return `file:${isAbsolute(path) ? path : resolve(path)}`;
}

/** Input options for a user's file: local files only, known formats only, ceilings on allocation and picture size. */
export const inputGuards = (maxPixels: number): OptionTable => ({
  protocol_whitelist: "file",
  format_whitelist: readableFormats.join(","),
  max_pixels: maxPixels,
});

/** Input options for raw frames of our own on standard input. */
export const pipeGuards: OptionTable = { protocol_whitelist: "pipe", format_whitelist: "rawvideo,f32le,s16le" };
