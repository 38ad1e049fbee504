// Plans a splice: which stretches of a film are copied, packet by packet, and which are new, in one list for ffmpeg.
import { assert } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import { subtractRanges } from "../../shared/time/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import { commandArguments } from "./command.ts";
import { containerOptions } from "./encoders.ts";
import type { OutputContainer, VideoCodec } from "./encoders.ts";
import { fileUrl } from "./limits.ts";
import { optionList } from "./options.ts";

/** A codec whose every packet is a whole picture, in the one profile that we write, too. */
type SpliceableForm = { readonly codec: string; readonly profile: string | undefined };

const spliceableForms: Readonly<Partial<Record<VideoCodec, SpliceableForm>>> = {
  "prores-422-hq": { codec: "prores", profile: "HQ" },
  "dnxhr-hqx": { codec: "dnxhd", profile: "DNXHR HQX" },
  // The codec's private header must agree, too; that shows only when a new piece has been encoded.
  ffv1: { codec: "ffv1", profile: undefined },
};

/** Why no packet of `source` can stand in a film of `codec`; undefined when they can. */
export function whyNotSpliced(source: VideoStreamFacts, codec: VideoCodec): string | undefined {
  const form = spliceableForms[codec];
  if (form === undefined) return `${codec} pictures depend on each other`;
  if (source.codec !== form.codec) return `the source is ${source.codec}`;
  if (form.profile !== undefined && source.profile !== form.profile) {
    return `the source's profile is ${source.profile ?? "unknown"}, not ${form.profile}`;
  }
  if (!source.isConstantFrameRate) return "the source's frame rate varies";
  return source.rotationDegrees === 0 ? undefined : "the source is stored rotated";
}

/** A stretch of the film: frames of the source, or a new piece in a file of its own. */
export type SplicePart =
  | { readonly kind: "copied"; readonly range: FrameRange }
  | { readonly kind: "new"; readonly range: FrameRange; readonly piecePath: string };

/** The parts of a film of `frameCount` frames in order. New pieces do not overlap and lie within the film. */
export function spliceParts(
  frameCount: number,
  pieces: readonly { readonly range: FrameRange; readonly piecePath: string }[],
): readonly SplicePart[] {
  const whole = { startFrame: 0, durationFrames: frameCount };
  const copied = subtractRanges(
    [whole],
    pieces.map(({ range }) => range),
  );
  const parts: SplicePart[] = [
    ...copied.map((range): SplicePart => ({ kind: "copied", range })),
    ...pieces.map((piece): SplicePart => ({ kind: "new", ...piece })),
  ].toSorted((left, right) => left.range.startFrame - right.range.startFrame);
  const total = parts.reduce((sum, { range }) => sum + range.durationFrames, 0);
  assert(total === frameCount, `the parts of a splice make up its ${frameCount} frames, not ${total}`);
  return parts;
}

/** The containers whose packets can be listed: a film is spliced in its own, and put into another after. */
const spliceContainers = new Set<string>(["mov", "mkv", "mxf"] satisfies OutputContainer[]);

export const isSpliceContainer = (kind: string): kind is OutputContainer => spliceContainers.has(kind);

/** A path inside single quotes, where only a quote needs care: it is closed, escaped and opened again. */
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/** Microseconds, which is what a list holds, never later than meant. */
const listTime = (seconds: number): string => (Math.floor(seconds * 1e6) / 1e6).toFixed(6);

/** Where each frame of the source really lies, on the file's own clock. */
export type FrameTimes = { readonly secondsOf: (frameIndex: number) => number; readonly frameCount: number };

/** By the packets' own timestamps: a container rounds each to its ticks, so a grid would miss some by one. */
export const frameTimes = ({ timeBase }: VideoStreamFacts, frameTicks: Float64Array): FrameTimes => ({
  secondsOf: (frameIndex) => ((frameTicks[frameIndex] ?? 0) * timeBase.num) / timeBase.den,
  frameCount: frameTicks.length,
});

/** The list for ffmpeg's concat demuxer. Times are the source's own. */
export function spliceList(
  parts: readonly SplicePart[],
  source: { readonly path: string; readonly times: FrameTimes; readonly facts: VideoStreamFacts },
): string {
  const { path, times, facts } = source;
  const frameSeconds = facts.frameRate.den / facts.frameRate.num;
  const entries = parts.flatMap((part) => {
    const { startFrame, durationFrames } = part.range;
    // Said, not measured: a piece's own duration is rounded to its container's ticks, and roundings would add up.
    if (part.kind === "new") {
      return [`file ${quoted(part.piecePath)}`, `duration ${listTime(durationFrames * frameSeconds)}`];
    }
    // A seek lands on the last picture at or before the in point: a microsecond later it is the first frame itself.
    const inPoint = startFrame === 0 ? [] : [`inpoint ${listTime(times.secondsOf(startFrame) + 2e-6)}`];
    const endFrame = startFrame + durationFrames;
    const outPoint = endFrame >= times.frameCount ? [] : [`outpoint ${listTime(times.secondsOf(endFrame))}`];
    return [`file ${quoted(path)}`, ...inPoint, ...outPoint];
  });
  return ["ffconcat version 1.0", ...entries, ""].join("\n");
}

export type SpliceOutput = {
  readonly listPath: string;
  readonly path: string;
  readonly container: OutputContainer;
  readonly facts: VideoStreamFacts;
};

/**
 * Copies the packets of the list into one file. In a movie each gets its place by its count, so that no rounding of the
 * parts is left; Matroska rounds to milliseconds, and MXF counts its pictures, anyway.
 */
export function spliceArguments({ listPath, path, container, facts }: SpliceOutput): readonly string[] {
  const { num, den } = facts.frameRate;
  const isMovie = container === "mov";
  // Ticks of the movie's own clock from the start: ffmpeg 5.1 does not bring the filter's clock to that of the track.
  const ticksPerUnit = Math.ceil(10_000 / num);
  const timescale = num * ticksPerUnit;
  const frameTicks = den * ticksPerUnit;
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          // The list is ours, and so are the names in it: the source itself was opened behind the usual guards before.
          protocol_whitelist: "file",
          f: "concat",
          safe: 0,
        }),
        url: fileUrl(listPath),
      },
    ],
    outputs: [
      {
        options: optionList({
          map: "0:v:0",
          c: "copy",
          "bsf:v": isMovie ? `setts=ts=N*${frameTicks}:duration=${frameTicks}:time_base=1/${timescale}` : undefined,
          video_track_timescale: isMovie ? timescale : undefined,
          timecode: facts.startTimecode?.label,
          ...containerOptions[container],
          y: "",
        }),
        url: fileUrl(path),
      },
    ],
  });
}
