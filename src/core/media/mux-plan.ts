// Plans a mux: which tags each container can carry (measured with ffmpeg 5.1), and the arguments that write them.
import type { ReportedStream } from "./ffprobe-report.ts";
import { tagOf } from "./ffprobe-report.ts";
import { commandArguments } from "./command.ts";
import { containerOptions } from "./encoders.ts";
import type { OutputContainer } from "./encoders.ts";
import { languageName, quickTimeLanguage, threeLetterLanguage } from "./language-tags.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import type { OptionTable } from "./options.ts";

export type Disposition = "default" | "dub" | "original";

/** How a track is stored: as it is, or encoded for containers that take no other. */
export type AudioCodec = "copy" | "aac" | "pcm-24" | "flac" | "opus";

export type AudioTrackRequest = {
  readonly path: string;
  /** The first audio stream when absent. */
  readonly streamIndex?: number;
  readonly codec: AudioCodec;
  /** BCP-47: "pt-BR". */
  readonly languageTag: string;
  /** What players show; the language's name when absent. */
  readonly title?: string;
  readonly dispositions: readonly Disposition[];
  /** Where the track's first sample lies after the picture's first frame; 0 when absent. */
  readonly startOffsetMs?: number;
};

export type MuxInput = {
  readonly path: string;
  readonly streamIndex: number;
  /** How long after the earliest stream of its file this stream begins. */
  readonly leadSeconds: number;
};

export type LostTag = {
  readonly trackIndex: number;
  readonly tag: "language" | "title" | "channel-layout" | Disposition;
  readonly wanted: string;
  /** What stands there instead; undefined for nothing. */
  readonly written: string | undefined;
};

type WrittenTags = {
  readonly language: string | undefined;
  readonly title: string | undefined;
  readonly handlerName: string | undefined;
  readonly dispositions: string;
};

export type CarriedTags = {
  readonly written: WrittenTags;
  readonly lost: readonly Omit<LostTag, "trackIndex">[];
  /** The same tags read back from a probed stream. */
  readonly read: (stream: ReportedStream | undefined) => WrittenTags;
};

type TagSupport = {
  readonly language: "bcp-47" | "iso-639-2" | "quicktime" | "none";
  readonly title: "title" | "handler" | "none";
  readonly dispositions: readonly Disposition[];
};

/** What survives a round trip. MXF as ffmpeg writes it carries no track tags at all. */
const tagSupport: { readonly [Container in OutputContainer]: TagSupport } = {
  mp4: { language: "iso-639-2", title: "handler", dispositions: ["default", "dub"] },
  mov: { language: "quicktime", title: "handler", dispositions: ["default"] },
  mkv: { language: "bcp-47", title: "title", dispositions: ["default", "dub", "original"] },
  mxf: { language: "none", title: "none", dispositions: [] },
};

/** What will stand in the file for a track, and what of the request will not. */
export function carriedTags(
  track: Pick<AudioTrackRequest, "languageTag" | "title" | "dispositions">,
  container: OutputContainer,
): CarriedTags {
  const support = tagSupport[container];
  const title = track.title ?? languageName(track.languageTag);
  const isUndetermined = track.languageTag === undeterminedLanguage;
  const language = {
    "bcp-47": track.languageTag,
    "iso-639-2": threeLetterLanguage(track.languageTag),
    quicktime: quickTimeLanguage(track.languageTag),
    none: undefined,
  };
  // The full tag goes with the name, since the language field of a movie holds three letters.
  const handlerName = `${title} (${track.languageTag})`;
  const written: WrittenTags = {
    // "und", undetermined, is how every container says nothing.
    language: isUndetermined ? undefined : language[support.language],
    title: support.title === "title" ? title : undefined,
    handlerName: support.title === "handler" ? handlerName : undefined,
    dispositions: inOrder(track.dispositions.filter((one) => support.dispositions.includes(one))),
  };
  const lost: Omit<LostTag, "trackIndex">[] = [];
  if (!isUndetermined && written.language !== track.languageTag) {
    lost.push({ tag: "language", wanted: track.languageTag, written: written.language });
  }
  if (support.title !== "title") lost.push({ tag: "title", wanted: title, written: written.handlerName });
  for (const one of track.dispositions) {
    if (!support.dispositions.includes(one)) lost.push({ tag: one, wanted: one, written: undefined });
  }
  return { written, lost, read: (stream) => readTags(stream, support) };
}

const undeterminedLanguage = "und";

function readTags(stream: ReportedStream | undefined, support: TagSupport): WrittenTags {
  const set = (["default", "dub", "original"] as const).filter((one) => stream?.disposition?.[one] === 1);
  const language = tagOf(stream?.tags, "language");
  return {
    language: support.language === "none" || language === undeterminedLanguage ? undefined : language,
    title: support.title === "title" ? tagOf(stream?.tags, "title") : undefined,
    handlerName: support.title === "handler" ? tagOf(stream?.tags, "handler_name") : undefined,
    dispositions: inOrder(set),
  };
}

const inOrder = (dispositions: readonly Disposition[]) => dispositions.toSorted().join("+");

const audioEncoders: { readonly [Codec in AudioCodec]: OptionTable } = {
  copy: { c: "copy" },
  aac: { c: "aac", b: "320k" },
  "pcm-24": { c: "pcm_s24le" },
  flac: { c: "flac" },
  opus: { c: "libopus", b: "256k" },
};

type MuxPlan = {
  readonly path: string;
  readonly container: OutputContainer;
  readonly picture: MuxInput;
  readonly audio: readonly MuxInput[];
};

export function muxArguments(plan: MuxPlan, tracks: readonly AudioTrackRequest[]): readonly string[] {
  const input = (from: MuxInput, offsetSeconds: number) => ({
    options: optionList({
      ...inputGuards(16384 ** 2),
      itsoffset: (offsetSeconds - from.leadSeconds).toFixed(6),
    }),
    url: fileUrl(from.path),
  });
  return commandArguments({
    inputs: [
      input(plan.picture, 0),
      ...plan.audio.map((from, index) => input(from, (tracks[index]?.startOffsetMs ?? 0) / 1000)),
    ],
    outputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          progress: "pipe:1",
          map: [
            `0:${plan.picture.streamIndex}`,
            ...plan.audio.map((from, index) => `${index + 1}:${from.streamIndex}`),
          ],
          "c:v": "copy",
          ...Object.assign({}, ...tracks.map((track, index) => trackOptions(track, index, plan.container))),
          ...containerOptions[plan.container],
          y: "",
        }),
        url: fileUrl(plan.path),
      },
    ],
  });
}

/** Options of one audio track, each with its stream specifier: "c:a:0". */
function trackOptions(track: AudioTrackRequest, index: number, container: OutputContainer): OptionTable {
  const { written } = carriedTags(track, container);
  const codec = Object.entries(audioEncoders[track.codec]).map(([name, value]) => [`${name}:a:${index}`, value]);
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
