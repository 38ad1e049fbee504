// Plans a proxy: a small H.264 film that a browser plays and seeks, frame for frame on the source's own clock.
import type { AudioStreamFacts, VideoStreamFacts } from "../../shared/project/index.ts";
import { commandArguments } from "./command.ts";
import { swscaleMatrix } from "./decode-plan.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { optionList } from "./options.ts";

export type ProxyPlan = {
  readonly sourcePath: string;
  readonly path: string;
  readonly video: VideoStreamFacts;
  readonly audio: AudioStreamFacts | undefined;
  readonly maxWidthPx: number;
  readonly maxPixels: number;
};

const soundRateHz = 48_000;

/** Every 12th frame is a key frame: a seek decodes at most half a second, and files stay a tenth of an intra codec's. */
const keyFrameInterval = 12;

export function proxyArguments(plan: ProxyPlan): readonly string[] {
  const { video, audio } = plan;
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          progress: "pipe:1",
          copyts: "",
          ...inputGuards(plan.maxPixels),
        }),
        url: fileUrl(plan.sourcePath),
      },
    ],
    outputs: [
      {
        options: optionList({
          map: [`0:${video.streamIndex}`, ...(audio ? [`0:${audio.streamIndex}`] : [])],
          map_metadata: "-1",
          "filter:v": videoFilters(plan).join(","),
          "filter:a": audio && audioFilters(video).join(","),
          fps_mode: "passthrough",
          "c:v": "libx264",
          // Else two frames closer than the average rate would share a tick.
          "enc_time_base:v": video.isConstantFrameRate ? undefined : `1/${clockTicksPerSecond(video)}`,
          "profile:v": "high",
          preset: "veryfast",
          crf: 20,
          "g:v": keyFrameInterval,
          "bf:v": 0,
          "c:a": audio && "aac",
          "b:a": audio && "160k",
          "ac:a": audio && 2,
          f: "mp4",
          movflags: "+faststart",
          video_track_timescale: clockTicksPerSecond(video),
          y: "",
        }),
        url: fileUrl(plan.path),
      },
    ],
  });
}

/** A clock in which every frame at a constant rate begins on a whole tick. */
const clockTicksPerSecond = ({ isConstantFrameRate, frameRate }: VideoStreamFacts): number =>
  isConstantFrameRate ? frameRate.num * Math.ceil(10_000 / frameRate.num) : 90_000;

/**
 * Each frame's time is its place on the grid times the exact frame duration, so that millisecond clocks come out exact and
 * a frame that does not decode leaves a gap instead of shifting what follows.
 */
function timing(video: VideoStreamFacts): readonly string[] {
  const ticksPerSecond = clockTicksPerSecond(video);
  const { firstFrameTicks, timeBase, frameRate } = video;
  const firstTicks = (firstFrameTicks * timeBase.num * ticksPerSecond) / timeBase.den;
  const frameTicks = (ticksPerSecond * frameRate.den) / frameRate.num;
  const place = video.isConstantFrameRate
    ? `round((PTS-(${firstTicks}))/${frameTicks})*${frameTicks}`
    : `PTS-(${Math.round(firstTicks)})`;
  return [`settb=1/${ticksPerSecond}`, `setpts='${place}'`];
}

function videoFilters({ video, maxWidthPx }: ProxyPlan): readonly string[] {
  const { widthPx, heightPx } = proxySize(video, maxWidthPx);
  const isRgb = video.pixelLayout.chroma === "rgb";
  const fields = { "top-first": "tff", "bottom-first": "bff", progressive: undefined, unknown: undefined }[
    video.fieldOrder
  ];
  const colors = isRgb
    ? ":out_color_matrix=bt709"
    : `:in_color_matrix=${swscaleMatrix(video)}:out_color_matrix=${swscaleMatrix(video)}`;
  return [
    ...timing(video),
    ...(fields ? [`yadif=mode=send_frame:parity=${fields}:deint=all`] : []),
    `scale=w=${widthPx}:h=${heightPx}:flags=bicubic:out_range=limited${colors}`,
    "format=yuv420p",
    `setparams=range=tv${isRgb ? ":colorspace=bt709" : ""}`,
    "setsar=1",
  ];
}

/** Upright, square pixels, even sides, at most `maxWidthPx` wide and never larger than the source. */
export function proxySize(video: VideoStreamFacts, maxWidthPx: number): { widthPx: number; heightPx: number } {
  const { widthPx, heightPx } = video.displaySize;
  const scale = Math.min(1, maxWidthPx / widthPx);
  const even = (sidePx: number) => Math.max(2, Math.round((sidePx * scale) / 2) * 2);
  return { widthPx: even(widthPx), heightPx: even(heightPx) };
}

/** Sound begins with the first frame: silence before a late track, an early one cut, gaps filled. */
function audioFilters(video: VideoStreamFacts): readonly string[] {
  const { firstFrameTicks, timeBase } = video;
  const firstSample = Math.round((firstFrameTicks * timeBase.num * soundRateHz) / timeBase.den);
  return [`aresample=${soundRateHz}:async=1:first_pts=${firstSample}`, "asetpts=PTS-STARTPTS"];
}
