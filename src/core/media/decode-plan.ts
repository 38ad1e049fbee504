// Plans the decoding of a frame range: where to seek, what to cut by timestamp, and in which layout frames come out.
import { refused } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import type { FrameRange } from "../../shared/time/index.ts";
import { commandArguments } from "./command.ts";
import type { FrameClock } from "./frame-clock.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import { frameShape, planarLayout } from "./pixel-layout.ts";
import type { FrameShape } from "./pixel-layout.ts";

/**
 * "source": planar YUV (or planar RGB) at the source's own depth and subsampling, untouched.
 * "rgb": packed 8-bit RGB, full range, converted by the file's own matrix and range.
 */
export type FrameFormat = "source" | "rgb";

export type FrameSize = { readonly widthPx: number; readonly heightPx: number };

export type PictureRequest = {
  readonly format: FrameFormat;
  /** Scaled to this with a bicubic filter; the coded size otherwise. */
  readonly size?: FrameSize | undefined;
  /** "exact" when absent. */
  readonly scaling?: FrameScaling | undefined;
};

/**
 * "exact": rounded as accurately as swscale can, for what is measured or written. "quick": a third of the time; colours are
 * off by a level or two and edges of colour are coarser, which no detector notices.
 */
export type FrameScaling = "exact" | "quick";

const scalingFlags: Readonly<Record<FrameScaling, string>> = {
  exact: "bicubic+accurate_rnd+full_chroma_int+full_chroma_inp",
  quick: "bilinear",
};

/** Codecs without frames that depend on others: one frame is decoded for one frame asked. */
const intraCodecs = new Set([
  "prores",
  "dnxhd",
  "ffv1",
  "mjpeg",
  "rawvideo",
  "v210",
  "v410",
  "jpeg2000",
  "qtrle",
  "png",
  "huffyuv",
  "utvideo",
]);

/** No codec we read shows a picture more than 16 places from where it was decoded (H.264's and HEVC's DPB). */
const reorderFrames = 17;

/**
 * Frames to step back before seeking, tried in this order. The first is far enough for every regular file: the key frame
 * at or before it has all its dependants' references behind it, open GOPs included. The others are for files whose index
 * lies; the last is the beginning.
 */
export const stepsBack = (codec: string): readonly number[] => [
  intraCodecs.has(codec) ? 1 : reorderFrames,
  300,
  Infinity,
];

export function framesOut(facts: VideoStreamFacts, picture: PictureRequest): FrameShape {
  const { widthPx, heightPx } = picture.size ?? facts.codedSize;
  const layout =
    picture.format === "source"
      ? planarLayout(facts.pixelLayout)
      : ({ name: "rgb24", bitDepth: 8, chroma: "rgb", hasAlpha: false } as const);
  return frameShape(layout, widthPx, heightPx);
}

type DecodePlan = {
  readonly path: string;
  readonly facts: VideoStreamFacts;
  readonly clock: FrameClock;
  readonly range: FrameRange;
  readonly picture: PictureRequest;
  /** Frames before the range at which to enter the file; Infinity for its beginning. */
  readonly stepBackFrames: number;
  readonly maxPixels: number;
};

/**
 * The arguments that write exactly the frames of `range` to stdout, and one `showinfo` line with the timestamp of each to
 * stderr. Timestamps stay the file's own (`copyts`), so the cut is by timestamp and does not depend on where the seek
 * landed; that the cut found its frames is then checked line by line.
 */
export function decodeArguments(plan: DecodePlan): readonly string[] {
  const { facts, range, clock, stepBackFrames } = plan;
  const entryFrame = range.startFrame - stepBackFrames;
  const isSeeking = entryFrame > 0;
  const endFrame = range.startFrame + range.durationFrames;
  const cut = {
    start_pts: range.startFrame > 0 ? clock.boundaryTicks(range.startFrame) : undefined,
    end_pts: endFrame < facts.frameCount ? clock.boundaryTicks(endFrame) : undefined,
  };
  const filters = [
    `settb=${facts.timeBase.num}/${facts.timeBase.den}`,
    filter("trim", cut),
    "showinfo=checksum=0",
    ...pictureFilters(facts, plan.picture),
  ].filter((text) => text !== undefined);
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+info",
          nostats: "",
          copyts: "",
          ...inputGuards(plan.maxPixels),
          seek_timestamp: isSeeking ? 1 : undefined,
          noaccurate_seek: isSeeking ? "" : undefined,
          ss: isSeeking ? clock.secondsOf(entryFrame).toFixed(6) : undefined,
          noautorotate: "",
        }),
        url: fileUrl(plan.path),
      },
    ],
    outputs: [
      {
        options: optionList({
          map: `0:${facts.streamIndex}`,
          "filter:v": filters.join(","),
          fps_mode: "passthrough",
          f: "rawvideo",
          pix_fmt: framesOut(facts, plan.picture).layout.name,
        }),
        url: "pipe:1",
      },
    ],
  });
}

const filter = (name: string, options: Readonly<Record<string, string | number | undefined>>): string | undefined => {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return set.length === 0 ? undefined : `${name}=${set.map(([key, value]) => `${key}=${value}`).join(":")}`;
};

function pictureFilters(facts: VideoStreamFacts, picture: PictureRequest): readonly (string | undefined)[] {
  const isConverting = picture.format === "rgb" && facts.pixelLayout.chroma !== "rgb";
  if (!isConverting && !picture.size) return [];
  return [
    filter("scale", {
      w: picture.size?.widthPx,
      h: picture.size?.heightPx,
      flags: scalingFlags[picture.scaling ?? "exact"],
      in_color_matrix: isConverting ? swscaleMatrix(facts) : undefined,
      in_range: isConverting ? (facts.color.range ?? "limited") : undefined,
      out_range: isConverting ? "full" : undefined,
    }),
  ];
}

/** Matrix names swscale knows; an untagged picture is read as players do: BT.709 from 720 lines up, BT.601 below. */
const swscaleMatrices: Readonly<Record<string, string>> = {
  bt709: "bt709",
  fcc: "fcc",
  bt470bg: "bt601",
  smpte170m: "bt601",
  smpte240m: "smpte240m",
  bt2020nc: "bt2020",
  bt2020c: "bt2020",
};

export function swscaleMatrix(facts: VideoStreamFacts): string {
  const tagged = swscaleMatrices[facts.color.matrix ?? ""];
  return tagged ?? (facts.codedSize.heightPx >= 720 ? "bt709" : "bt601");
}

/** The range itself when it lies in the stream; refused otherwise. The whole stream when none is given. */
export function checkedRange(facts: VideoStreamFacts, range: FrameRange | undefined, path: string): FrameRange {
  if (!range) return { startFrame: 0, durationFrames: facts.frameCount };
  const endFrame = range.startFrame + range.durationFrames;
  if (range.startFrame >= 0 && range.durationFrames >= 0 && endFrame <= facts.frameCount) return range;
  throw refused("media.range-outside", {
    message: `Expected frames within 0 to ${facts.frameCount} of ${path}, found ${range.startFrame} to ${endFrame}.`,
    hint: "Probe the file again: it may have been replaced by a shorter one.",
    details: { path, frameCount: facts.frameCount, ...range },
  });
}
