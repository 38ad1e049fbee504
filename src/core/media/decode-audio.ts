// Decodes sound to planar float samples, as a stream: at the source's own rate, or resampled and mixed as asked.
import type { AudioStreamFacts } from "../../shared/project/index.ts";
import type { SampleRange } from "../../shared/time/index.ts";
import { audioBlocks } from "./audio-blocks.ts";
import { commandArguments } from "./command.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { audioStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { optionList } from "./options.ts";
import { toolFailure } from "./tool-failure.ts";

export type AudioDecodeOptions = {
  /** Stream index in the file; the first audio stream when absent. */
  readonly streamIndex?: number;
  /** In samples of the source's own rate from the stream's first sample; the whole stream when absent. */
  readonly range?: SampleRange;
  /** Resampled to this; the source's own rate otherwise. */
  readonly sampleRateHz?: number;
  /** Mixed down or up to this many by ffmpeg's standard matrices; the source's own otherwise. */
  readonly channelCount?: number;
  /** Samples per channel in a block; 16,384 when absent. The last block may be shorter. */
  readonly blockSamples?: number;
  readonly signal?: AbortSignal;
};

/** A stretch of sound. `channels` are reused for the next block: copy what must live longer. */
export type AudioBlock = {
  /** Of the first sample, at the block's own rate, counted from the start of what was asked for. */
  readonly startSample: number;
  readonly sampleRateHz: number;
  /** One array per channel, -1..1, all of the same length. */
  readonly channels: readonly Float32Array[];
};

/** The samples of a range, in order, in bounded memory. Leaving the loop early ends the decoder. */
export async function* decodeAudio(source: MediaSource, options: AudioDecodeOptions = {}): AsyncGenerator<AudioBlock> {
  const facts = audioStreamOf(source, options.streamIndex);
  const channelCount = options.channelCount ?? facts.channelCount;
  const sampleRateHz = options.sampleRateHz ?? facts.sampleRateHz;
  const blockSamples = options.blockSamples ?? 16_384;
  const planar = Array.from({ length: channelCount }, () => new Float32Array(blockSamples));
  const args = audioArguments(source, { facts, options, codec: "pcm_f32le" });
  const blocks = audioBlocks(source.tools, {
    args,
    sampleBytes: 4 * channelCount,
    blockSamples,
    signal: options.signal,
  });
  let startSample = 0;
  for (;;) {
    const next = await blocks.next();
    if (next.done) {
      if (next.value.exitCode === 0) return;
      throw toolFailure(next.value, { doing: "decode the sound of", path: source.path, signal: options.signal });
    }
    const interleaved = new Float32Array(next.value.buffer, 0, next.value.length / 4);
    const channels = deinterleave(interleaved, planar);
    yield { startSample, sampleRateHz, channels };
    startSample += interleaved.length / channelCount;
  }
}

function deinterleave(interleaved: Float32Array, planar: readonly Float32Array[]): readonly Float32Array[] {
  const channelCount = planar.length;
  const sampleCount = interleaved.length / channelCount;
  return planar.map((samples, channel) => {
    for (let sample = 0, at = channel; sample < sampleCount; sample += 1, at += channelCount) {
      samples[sample] = interleaved[at] ?? 0;
    }
    return samples.subarray(0, sampleCount);
  });
}

/** Seconds to decode before the range, so that codecs with overlapping windows have warmed up. */
const warmUpSeconds = 1;

type AudioPlan = {
  readonly facts: AudioStreamFacts;
  readonly options: AudioDecodeOptions;
  readonly codec: "pcm_f32le" | "pcm_s16le";
};

/**
 * The arguments that write the samples of a range to stdout. Where the file's clock ticks in samples, the decoder enters
 * just before the range and cuts by timestamp; elsewhere timestamps are rounded to milliseconds, so it decodes from the
 * beginning and counts samples.
 */
export function audioArguments(
  source: Pick<MediaSource, "path" | "tools" | "facts">,
  plan: AudioPlan,
): readonly string[] {
  const { facts, options, codec } = plan;
  const range = options.range ?? wholeStream(facts);
  const entry = entryFor(facts, range?.startSample ?? 0);
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          copyts: "",
          ...inputGuards(source.tools.limits.maxPixels),
          seek_timestamp: entry ? 1 : undefined,
          noaccurate_seek: entry ? "" : undefined,
          ss: entry?.seconds.toFixed(6),
          // The default of 4 KiB a packet costs five times the decoder's whole work.
          max_size: source.facts.container.kind === "wav" ? 65_536 : undefined,
        }),
        url: fileUrl(source.path),
      },
    ],
    outputs: [
      {
        options: optionList({
          map: `0:${facts.streamIndex}`,
          "filter:a": range && cutFilter(range, entry?.firstSample),
          ar: options.sampleRateHz,
          ac: options.channelCount,
          "c:a": codec,
          // Else every packet is a write of its own.
          flush_packets: 0,
          f: codec.replace("pcm_", ""),
        }),
        url: "pipe:1",
      },
    ],
  });
}

type Entry = {
  /** On the file's own clock. */
  readonly seconds: number;
  /** The timestamp of the stream's first sample, in samples. */
  readonly firstSample: number;
};

/** Where to enter the file shortly before a sample; undefined where that sample is found from the beginning only. */
export function entryFor(facts: AudioStreamFacts, startSample: number): Entry | undefined {
  const { timeBase, sampleRateHz, firstSampleTicks } = facts;
  const ticksPerSample = timeBase.den / timeBase.num / sampleRateHz;
  if (!Number.isInteger(ticksPerSample)) return undefined;
  const firstSample = firstSampleTicks / ticksPerSample;
  const seconds = (firstSample + startSample) / sampleRateHz - warmUpSeconds;
  return seconds > 0 && startSample > sampleRateHz * warmUpSeconds ? { seconds, firstSample } : undefined;
}

/** All samples the container lets be heard: the last packet of a lossy codec holds more. Unknown, all that decode. */
const wholeStream = (facts: AudioStreamFacts): SampleRange | undefined =>
  facts.sampleCountFrom === "timestamps" ? undefined : { startSample: 0, durationSamples: facts.sampleCount };

/** By timestamp when `firstSample`, the timestamp of the stream's first sample, is given; else by counting samples. */
export function cutFilter(range: SampleRange, firstSample: number | undefined): string {
  const endSample = range.startSample + range.durationSamples;
  return firstSample === undefined
    ? `atrim=start_sample=${range.startSample}:end_sample=${endSample}`
    : `atrim=start_pts=${firstSample + range.startSample}:end_pts=${firstSample + endSample}`;
}
