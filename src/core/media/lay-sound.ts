// Lays sound under a finished picture, whose packets are copied as they are, and reads the whole file back.
import type { MediaFacts } from "../../shared/project/index.ts";
import { commandArguments } from "./command.ts";
import { compareSound } from "./compare-sound.ts";
import type { OutputContainer } from "./encoders.ts";
import { readHeaders } from "./ffprobe-report.ts";
import { readFileTags, taggedContainer } from "./file-tags.ts";
import type { FileTags } from "./file-tags.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { videoStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { optionList } from "./options.ts";
import { runTool } from "./run-tool.ts";
import { checkSound, soundFilter, soundInput, soundOptions } from "./sound-plan.ts";
import type { SoundTrack } from "./sound-plan.ts";
import { toolFailure } from "./tool-failure.ts";
import { verifyWritten } from "./verify-written.ts";
import { writeWholeFile } from "./whole-file.ts";

export type LaySoundOptions = {
  readonly path: string;
  readonly container: OutputContainer;
  readonly sound: readonly SoundTrack[];
  readonly fileTags?: FileTags;
  readonly signal?: AbortSignal;
};

/** The picture of `source`, packet by packet, with `sound` under it; whole and verified at its path, or absent. */
export async function laySound(source: MediaSource, options: LaySoundOptions): Promise<MediaFacts> {
  const { tools } = source;
  const { container, sound, fileTags, signal } = options;
  for (const track of sound) checkSound(track, container);
  const picture = videoStreamOf(source);
  return await writeWholeFile(options.path, {
    write: async (partial) => {
      const args = layArguments(source, { ...options, path: partial });
      const silenceLimitMs = tools.limits.silenceMs;
      const { report } = await runTool(tools, { program: "ffmpeg", args, signal, silenceLimitMs });
      if (report.exitCode !== 0) throw toolFailure(report, { doing: "write", path: options.path, signal });
    },
    verify: async (partial) => {
      const headers = await readHeaders(tools, partial, signal);
      const tracks = headers.streams.filter((stream) => stream.codec_type === "audio");
      return await verifyWritten(tools, partial, {
        signal,
        compare: (facts, decodedFrames) => ({
          "decoded frames": [picture.frameCount, decodedFrames],
          frames: [picture.frameCount, facts.video[0]?.frameCount],
          "frame rate": [
            picture.frameCount > 1 ? picture.frameRate : facts.video[0]?.frameRate,
            facts.video[0]?.frameRate,
          ],
          "bit depth": [picture.pixelLayout.bitDepth, facts.video[0]?.pixelLayout.bitDepth],
          color: [picture.color, facts.video[0]?.color],
          timecode: [picture.startTimecode, facts.video[0]?.startTimecode],
          "file tags": [fileTags ?? {}, readFileTags(headers, container, fileTags)],
          ...compareSound(facts, { sound, container, tracks }),
        }),
      });
    },
  });
}

function layArguments(source: MediaSource, { path, container, sound, fileTags }: LaySoundOptions): readonly string[] {
  const { maxPixels } = source.tools.limits;
  const picture = videoStreamOf(source);
  const { num } = picture.frameRate;
  const isMovie = container === "mov" || container === "mp4";
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          copyts: sound.length > 0 ? "" : undefined,
          ...inputGuards(maxPixels),
        }),
        url: fileUrl(source.path),
      },
      ...sound.map((track) => soundInput(track, maxPixels)),
    ],
    outputs: [
      {
        options: optionList({
          map: [`0:${picture.streamIndex}`, ...sound.map(({ stream }, index) => `${index + 1}:${stream.streamIndex}`)],
          "c:v": "copy",
          ...Object.fromEntries(sound.map((track, index) => [`filter:a:${index}`, soundFilter(track)])),
          ...Object.assign({}, ...sound.map((track, index) => soundOptions(track, index, container))),
          timecode: picture.startTimecode?.label,
          video_track_timescale: isMovie ? num * Math.ceil(10_000 / num) : undefined,
          ...taggedContainer(container, fileTags),
          y: "",
        }),
        url: fileUrl(path),
      },
    ],
  });
}
