// What a probe found in a media file: exact facts, as plain JSON, that every room and every page builds on.
import { z } from "zod";
import { frameRateSchema } from "../time/index.ts";

const count = z.int().nonnegative();
const positive = z.int().positive();

/** A positive fraction: of a tick in seconds, of a pixel's sides. */
const fraction = z.object({ num: positive, den: positive }).readonly();

const sizeInPixels = z.object({ widthPx: positive, heightPx: positive }).readonly();

/** How a count was found: read off the container's own tables, or counted packet by packet. */
const countedFrom = z.enum(["container", "packets"]);

/**
 * Colour as the file tags it, in ffmpeg's words ("bt709", "smpte2084", "bt2020nc"); a missing field is an untagged one.
 * `range` "limited" is 16..235 at 8 bit, "full" is 0..255.
 */
const colorTags = z
  .object({
    primaries: z.string().optional(),
    transfer: z.string().optional(),
    matrix: z.string().optional(),
    range: z.enum(["limited", "full"]).optional(),
  })
  .readonly();

/** How samples lie in a decoded picture. */
const pixelLayout = z
  .object({
    /** ffmpeg's name: "yuv420p", "yuv422p10le". */
    name: z.string(),
    bitDepth: positive,
    /** Chroma subsampling; "gray" has no chroma, "rgb" is no YUV at all. */
    chroma: z.enum(["420", "422", "444", "411", "410", "440", "gray", "rgb"]),
    hasAlpha: z.boolean(),
  })
  .readonly();

const startTimecode = z
  .object({
    /** SMPTE label of the first frame, "01:00:00:00"; ";" before the frames means drop-frame. */
    label: z.string(),
    isDropFrame: z.boolean(),
  })
  .readonly();

export const videoStreamFactsSchema = z
  .object({
    /** The stream's index in the file, counted over all kinds of streams, as ffmpeg counts. */
    streamIndex: count,
    codec: z.string(),
    profile: z.string().optional(),
    /** The constant rate; for a variable one, the rate its frames would have if spread evenly, or the nominal one. */
    frameRate: frameRateSchema,
    /** False when the packets' timestamps do not lie on a constant grid; see the warning `variable-frame-rate`. */
    isConstantFrameRate: z.boolean(),
    /** Frames a player shows, after edit lists. */
    frameCount: count,
    frameCountFrom: countedFrom,
    /** Seconds per tick of the stream's timestamps. */
    timeBase: fraction,
    /** Timestamp of the first shown frame, in ticks of `timeBase`. May be negative. */
    firstFrameTicks: z.int(),
    startTimecode: startTimecode.optional(),
    /** The size the decoder yields. */
    codedSize: sizeInPixels,
    /** The size to show with square pixels, after pixel aspect ratio and rotation. */
    displaySize: sizeInPixels,
    pixelAspectRatio: fraction,
    /** Clockwise turn that brings the decoded picture upright. */
    rotationDegrees: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]),
    pixelLayout,
    color: colorTags,
    fieldOrder: z.enum(["progressive", "top-first", "bottom-first", "unknown"]),
    language: z.string().optional(),
    title: z.string().optional(),
  })
  .readonly();

export const audioStreamFactsSchema = z
  .object({
    /** The stream's index in the file, counted over all kinds of streams, as ffmpeg counts. */
    streamIndex: count,
    codec: z.string(),
    profile: z.string().optional(),
    sampleRateHz: positive,
    channelCount: positive,
    /** ffmpeg's name: "mono", "stereo", "5.1(side)"; missing when the file gives none. */
    channelLayout: z.string().optional(),
    /** Bits of a sample as stored; missing for lossy codecs, which have none. */
    bitDepth: positive.optional(),
    /** Samples per channel, after edit lists. */
    sampleCount: count,
    /** "timestamps": as exact as the container's clock, one millisecond in MKV and WebM; peaks count the decoded ones. */
    sampleCountFrom: z.enum(["container", "packets", "timestamps"]),
    /** Seconds per tick of the stream's timestamps. */
    timeBase: fraction,
    /** Timestamp of the first heard sample, in ticks of `timeBase`. May be negative. */
    firstSampleTicks: z.int(),
    /** Where the first sample lies after the first video frame, in samples; negative when sound begins earlier; 0 without a picture. */
    startOffsetSamples: z.int(),
    /** As the file writes it: "eng", "pt-BR"; missing when undetermined. */
    language: z.string().optional(),
    title: z.string().optional(),
    /** ffmpeg's names of the set ones: "default", "dub", "original", "comment". */
    dispositions: z.array(z.string()).readonly(),
    /** Broadcast Wave time reference: samples since midnight of the first sample. */
    timeReferenceSamples: count.optional(),
  })
  .readonly();

