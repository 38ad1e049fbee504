// Facts of one video stream, from its header and its packets' timestamps. Pure: values in, values out.
import type { MediaWarning, VideoStreamFacts } from "../../shared/project/index.ts";
import { parseFraction, tagOf } from "./ffprobe-report.ts";
import type { FfprobeReport, Fraction, ReportedStream } from "./ffprobe-report.ts";
import { fitFrameRate, reduced, ticksPerFrame } from "./frame-rate.ts";
import type { FittedRate } from "./frame-rate.ts";
import type { PacketTimes } from "./packet-scan.ts";
import { parsePixelFormat } from "./pixel-layout.ts";
import type { Ffmpeg } from "./toolchain.ts";

export type ProbeContext = {
  readonly headers: FfprobeReport;
  readonly isSampled: boolean;
  readonly tools: Ffmpeg;
  readonly warn: (code: MediaWarning["code"], details?: MediaWarning["details"]) => void;
};

/** Undefined, with a warning, for a stream that cannot be decoded here. */
export function videoFacts(
  stream: ReportedStream,
  packets: PacketTimes | undefined,
  context: ProbeContext,
): VideoStreamFacts | undefined {
  const { warn, tools } = context;
  const pixelLayout = parsePixelFormat(stream.pix_fmt ?? "");
  const timeBase = parseFraction(stream.time_base);
  const codec = stream.codec_name ?? "unknown";
  if (!pixelLayout || !timeBase || !packets || packets.ticks.length === 0 || !tools.decoders.has(decoderOf(codec))) {
    warn("undecodable-stream", { streamIndex: stream.index, codec });
    return undefined;
  }
  const claims = [parseFraction(stream.avg_frame_rate), parseFraction(stream.r_frame_rate)];
  const fitted = fitFrameRate(
    packets.ticks,
    timeBase,
    claims.filter((rate) => rate !== undefined),
  );
  const size = { widthPx: stream.width ?? 0, heightPx: stream.height ?? 0 };
  const pixelAspectRatio = reduced(parseFraction(stream.sample_aspect_ratio) ?? { num: 1, den: 1 });
  const rotationDegrees = rotationOf(stream);
  const facts: VideoStreamFacts = {
    streamIndex: stream.index,
    codec,
    profile: stream.profile,
    frameRate: fitted.frameRate,
    isConstantFrameRate: fitted.isConstant,
    ...frameCount(stream, packets, context),
    timeBase,
    firstFrameTicks: packets.ticks[0] ?? 0,
    startTimecode: startTimecode(stream, context),
    codedSize: size,
    displaySize: displaySize(size, pixelAspectRatio, rotationDegrees),
    pixelAspectRatio,
    rotationDegrees,
    pixelLayout,
    color: {
      primaries: known(stream.color_primaries),
      transfer: known(stream.color_transfer),
      matrix: known(stream.color_space),
      range: ({ tv: "limited", pc: "full" } as const)[stream.color_range ?? ""],
    },
    fieldOrder: fieldOrderOf(stream.field_order),
    language: languageOf(stream),
    title: tagOf(stream.tags, "title"),
  };
  warnAboutPicture(facts, fitted, context);
  return facts;
}

/** ffmpeg names a few decoders differently from their codecs. */
const decoderNames: Readonly<Record<string, string>> = { vp8: "vp8", av1: "libdav1d", dvvideo: "dvvideo" };
const decoderOf = (codec: string) => decoderNames[codec] ?? codec;

/** The packets' count wherever they were all read: containers round, forget and lie. */
function frameCount(stream: ReportedStream, packets: PacketTimes, context: ProbeContext) {
  const declared = Number(stream.nb_frames ?? NaN);
  if (context.isSampled) {
    const timeBase = parseFraction(stream.time_base) ?? { num: 1, den: 1 };
    const rate = parseFraction(stream.avg_frame_rate) ?? { num: 25, den: 1 };
    const shown = Math.round((stream.duration_ts ?? 0) / ticksPerFrame(timeBase, rate));
    return { frameCount: shown || declared, frameCountFrom: "container" } as const;
  }
  const counted = packets.ticks.length;
  if (declared > 0 && declared !== counted + packets.discardedCount && !fitsDuration(stream, counted)) {
    context.warn("frame-count-mismatch", { containerFrames: declared, countedFrames: counted });
  }
  return { frameCount: counted, frameCountFrom: "packets" } as const;
}

