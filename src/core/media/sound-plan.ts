// Plans the sound of an encoding: which stretch of which file lies under the picture, to the sample, and in what form.
import { refused } from "../../shared/failure/index.ts";
import type { AudioStreamFacts, MediaFacts } from "../../shared/project/index.ts";
import type { CommandInput } from "./command.ts";
import type { OutputContainer } from "./encoders.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { carriedTags } from "./mux-plan.ts";
import type { CarriedTags, Disposition, LostTag } from "./mux-plan.ts";
import { optionList } from "./options.ts";
import type { OptionTable } from "./options.ts";
import { cutFilter, entryFor } from "./decode-audio.ts";

/** "pcm" keeps every sample of a source that is not lossy: its own depth, its own rate. */
export type SoundCodec = "pcm" | "pcm-24" | "flac" | "aac";

/** A stretch of a stream's own clock. It may begin before the stream and end after it: there it is silent. */
type Stretch = { readonly startSample: number; readonly durationSamples: number };

export type SoundTrack = {
  readonly path: string;
  readonly stream: AudioStreamFacts;
  /** What lies under the picture, from its first frame to its last. Never resampled. */
  readonly stretch: Stretch;
  readonly gainDb: number;
  readonly codec: SoundCodec;
  /** BCP-47. */
  readonly languageTag: string;
  /** What players show; the language's name when absent. */
  readonly title?: string | undefined;
  readonly dispositions: readonly Disposition[];
};

/**
 * The best that a container can hold: samples as they are, and AAC where it takes no plain samples. Matroska forgets where
 * the channels of plain samples stand; FLAC holds the same samples and remembers.
 */
export function usualSoundCodec(container: OutputContainer, stream: AudioStreamFacts): SoundCodec {
  const isFlac = container === "mkv" && stream.channelCount > 2 && (stream.bitDepth ?? 24) <= 24;
  if (isFlac) return "flac";
  return ({ mp4: "aac", mov: "pcm", mkv: "pcm", mxf: "pcm-24" } as const)[container];
}

/** Refused where the container cannot hold the track as it is, since it would have to be resampled. */
export function checkSound(track: SoundTrack, container: OutputContainer): void {
  const { sampleRateHz } = track.stream;
  if (container === "mp4" && track.codec !== "aac")
    throw refused("media.sound-unfit", {
      message: `Expected AAC for sound in MP4, found ${track.codec}.`,
      hint: "Choose AAC, or a MOV or MKV file for plain samples.",
      details: { container, codec: track.codec },
    });
  if (container !== "mxf" || sampleRateHz === 48_000) return;
  throw refused("media.sound-unfit", {
    message: `Expected sound of 48000 Hz for MXF, found ${sampleRateHz} Hz in ${track.path}.`,
    hint: "Dialogue is never resampled on its way out: choose MOV or MKV, or have the file delivered at 48 kHz.",
    details: { path: track.path, container, sampleRateHz },
  });
}

type Placed = Pick<SoundTrack, "path" | "stream" | "stretch" | "gainDb">;

/** One input each, entered shortly before the stretch where the file's clock allows that exactly. */
export function soundInput({ path, stream, stretch }: Placed, maxPixels: number): CommandInput {
  const entry = entryFor(stream, Math.max(0, stretch.startSample));
  return {
    options: optionList({
      ...inputGuards(maxPixels),
      seek_timestamp: entry ? 1 : undefined,
      noaccurate_seek: entry ? "" : undefined,
      ss: entry?.seconds.toFixed(6),
    }),
    url: fileUrl(path),
  };
}

/**
 * Cuts by sample, starts the clock anew, puts silence before and after, so that the track is as long as the picture to the
 * sample, whatever the file's own timestamps say.
 */
export function soundFilter({ stream, stretch, gainDb }: Placed): string {
  const { startSample, durationSamples } = stretch;
  const endSample = startSample + durationSamples;
  const entry = entryFor(stream, Math.max(0, startSample));
  const silentFirst = Math.min(durationSamples, Math.max(0, -startSample));
  // What lies beside the picture altogether: one sample that the cut after it takes away again.
  const heard = {
    startSample: Math.max(0, startSample),
    durationSamples: Math.max(1, endSample - Math.max(0, startSample)),
  };
  return [
    cutFilter(heard, entry?.firstSample),
    "asetpts=N/SR/TB",
    ...(gainDb === 0 ? [] : [`volume=${gainDb}dB:precision=double`]),
    ...(silentFirst > 0 ? [`adelay=delays=${silentFirst}S:all=1`] : []),
    `apad=whole_len=${durationSamples}`,
    `atrim=end_sample=${durationSamples}`,
  ].join(",");
}

