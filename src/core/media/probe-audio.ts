// Facts of one audio stream, from its header and its packets' timestamps. Pure: values in, values out.
import type { AudioStreamFacts, VideoStreamFacts } from "../../shared/project/index.ts";
import { parseFraction, tagOf } from "./ffprobe-report.ts";
import type { Fraction, ReportedStream } from "./ffprobe-report.ts";
import type { PacketTimes } from "./packet-scan.ts";
import { languageOf } from "./probe-video.ts";
import type { ProbeContext } from "./probe-video.ts";

type AudioContext = ProbeContext & { readonly picture: VideoStreamFacts | undefined };

/** Undefined, with a warning, for a stream that cannot be decoded here. */
export function audioFacts(
  stream: ReportedStream,
  packets: PacketTimes | undefined,
  context: AudioContext,
): AudioStreamFacts | undefined {
  const sampleRateHz = Number(stream.sample_rate ?? 0);
  const timeBase = parseFraction(stream.time_base);
  const channelCount = stream.channels ?? 0;
  const codec = stream.codec_name ?? "unknown";
  if (sampleRateHz <= 0 || channelCount <= 0 || !timeBase || !packets || packets.ticks.length === 0) {
    context.warn("undecodable-stream", { streamIndex: stream.index, codec });
    return undefined;
  }
  const firstSampleTicks = packets.ticks[0] ?? 0;
  const startOffsetSamples = offsetFromPicture(firstSampleTicks, timeBase, { sampleRateHz, picture: context.picture });
  const facts: AudioStreamFacts = {
    streamIndex: stream.index,
    codec,
    profile: stream.profile,
    sampleRateHz,
    channelCount,
    channelLayout: stream.channel_layout,
    bitDepth: bitDepthOf(stream),
    ...sampleCount(stream, packets, { timeBase, sampleRateHz, context }),
    timeBase,
    firstSampleTicks,
    startOffsetSamples,
    language: languageOf(stream),
    title: tagOf(stream.tags, "title"),
    dispositions: Object.entries(stream.disposition ?? {}).flatMap(([name, isSet]) => (isSet === 1 ? [name] : [])),
    timeReferenceSamples: timeReference(tagOf(context.headers.format.tags, "time_reference")),
  };
  const { picture } = context;
  if (picture && Math.abs(startOffsetSamples) * picture.frameRate.num > sampleRateHz * picture.frameRate.den) {
    context.warn("audio-offset", { streamIndex: stream.index, startOffsetSamples });
  }
  return facts;
}

/** Exact wherever the container's clock ticks in samples; the container's own count ends where an edit list ends. */
function sampleCount(
  stream: ReportedStream,
  packets: PacketTimes,
  given: { timeBase: Fraction; sampleRateHz: number; context: AudioContext },
): Pick<AudioStreamFacts, "sampleCount" | "sampleCountFrom"> {
  const { timeBase, sampleRateHz, context } = given;
  const toSamples = (ticks: number) => Math.max(0, Math.round((ticks * timeBase.num * sampleRateHz) / timeBase.den));
  const declared = stream.duration_ts === undefined ? undefined : toSamples(stream.duration_ts);
  const found = toSamples(packets.endTicks - (packets.ticks[0] ?? 0));
  if (context.isSampled && declared !== undefined) return { sampleCount: declared, sampleCountFrom: "container" };
  const isExactClock = (timeBase.den / timeBase.num) % sampleRateHz === 0;
  if (!isExactClock) return { sampleCount: found, sampleCountFrom: "timestamps" };
  // A last packet may hold more than is to be heard; a file that was cut off holds less than it declares.
  const isCutOff = declared !== undefined && found < declared - sampleRateHz / 10;
  if (isCutOff) {
    context.warn("truncated", {
      declaredMs: Math.round((declared / sampleRateHz) * 1000),
      foundMs: Math.round((found / sampleRateHz) * 1000),
    });
  }
  if (declared === undefined || isCutOff) return { sampleCount: found, sampleCountFrom: "packets" };
  return { sampleCount: declared, sampleCountFrom: "container" };
}

function offsetFromPicture(
  firstSampleTicks: number,
  timeBase: Fraction,
  given: { sampleRateHz: number; picture: VideoStreamFacts | undefined },
): number {
  const { picture, sampleRateHz } = given;
  if (!picture) return 0;
  const pictureSeconds = (picture.firstFrameTicks * picture.timeBase.num) / picture.timeBase.den;
  const offsetSamples = Math.round(((firstSampleTicks * timeBase.num) / timeBase.den - pictureSeconds) * sampleRateHz);
  return offsetSamples === 0 ? 0 : offsetSamples;
}

function bitDepthOf(stream: ReportedStream): number | undefined {
  const bits = stream.bits_per_sample || Number(stream.bits_per_raw_sample ?? 0);
  return bits > 0 ? bits : undefined;
}

function timeReference(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
