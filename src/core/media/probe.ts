// Probes a media file to exact facts: headers first, then every packet's timestamp, then what a person should know.
import { stat } from "node:fs/promises";
import { refused } from "../../shared/failure/index.ts";
import { mediaFactsSchema } from "../../shared/project/index.ts";
import type { MediaFacts, MediaWarning } from "../../shared/project/index.ts";
import { audioFacts } from "./probe-audio.ts";
import { readHeaders } from "./ffprobe-report.ts";
import type { FfprobeReport, ReportedStream } from "./ffprobe-report.ts";
import { scanPackets } from "./packet-scan.ts";
import type { PacketScan } from "./packet-scan.ts";
import type { MediaLimits } from "./limits.ts";
import type { Ffmpeg } from "./toolchain.ts";
import { videoFacts } from "./probe-video.ts";

type ProbeOptions = {
  readonly signal?: AbortSignal | undefined;
  /** Over the limits that `tools` carries. */
  readonly limits?: Partial<MediaLimits>;
};

/** Seconds of packets that are read of a file too big to read whole. */
const sampledSeconds = 20;

/**
 * The facts of `path`. Refused with `media.not-found`, `media.unsupported-format`, `media.damaged`, `media.out-of-limits`;
 * what is odd but usable becomes a warning.
 */
export async function probeMedia(tools: Ffmpeg, path: string, options: ProbeOptions = {}): Promise<MediaFacts> {
  const bounded: Ffmpeg = { ...tools, limits: { ...tools.limits, ...options.limits } };
  const { signal } = options;
  const sizeBytes = await fileSizeBytes(path);
  const headers = await readHeaders(bounded, path, signal);
  checkLimits(headers, path, bounded.limits);
  const isSampled = sizeBytes > bounded.limits.scanBytes && statesFrameCounts(headers);
  const scan = await scanPackets(bounded, path, {
    sizeBytes,
    signal,
    ...(isSampled ? { firstSeconds: sampledSeconds } : {}),
  });
  return assembleFacts({ path, sizeBytes, headers, scan, isSampled, tools: bounded });
}

type Findings = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly headers: FfprobeReport;
  readonly scan: PacketScan;
  /** Only the first seconds were scanned; counts are the container's. */
  readonly isSampled: boolean;
  readonly tools: Ffmpeg;
};

function assembleFacts(findings: Findings): MediaFacts {
  const { path, sizeBytes, headers, scan, isSampled, tools } = findings;
  const warnings: MediaWarning[] = [];
  const warn = (code: MediaWarning["code"], details: MediaWarning["details"] = {}) => {
    warnings.push({ code, details });
  };
  const about = { headers, isSampled, tools, warn };
  const video = headers.streams
    .filter(isMovingPicture)
    .map((stream) => videoFacts(stream, scan.streams.get(stream.index), about))
    .filter((facts) => facts !== undefined);
  const picture = video[0];
  const audio = headers.streams
    .filter((stream) => stream.codec_type === "audio")
    .map((stream) => audioFacts(stream, scan.streams.get(stream.index), { ...about, picture }))
    .filter((facts) => facts !== undefined);
  if (video.length === 0 && audio.length === 0) {
    throw refused("media.no-streams", {
      message: `Expected picture or sound in ${path}, found neither.`,
      hint: "Choose a film or a sound file.",
      details: { path, streams: headers.streams.length },
    });
  }
  if (video.length === 0) warn("no-video");
  if (audio.length === 0) warn("no-audio");
  if (scan.errorCount > 0) warn("read-errors", { count: scan.errorCount, first: scan.firstError ?? "" });
  return mediaFactsSchema.parse({
    factsVersion: 1,
    container: {
      kind: containerKind(headers, video[0]?.codec),
      sizeBytes,
      durationMs: Math.round(Number(headers.format.duration ?? 0) * 1000),
    },
    video,
    audio,
    warnings,
  });
}

async function fileSizeBytes(path: string): Promise<number> {
  try {
    const facts = await stat(path);
    if (facts.isFile()) return facts.size;
  } catch (cause) {
    throw refused("media.not-found", {
      message: `Expected a media file at ${path}, found none that can be read.`,
      hint: "Locate the file or mount its disk.",
      details: { path },
      cause,
    });
  }
  throw refused("media.unsupported-format", {
    message: `Expected a file at ${path}, found something else.`,
    hint: "Choose a film or a sound file.",
    details: { path },
  });
}

function checkLimits(headers: FfprobeReport, path: string, limits: MediaLimits): void {
  const refuse = (what: string, found: number, limit: number) => {
    throw refused("media.out-of-limits", {
      message: `Expected at most ${limit} ${what} in ${path}, found ${found}.`,
      hint: "If the file is sound, convert it to a plainer one.",
      details: { path, what, found, limit },
    });
  };
  const { streams } = headers;
  if (streams.length > limits.maxStreams) refuse("streams", streams.length, limits.maxStreams);
  const durationMs = Number(headers.format.duration ?? 0) * 1000;
  if (durationMs > limits.maxDurationMs) refuse("milliseconds", durationMs, limits.maxDurationMs);
  for (const stream of streams) {
    const sidePx = Math.max(stream.width ?? 0, stream.height ?? 0);
    if (sidePx > limits.maxSidePx) refuse("pixels a side", sidePx, limits.maxSidePx);
  }
}

/** A cover picture is a video stream of one frame, marked so. */
const isMovingPicture = (stream: ReportedStream) =>
  stream.codec_type === "video" && stream.disposition?.["attached_pic"] !== 1 && (stream.width ?? 0) > 0;

/** True when every picture's count stands in the container: in a table of samples, or as MXF's duration in edit units. */
const statesFrameCounts = ({ format, streams }: FfprobeReport) =>
  streams.every(
    (stream) =>
      stream.codec_type !== "video" ||
      stream.nb_frames !== undefined ||
      (format.format_name === "mxf" && stream.duration_ts !== undefined),
  );

type ContainerKind = MediaFacts["container"]["kind"];

const plainKinds: Readonly<Record<string, ContainerKind>> = {
  mxf: "mxf",
  wav: "wav",
  w64: "wav",
  aiff: "aiff",
  flac: "flac",
  mp3: "mp3",
  ogg: "ogg",
  avi: "avi",
  mpegts: "mpegts",
};

/** ffprobe names families ("mov,mp4,..."); the brand and the codec tell the members apart. */
function containerKind(headers: FfprobeReport, videoCodec: string | undefined): ContainerKind {
  const name = headers.format.format_name;
  if (name.includes("matroska")) return /^(vp8|vp9|av1)$/.test(videoCodec ?? "") ? "webm" : "mkv";
  if (name.includes("mov")) return headers.format.tags?.["major_brand"]?.trim() === "qt" ? "mov" : "mp4";
  return plainKinds[name] ?? "avi";
}
