// Plans an encoding: raw frames in on standard input, one file out with the picture's own rate, colour and timecode.
import { assert } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import type { FrameRate } from "../../shared/time/index.ts";
import { commandArguments } from "./command.ts";
import { encodedLayout, videoEncoders } from "./encoders.ts";
import type { EncoderSettings, OutputContainer, VideoCodec } from "./encoders.ts";
import { taggedContainer } from "./file-tags.ts";
import type { FileTags } from "./file-tags.ts";
import { fileUrl, pipeGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import type { OptionTable } from "./options.ts";
import { planarLayout } from "./pixel-layout.ts";
import type { PixelLayout } from "./pixel-layout.ts";
import { soundFilter, soundInput, soundOptions } from "./sound-plan.ts";
import type { SoundTrack } from "./sound-plan.ts";

/** What frames are, besides their samples. */
export type PictureDescription = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly layout: PixelLayout;
  readonly frameRate: FrameRate;
  readonly color: VideoStreamFacts["color"];
  readonly pixelAspectRatio: VideoStreamFacts["pixelAspectRatio"];
  readonly fieldOrder: VideoStreamFacts["fieldOrder"];
  readonly rotationDegrees: VideoStreamFacts["rotationDegrees"];
  readonly startTimecode: VideoStreamFacts["startTimecode"];
};

/** The description of a source's frames as `decodeFrames` yields them in format "source". */
export const pictureLike = (facts: VideoStreamFacts): PictureDescription => ({
  ...facts.codedSize,
  layout: planarLayout(facts.pixelLayout),
  frameRate: facts.frameRate,
  color: facts.color,
  pixelAspectRatio: facts.pixelAspectRatio,
  fieldOrder: facts.fieldOrder,
  rotationDegrees: facts.rotationDegrees,
  startTimecode: facts.startTimecode,
});

export type EncodePlan = {
  readonly path: string;
  readonly container: OutputContainer;
  readonly codec: VideoCodec;
  readonly settings: EncoderSettings;
  readonly picture: PictureDescription;
  /** Under the picture, in the order of the file's tracks. */
  readonly sound: readonly SoundTrack[];
  readonly fileTags?: FileTags;
  readonly maxPixels: number;
  /** Major version of libavutil; rotation is told differently from 58 (ffmpeg 6) on. */
  readonly avutilMajor: number;
};

export function encodeArguments(plan: EncodePlan): readonly string[] {
  const { picture, codec, container } = plan;
  const { encoder, options } = videoEncoders[codec];
  const { num, den } = picture.frameRate;
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          // Sound is cut by its own timestamps; the picture's begin at 0 with or without.
          copyts: plan.sound.length > 0 ? "" : undefined,
          ...pipeGuards,
          noautorotate: "",
          // Counter-clockwise.
          display_rotation: needsTurning(plan) ? undefined : -picture.rotationDegrees || undefined,
          f: "rawvideo",
          pixel_format: picture.layout.name,
          video_size: `${picture.widthPx}x${picture.heightPx}`,
          framerate: `${num}/${den}`,
        }),
        url: "pipe:0",
      },
      ...plan.sound.map((track) => soundInput(track, plan.maxPixels)),
    ],
    outputs: [
      {
        options: optionList({
          map: ["0:v", ...plan.sound.map(({ stream }, index) => `${index + 1}:${stream.streamIndex}`)],
          "filter:v": encodeFilters(plan).join(","),
          fps_mode: "passthrough",
          "c:v": encoder,
          ...options(plan.settings, container),
          ...interlaceFlags(picture),
          ...Object.fromEntries(plan.sound.map((track, index) => [`filter:a:${index}`, soundFilter(track)])),
          ...Object.assign({}, ...plan.sound.map((track, index) => soundOptions(track, index, container))),
          timecode: picture.startTimecode?.label,
          ...timescale(container, num),
          ...taggedContainer(container, plan.fileTags),
          y: "",
        }),
        url: fileUrl(plan.path),
      },
    ],
  });
}

/** Before ffmpeg 6 an encoder loses the rotation, and only a stream copy can write it. */
export const needsTurning = ({ picture, avutilMajor }: Pick<EncodePlan, "picture" | "avutilMajor">): boolean =>
  picture.rotationDegrees !== 0 && avutilMajor < 58;

/** The stream copy that writes the rotation, for ffmpeg 5. */
export function turnArguments(plan: EncodePlan, encodedPath: string): readonly string[] {
  const { container, picture } = plan;
  return commandArguments({
    inputs: [
      { options: optionList({ loglevel: "level+error", protocol_whitelist: "file" }), url: fileUrl(encodedPath) },
    ],
    outputs: [
      {
        options: optionList({
          map: ["0:v", "0:a?"],
          c: "copy",
          // The tag counts counter-clockwise on the way in, whatever it says on the way out.
          "metadata:s:v:0": `rotate=${360 - picture.rotationDegrees}`,
          ...timescale(container, picture.frameRate.num),
          ...taggedContainer(container, plan.fileTags),
          y: "",
        }),
        url: fileUrl(plan.path),
      },
    ],
  });
}

/** Movie clocks must tick in the rate's numerator, or timestamps are rounded: 24000 ticks a second hold 1001 a frame. */
function timescale(container: OutputContainer, rateNumerator: number): OptionTable {
  if (container !== "mp4" && container !== "mov") return {};
  return { video_track_timescale: rateNumerator * Math.ceil(10_000 / rateNumerator) };
}

function interlaceFlags({ fieldOrder }: PictureDescription): OptionTable {
  return fieldOrder === "top-first" || fieldOrder === "bottom-first" ? { "flags:v": "+ildct+ilme" } : {};
}

/**
 * Tags are set on the frames, not on the encoder: ffmpeg 5.1 lets the frames' tags win. Depth and subsampling are
 * converted only where the codec cannot hold the frames' own, with range in equal to range out.
 */
function encodeFilters({ picture, codec, settings }: EncodePlan): readonly string[] {
  const { color } = picture;
  const range = ({ limited: "tv", full: "pc" } as const)[color.range ?? "limited"];
  const target = encodedLayout(codec, planarLayout({ ...picture.layout, name: "" }), settings);
  const isConverting = target.name !== picture.layout.name;
  const fields = ({ "top-first": "tff", "bottom-first": "bff", progressive: "prog", unknown: "auto" } as const)[
    picture.fieldOrder
  ];
  const parameters = {
    range: color.range && range,
    color_primaries: color.primaries,
    color_trc: color.transfer,
    colorspace: color.matrix,
    field_mode: fields,
  };
  const set = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    assert(/^[a-z0-9-]+$/.test(value), `a colour tag is one of ffmpeg's names, not ${JSON.stringify(value)}`);
    return [`${name}=${value}`];
  });
  const { num, den } = picture.pixelAspectRatio;
  return [
    ...(isConverting
      ? [
          `scale=in_range=${range}:out_range=${range}:flags=bicubic+accurate_rnd+full_chroma_int`,
          `format=${target.name}`,
        ]
      : []),
    `setparams=${set.join(":")}`,
    `setsar=${num}/${den}`,
  ];
}
