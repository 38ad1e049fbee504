// What is in a media file, as an assistant editor would write it on the can.
import type { AnswerOf } from "../../shared/contract/index.ts";
import { formatAverageRate, formatFrameRate } from "../../shared/time/index.ts";
import { columns, durationText, sizeText } from "./layout.ts";
import { warningText } from "./words.ts";

type Facts = AnswerOf<"media.probe">["facts"];
type Video = Facts["video"][number];
type Audio = Facts["audio"][number];

export function describeFacts({ container, video, audio, warnings }: Facts): readonly string[] {
  return [
    ...columns([
      ["File", `${container.kind}, ${sizeText(container.sizeBytes)}, ${durationText(container.durationMs)}`],
      ...video.flatMap(describeVideo),
      ...audio.map((stream) => [`Sound ${stream.streamIndex}`, describeAudio(stream)]),
    ]),
    ...warnings.map((warning) => `! ${warningText(warning)}`),
  ];
}

function describeVideo(stream: Video): readonly (readonly [string, string])[] {
  const { displaySize, codedSize, pixelLayout, color, frameRate, rotationDegrees, fieldOrder } = stream;
  const size = `${displaySize.widthPx} x ${displaySize.heightPx}`;
  const isPlain = displaySize.widthPx === codedSize.widthPx && displaySize.heightPx === codedSize.heightPx;
  const coded = isPlain ? "" : `coded ${codedSize.widthPx} x ${codedSize.heightPx}`;
  const rate = `${stream.isConstantFrameRate ? formatFrameRate(frameRate) : formatAverageRate(frameRate)} fps${stream.isConstantFrameRate ? "" : ", variable"}`;
  return [
    [
      `Picture ${stream.streamIndex}`,
      listed(codecText(stream), size, coded, turned(rotationDegrees), fields(fieldOrder)),
    ],
    [
      "Frames",
      listed(
        `${stream.frameCount} at ${rate}`,
        stream.startTimecode === undefined ? "no timecode" : `starts at ${stream.startTimecode.label}`,
      ),
    ],
    ["Color", listed(`${pixelLayout.bitDepth} bit ${chromaText(pixelLayout.chroma)}`, colorText(color))],
  ];
}

function describeAudio(stream: Audio): string {
  const { sampleRateHz, channelCount, channelLayout, bitDepth, sampleCount, language, title, timeReferenceSamples } =
    stream;
  const layout = channelLayout ?? `${channelCount} channels`;
  const recorded =
    timeReferenceSamples === undefined ? "" : `recorded at ${timeOfDay(timeReferenceSamples / sampleRateHz)}`;
  const bits = bitDepth === undefined ? "" : `${bitDepth} bit`;
  return listed(
    codecText(stream),
    layout,
    `${sampleRateHz} Hz`,
    bits,
    `${sampleCount} samples`,
    recorded,
    language,
    title,
  );
}

/** "bt709 / bt709 / bt709, limited range": primaries, transfer and matrix, where the file says them. */
function colorText({ primaries, transfer, matrix, range }: Video["color"]): string {
  const isTagged = [primaries, transfer, matrix].some((tag) => tag !== undefined);
  const tags = isTagged
    ? [primaries, transfer, matrix].map((tag) => tag ?? "untagged").join(" / ")
    : "color not tagged";
  return listed(tags, range === undefined ? "" : `${range} range`);
}

/** "420" -> "4:2:0"; "gray" and "rgb" stay. */
const chromaText = (chroma: string): string => (/^\d/.test(chroma) ? chroma.split("").join(":") : chroma);

const codecText = ({ codec, profile }: Video | Audio): string =>
  profile === undefined ? codec : `${codec} ${profile}`;

/** "01:00:00.000", as a Broadcast Wave names the time since midnight of its first sample. */
const timeOfDay = (seconds: number): string =>
  new Date(Math.round((seconds % 86_400) * 1000)).toISOString().slice(11, 23);

const turned = (degrees: number): string => (degrees === 0 ? "" : `turned by ${degrees}°`);

const fields = (order: Video["fieldOrder"]): string =>
  order === "progressive" || order === "unknown" ? "" : `interlaced, ${order}`;

const listed = (...parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== "").join(", ");
