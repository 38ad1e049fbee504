// What a probe found, in the rows an editor reads: pure, from facts to words.
import type { TFunction } from "i18next";
import type { AudioStreamFacts, Media, MediaFacts, VideoStreamFacts } from "../../shared/project/index.ts";
import { formatAverageRate, formatFrameRate, formatTimecode, timecodeBase } from "../../shared/time/index.ts";
import { languageName } from "../i18n/languages.ts";
import { chromaName, codecName, colorName, containerName } from "./codec-names.ts";
import { formatBytes, formatCount, formatSampleRate } from "./format.ts";

export type FactRow = { readonly label: string; readonly value: string };
export type FactGroup = { readonly title: string; readonly rows: readonly FactRow[] };

/** How to say it: the strings, and the language of numbers and names. */
export type Words = { readonly t: TFunction; readonly language: string };

const sizeText = (size: { readonly widthPx: number; readonly heightPx: number }): string =>
  `${size.widthPx}\u00a0×\u00a0${size.heightPx}`;

export function describeMedia(media: Media, words: Words): readonly FactGroup[] {
  const { facts } = media;
  return [
    ...facts.video.map((stream) => ({ title: words.t("facts.picture"), rows: pictureRows(stream, words) })),
    ...facts.audio.map((stream, index) => ({
      title: words.t("facts.sound", { number: index + 1 }),
      rows: [...soundRows(stream, words), ...(facts.video.length > 0 ? [soundStartRow(stream, words)] : [])],
    })),
    { title: words.t("facts.file"), rows: fileRows(media, words) },
  ];
}

function pictureRows(stream: VideoStreamFacts, { t, language }: Words): readonly FactRow[] {
  const rate = rateText(stream);
  return [
    { label: t("facts.size"), value: shownSize(stream, t) },
    {
      label: t("facts.frameRate"),
      value: stream.isConstantFrameRate ? t("facts.fps", { rate }) : t("facts.fpsVariable", { rate }),
    },
    { label: t("facts.frames"), value: formatCount(stream.frameCount, language) },
    { label: t("facts.duration"), value: durationTimecode(stream) },
    { label: t("facts.start"), value: startText(stream, t) },
    { label: t("facts.codec"), value: codecName(stream.codec, stream.profile) },
    { label: t("facts.depth"), value: samplingText(stream, t) },
    { label: t("facts.color"), value: colorText(stream, t) },
    { label: t("facts.scan"), value: t(scans[stream.fieldOrder]) },
    ...(stream.rotationDegrees === 0
      ? []
      : [{ label: t("facts.rotation"), value: t("facts.degrees", { degrees: stream.rotationDegrees }) }]),
    ...(stream.pixelAspectRatio.num === stream.pixelAspectRatio.den
      ? []
      : [
          {
            label: t("facts.pixelAspect"),
            value: `${stream.pixelAspectRatio.num}:${stream.pixelAspectRatio.den}`,
          },
        ]),
  ];
}

const scans = {
  progressive: "facts.progressive",
  "top-first": "facts.topFirst",
  "bottom-first": "facts.bottomFirst",
  unknown: "facts.unknownScan",
} as const satisfies Record<VideoStreamFacts["fieldOrder"], string>;

function shownSize(stream: VideoStreamFacts, t: TFunction): string {
  const coded = sizeText(stream.codedSize);
  const shown = sizeText(stream.displaySize);
  return coded === shown ? coded : t("facts.displayedAs", { coded, shown });
}

/** A length is no label: it counts every frame, so it is never drop-frame. */
const durationTimecode = (stream: VideoStreamFacts): string =>
  formatTimecode(stream.frameCount, timecodeBase(stream.frameRate, "non-drop"));

function startText(stream: VideoStreamFacts, t: TFunction): string {
  if (!stream.startTimecode) return t("facts.noTimecode");
  const { label, isDropFrame } = stream.startTimecode;
  return isDropFrame ? `${label} ${t("facts.dropFrame")}` : label;
}

function samplingText({ pixelLayout }: VideoStreamFacts, t: TFunction): string {
  const depth = t("facts.bits", { depth: pixelLayout.bitDepth });
  const named = { rgb: t("facts.rgb"), gray: t("facts.gray") };
  const chroma =
    pixelLayout.chroma === "rgb" || pixelLayout.chroma === "gray"
      ? named[pixelLayout.chroma]
      : chromaName(pixelLayout.chroma);
  return [depth, chroma, ...(pixelLayout.hasAlpha ? [t("facts.alpha")] : [])].join(" ");
}

