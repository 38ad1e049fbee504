// Makes the proxy of a source: what the editor's player plays, frame for frame the same film.
import { failed } from "../../shared/failure/index.ts";
import type { MediaFacts } from "../../shared/project/index.ts";
import type { Progress } from "../base/index.ts";
import { audioStreamOf, videoStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { probeMedia } from "./probe.ts";
import { onProgressLine } from "./progress-lines.ts";
import { proxyArguments } from "./proxy-plan.ts";
import { toolFailure } from "./tool-failure.ts";
import { ToolProcess } from "./tool-process.ts";
import { writeWholeFile } from "./whole-file.ts";

type ProxyOptions = {
  readonly path: string;
  /** 1280 when absent. */
  readonly maxWidthPx?: number;
  /** The track to hear; the first one when absent. */
  readonly audioStreamIndex?: number;
  readonly signal?: AbortSignal;
  /** In frames. */
  readonly onProgress?: Progress;
};

export type ProxyResult = {
  readonly facts: MediaFacts;
  /** Frames of a damaged source that do not decode: the player holds the one before, and nothing after them shifts. */
  readonly missingFrames: number;
};

/**
 * At its end ffmpeg moves the index to the front by writing the whole file once more, without a word: gigabytes for a
 * feature film, on a slow disk minutes.
 */
const rewritingSilences = 10;

/** Writes an MP4 (H.264, 8 bit 4:2:0, stereo AAC) with the source's rate and frame count, upright, from frame 0. */
export async function makeProxy(source: MediaSource, options: ProxyOptions): Promise<ProxyResult> {
  const { signal } = options;
  const { tools } = source;
  const video = videoStreamOf(source);
  const hasSound = source.facts.audio.length > 0;
  const audio = hasSound ? audioStreamOf(source, options.audioStreamIndex) : undefined;
  const plan = { sourcePath: source.path, video, audio, maxWidthPx: options.maxWidthPx ?? 1280 };
  const facts = await writeWholeFile(options.path, {
    write: async (partial) => {
      const args = proxyArguments({ ...plan, path: partial, maxPixels: tools.limits.maxPixels });
      await using run = new ToolProcess(tools, {
        program: "ffmpeg",
        args,
        signal,
        silenceLimitMs: rewritingSilences * tools.limits.silenceMs,
      });
      onProgressLine(run, (frames) => options.onProgress?.(frames, video.frameCount, "frames"));
      const report = await run.done;
      if (report.exitCode !== 0) throw toolFailure(report, { doing: "make a proxy of", path: source.path, signal });
    },
    verify: (partial) => probeMedia(tools, partial, { signal }),
  });
  const foundFrames = facts.video[0]?.frameCount ?? 0;
  if (foundFrames > video.frameCount || foundFrames === 0) {
    throw failed("media.proxy-uneven", {
      message: `Expected ${video.frameCount} frames in the proxy of ${source.path}, found ${foundFrames}.`,
      hint: "Probe the file again: it may have changed since its import.",
      details: { path: source.path, expectedFrames: video.frameCount, foundFrames },
    });
  }
  return { facts, missingFrames: video.frameCount - foundFrames };
}