/** Options of track `index`, each with its stream specifier. */
export function soundOptions(track: SoundTrack, index: number, container: OutputContainer): OptionTable {
  const { written } = tagsOf(track, container);
  const codec = Object.entries(codecOptions(track)).map(([name, value]) => [`${name}:a:${index}`, value]);
  return {
    ...Object.fromEntries(codec),
    [`metadata:s:a:${index}`]: [
      `language=${written.language ?? ""}`,
      `title=${written.title ?? ""}`,
      `handler_name=${written.handlerName ?? ""}`,
    ],
    [`disposition:a:${index}`]: written.dispositions === "" ? "0" : written.dispositions,
  };
}

export const tagsOf = (track: SoundTrack, container: OutputContainer): CarriedTags =>
  carriedTags(
    {
      languageTag: track.languageTag,
      dispositions: track.dispositions,
      ...(track.title ? { title: track.title } : {}),
    },
    container,
  );

/** What of the tracks' tags the container cannot carry: for a sidecar and for whoever delivers the file. */
export const lostTags = (tracks: readonly SoundTrack[], container: OutputContainer): readonly LostTag[] =>
  tracks.flatMap((track, trackIndex) => {
    const layout = track.stream.channelLayout;
    const lostLayout =
      layout !== undefined && !keepsLayout(track, container)
        ? [{ tag: "channel-layout", wanted: layout, written: undefined } as const]
        : [];
    return [...tagsOf(track, container).lost, ...lostLayout].map((tag) => ({ ...tag, trackIndex }));
  });

/** Measured with ffmpeg 5.1: plain samples in Matroska and MXF have no word for where channels stand. */
const keepsLayout = ({ codec, stream }: SoundTrack, container: OutputContainer): boolean =>
  stream.channelCount <= 2 || container === "mov" || container === "mp4" || (container === "mkv" && codec === "flac");

function codecOptions(track: SoundTrack): OptionTable {
  const { codec } = track;
  if (codec === "pcm") return { c: sampleFormat(track) };
  if (codec === "pcm-24") return { c: "pcm_s24le" };
  return codec === "flac" ? { c: "flac" } : { c: "aac", b: "320k" };
}

/** The plainest form that holds every sample; what a gain or a lossy decoder yields gets 24 bits. */
function sampleFormat({ stream, gainDb }: SoundTrack): string {
  if (/^pcm_f(?:32|64)/.test(stream.codec)) return "pcm_f32le";
  const bits = stream.bitDepth ?? 24;
  if (bits > 24) return "pcm_s32le";
  return bits > 16 || gainDb !== 0 ? "pcm_s24le" : "pcm_s16le";
}

/** As `verifyWritten` compares: what the written track must be. */
export function soundComparison(
  track: SoundTrack,
  found: MediaFacts["audio"][number] | undefined,
  container: OutputContainer,
) {
  const { stream, stretch } = track;
  const { durationSamples } = stretch;
  const isNear = found !== undefined && Math.abs(found.sampleCount - durationSamples) <= toleranceOf(track, found);
  return {
    samples: [durationSamples, isNear ? durationSamples : found?.sampleCount],
    "sample rate": [stream.sampleRateHz, found?.sampleRateHz],
    channels: [stream.channelCount, found?.channelCount],
    // One and two channels have no other; a file that named none is written by the usual one for its number of channels.
    "channel layout":
      stream.channelLayout !== undefined && stream.channelCount > 2 && keepsLayout(track, container)
        ? [stream.channelLayout, found?.channelLayout]
        : [undefined, undefined],
  } as const;
}

/** Counts off millisecond clocks are good to a millisecond; AAC ends with its frame. */
function toleranceOf({ codec, stream }: SoundTrack, found: MediaFacts["audio"][number]): number {
  if (codec === "aac") return 2048;
  return found.sampleCountFrom === "timestamps" ? Math.ceil(stream.sampleRateHz / 500) : 0;
}