function colorText({ color }: VideoStreamFacts, t: TFunction): string {
  const names = [color.primaries, color.transfer, color.matrix].flatMap((tag) =>
    tag === undefined ? [] : [colorName(tag)],
  );
  const ranges = { limited: t("facts.rangeLimited"), full: t("facts.rangeFull") };
  const parts = [
    names.length === 0 ? t("facts.untagged") : [...new Set(names)].join(" / "),
    ...(color.range === undefined ? [] : [ranges[color.range]]),
  ];
  return parts.join(", ");
}

export function channelText(stream: AudioStreamFacts, t: TFunction): string {
  const named: Readonly<Record<string, string>> = {
    mono: t("facts.mono"),
    stereo: t("facts.stereo"),
    "5.1": t("facts.surround51"),
    "5.1(side)": t("facts.surround51"),
    "7.1": t("facts.surround71"),
  };
  const layout = stream.channelLayout ?? (stream.channelCount === 1 ? "mono" : "");
  return named[layout] ?? t("facts.channels", { count: stream.channelCount });
}

function soundRows(stream: AudioStreamFacts, { t, language }: Words): readonly FactRow[] {
  const isSpoken = stream.language !== undefined && stream.language !== "und";
  return [
    { label: t("facts.layout"), value: channelText(stream, t) },
    {
      label: t("facts.language"),
      value: isSpoken ? languageName(stream.language, language) : t("facts.noLanguage"),
    },
    ...(stream.title === undefined ? [] : [{ label: t("facts.track"), value: stream.title }]),
    { label: t("facts.sampleRate"), value: formatSampleRate(stream.sampleRateHz) },
    ...(stream.bitDepth === undefined
      ? []
      : [{ label: t("facts.bitDepth"), value: t("facts.bits", { depth: stream.bitDepth }) }]),
    { label: t("facts.codec"), value: codecName(stream.codec, stream.profile) },
    ...(stream.timeReferenceSamples === undefined
      ? []
      : [{ label: t("facts.timeReference"), value: timeOfDay(stream.timeReferenceSamples / stream.sampleRateHz) }]),
  ];
}

/** "01:00:00.000", as a Broadcast Wave names the time since midnight of its first sample. */
const timeOfDay = (seconds: number): string =>
  new Date(Math.round((seconds % 86_400) * 1000)).toISOString().slice(11, 23);

function soundStartRow(stream: AudioStreamFacts, { t, language }: Words): FactRow {
  const offsetMs = (stream.startOffsetSamples / stream.sampleRateHz) * 1000;
  const ms = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(Math.abs(offsetMs));
  const late = offsetMs > 0 ? t("facts.afterPicture", { ms }) : t("facts.beforePicture", { ms });
  return { label: t("facts.soundOffset"), value: offsetMs === 0 ? t("facts.withPicture") : late };
}

function fileRows(media: Media, { t, language }: Words): readonly FactRow[] {
  const when = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return [
    { label: t("facts.container"), value: containerName(media.facts.container.kind) },
    { label: t("facts.bytes"), value: formatBytes(media.facts.container.sizeBytes, language) },
    { label: t("facts.imported"), value: when.format(new Date(media.importedAt)) },
    { label: t("facts.location"), value: media.path },
  ];
}

const rateText = ({ frameRate, isConstantFrameRate }: VideoStreamFacts): string =>
  isConstantFrameRate ? formatFrameRate(frameRate) : formatAverageRate(frameRate);

/** The line under a file's name: "1920 × 1080 · 23.976 fps". */
export function summaryOf(facts: MediaFacts, { t }: Words): string {
  const [picture] = facts.video;
  const [sound] = facts.audio;
  if (picture) {
    const rate = t("facts.fps", { rate: rateText(picture) });
    return [sizeText(picture.displaySize), rate].join(" · ");
  }
  return sound
    ? [channelText(sound, t), formatSampleRate(sound.sampleRateHz)].join(" · ")
    : containerName(facts.container.kind);
}

/** In timecode with a picture, else as a clock. */
export const lengthOf = (facts: MediaFacts): string =>
  facts.video[0] ? durationTimecode(facts.video[0]) : clockText(facts.container.durationMs);

/** Length of a file without a picture: "01:02.345", "2:00:00.000". */
export function clockText(durationMs: number): string {
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor(durationMs / 60_000) % 60;
  const seconds = (durationMs % 60_000) / 1000;
  const clock = `${String(minutes).padStart(2, "0")}:${seconds.toFixed(3).padStart(6, "0")}`;
  return hours === 0 ? clock : `${hours}:${clock}`;
}