/** What a person should know before working with the file. Stable codes; interfaces translate by them. */
export const mediaWarningCodes = [
  /** Frames do not lie on a constant grid. details: shortestFrameMs, longestFrameMs, averageFps. */
  "variable-frame-rate",
  /** Fields, not frames. details: fieldOrder. */
  "interlaced",
  "rotated",
  "non-square-pixels",
  /** No matrix tag: BT.709 or BT.601 must be assumed. */
  "untagged-color",
  /** Container and packets disagree. details: containerFrames, countedFrames. */
  "frame-count-mismatch",
  /** Errors while reading the packets. details: count, first. */
  "read-errors",
  /** Packets end before the container says so. details: declaredMs, foundMs. */
  "truncated",
  /** Sound begins before or after the picture by more than a frame. details: streamIndex, startOffsetSamples. */
  "audio-offset",
  "no-video",
  "no-audio",
  /** A timecode was found that does not fit the rate. details: label. */
  "invalid-timecode",
  /** Two timecodes disagree. details: used, other. */
  "timecode-conflict",
  /** A stream ffmpeg cannot decode here. details: streamIndex, codec. */
  "undecodable-stream",
  /** More pixels than the decode limit. details: widthPx, heightPx, limitPx. */
  "too-large-to-decode",
] as const;

const mediaWarning = z
  .object({
    code: z.enum(mediaWarningCodes),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).readonly(),
  })
  .readonly();

export const mediaFactsSchema = z
  .object({
    /** Raised when a probe would find more or other facts than before; older ones are probed again. */
    factsVersion: z.literal(1),
    container: z
      .object({
        /** What we call it; "other" formats are refused before they get here. */
        kind: z.enum(["mp4", "mov", "mkv", "webm", "mxf", "wav", "aiff", "flac", "mp3", "ogg", "avi", "mpegts"]),
        sizeBytes: count,
        durationMs: count,
      })
      .readonly(),
    /** Pictures that move; cover art is left out. */
    video: z.array(videoStreamFactsSchema).readonly(),
    audio: z.array(audioStreamFactsSchema).readonly(),
    warnings: z.array(mediaWarning).readonly(),
  })
  .readonly();

/**
 * Which bytes a media file holds, cheap to compute for any length: for relinking a moved file and for keys of caches.
 * Digests are SHA-256 in hex over 1 MiB at the head, the middle and the tail (the whole file when it is smaller).
 */
export const contentIdentitySchema = z
  .object({
    sizeBytes: count,
    headSha256: z.hash("sha256"),
    middleSha256: z.hash("sha256"),
    tailSha256: z.hash("sha256"),
    /** SHA-256 of size, digests and the facts of all streams: the media hash of cache keys. */
    mediaHash: z.hash("sha256"),
  })
  .readonly();

export type VideoStreamFacts = z.infer<typeof videoStreamFactsSchema>;
export type AudioStreamFacts = z.infer<typeof audioStreamFactsSchema>;
export type MediaWarningCode = (typeof mediaWarningCodes)[number];
export type MediaWarning = z.infer<typeof mediaWarning>;
export type MediaFacts = z.infer<typeof mediaFactsSchema>;
export type ContentIdentity = z.infer<typeof contentIdentitySchema>;