/** True when the edit list's duration explains why fewer frames are shown than the container holds. */
function fitsDuration(stream: ReportedStream, counted: number): boolean {
  const [timeBase, rate] = [parseFraction(stream.time_base), parseFraction(stream.avg_frame_rate)];
  if (!timeBase || !rate || stream.duration_ts === undefined) return false;
  return Math.abs(stream.duration_ts / ticksPerFrame(timeBase, rate) - counted) <= 1;
}

function startTimecode(stream: ReportedStream, { headers, warn }: ProbeContext): VideoStreamFacts["startTimecode"] {
  const dataTrack = headers.streams.find((other) => other.codec_type === "data" && tagOf(other.tags, "timecode"));
  const labels = [
    tagOf(stream.tags, "timecode"),
    tagOf(dataTrack?.tags, "timecode"),
    tagOf(headers.format.tags, "timecode"),
  ];
  const [label, ...others] = labels.filter((text) => text !== undefined);
  if (label === undefined) return undefined;
  if (!/^\d\d:\d\d:\d\d[:;.]\d\d$/.test(label)) {
    warn("invalid-timecode", { label });
    return undefined;
  }
  const other = others.find((text) => text !== label);
  if (other !== undefined) warn("timecode-conflict", { used: label, other });
  // "." is an older sign for drop-frame.
  const normal = label.replace(".", ";");
  return { label: normal, isDropFrame: normal.includes(";") };
}

function warnAboutPicture(facts: VideoStreamFacts, fitted: FittedRate, { warn, tools }: ProbeContext): void {
  const { timeBase, codedSize } = facts;
  if (!facts.isConstantFrameRate) {
    const toMs = (ticks: number) => Math.round((ticks * timeBase.num * 1e6) / timeBase.den) / 1000;
    warn("variable-frame-rate", {
      shortestFrameMs: toMs(fitted.shortestTicks),
      longestFrameMs: toMs(fitted.longestTicks),
      averageFps: Math.round((facts.frameRate.num / facts.frameRate.den) * 1000) / 1000,
    });
  }
  if (facts.fieldOrder === "top-first" || facts.fieldOrder === "bottom-first") {
    warn("interlaced", { fieldOrder: facts.fieldOrder });
  }
  if (facts.rotationDegrees !== 0) warn("rotated", { rotationDegrees: facts.rotationDegrees });
  if (facts.pixelAspectRatio.num !== facts.pixelAspectRatio.den) {
    warn("non-square-pixels", { num: facts.pixelAspectRatio.num, den: facts.pixelAspectRatio.den });
  }
  if (facts.color.matrix === undefined && facts.pixelLayout.chroma !== "rgb") warn("untagged-color");
  const limitPx = tools.limits.maxPixels;
  if (codedSize.widthPx * codedSize.heightPx > limitPx) warn("too-large-to-decode", { ...codedSize, limitPx });
}

function displaySize(coded: VideoStreamFacts["codedSize"], aspect: Fraction, rotationDegrees: number) {
  const widthPx = Math.max(1, Math.round((coded.widthPx * aspect.num) / aspect.den));
  const { heightPx } = coded;
  return rotationDegrees % 180 === 0 ? { widthPx, heightPx } : { widthPx: heightPx, heightPx: widthPx };
}

/** ffprobe's display matrix angle counts counter-clockwise. */
function rotationOf(stream: ReportedStream): VideoStreamFacts["rotationDegrees"] {
  const counterClockwise = stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
  const quarterTurns = (4 - (Math.round(counterClockwise / 90) % 4)) % 4;
  return ([0, 90, 180, 270] as const)[quarterTurns] ?? 0;
}

const fieldOrders: Readonly<Record<string, VideoStreamFacts["fieldOrder"]>> = {
  progressive: "progressive",
  tt: "top-first",
  tb: "top-first",
  bb: "bottom-first",
  bt: "bottom-first",
};

const fieldOrderOf = (text: string | undefined) => fieldOrders[text ?? ""] ?? "unknown";

/** ffprobe says "unknown" or "reserved" for an untagged one; RGB's matrix is "gbr". */
const known = (text: string | undefined) => (text === "unknown" || text === "reserved" ? undefined : text);

export function languageOf(stream: ReportedStream): string | undefined {
  const language = tagOf(stream.tags, "language");
  return language === "und" ? undefined : language;
}
