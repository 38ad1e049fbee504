// Thumbnails: one JPEG with a grid of small pictures at even steps, made in one pass, and a JSON page that explains it.
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { refused } from "../../shared/failure/index.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";
import { writeFileDurably } from "../base/index.ts";
import type { Progress } from "../base/index.ts";
import { commandArguments } from "./command.ts";
import { fileUrl, inputGuards } from "./limits.ts";
import { videoStreamOf } from "./media-source.ts";
import type { MediaSource } from "./media-source.ts";
import { optionList } from "./options.ts";
import { onProgressLine } from "./progress-lines.ts";
import { toolFailure } from "./tool-failure.ts";
import { ToolProcess } from "./tool-process.ts";
import { writeWholeFile } from "./whole-file.ts";

const layoutSchema = z
  .object({
    version: z.literal(1),
    columns: z.int().positive(),
    rows: z.int().positive(),
    /** Of one thumbnail. */
    widthPx: z.int().positive(),
    heightPx: z.int().positive(),
    /** Thumbnail n shows frame n * stepFrames; it stands in column n % columns and row floor(n / columns). */
    stepFrames: z.int().positive(),
    count: z.int().positive(),
  })
  .readonly();

export type ThumbnailLayout = z.infer<typeof layoutSchema>;

type ThumbnailOptions = {
  /** Of the JPEG; the page stands beside it as PATH.json and is written last. */
  readonly path: string;
  /** 96 when absent. */
  readonly heightPx?: number;
  /** 900 when absent. */
  readonly maxCount?: number;
  readonly signal?: AbortSignal;
  /** In thumbnails. */
  readonly onProgress?: Progress;
};

/** Even steps of at least half a second, as many as `maxCount` at most; a grid as square as they allow. */
export function planThumbnails(video: VideoStreamFacts, heightPx: number, maxCount: number): ThumbnailLayout {
  const halfSecondFrames = Math.max(1, Math.round(video.frameRate.num / video.frameRate.den / 2));
  const stepFrames = Math.max(halfSecondFrames, Math.ceil(video.frameCount / maxCount));
  const count = Math.max(1, Math.ceil(video.frameCount / stepFrames));
  const columns = Math.ceil(Math.sqrt(count));
  const widthPx = Math.max(2, Math.round((video.displaySize.widthPx * heightPx) / video.displaySize.heightPx / 2) * 2);
  return { version: 1, columns, rows: Math.ceil(count / columns), widthPx, heightPx, stepFrames, count };
}

/** Decodes the source once; give the proxy of a long film, it is many times faster. */
export async function makeThumbnails(source: MediaSource, options: ThumbnailOptions): Promise<ThumbnailLayout> {
  const { tools } = source;
  const { signal, path } = options;
  const video = videoStreamOf(source);
  const layout = planThumbnails(video, options.heightPx ?? 96, options.maxCount ?? 900);
  await writeWholeFile(path, {
    write: async (partial) => {
      const args = thumbnailArguments(source.path, partial, { video, layout, maxPixels: tools.limits.maxPixels });
      await using run = new ToolProcess(tools, {
        program: "ffmpeg",
        args,
        signal,
        silenceLimitMs: tools.limits.silenceMs,
      });
      onProgressLine(run, (count) => options.onProgress?.(count, layout.count, "pictures"));
      const report = await run.done;
      if (report.exitCode !== 0) throw toolFailure(report, { doing: "make thumbnails of", path: source.path, signal });
    },
    verify: (partial) => checkJpeg(partial, source.path),
  });
  await writeFileDurably(`${path}.json`, JSON.stringify(layout));
  return layout;
}

/** Reads the page at `path`. */
export async function readThumbnailLayout(path: string): Promise<ThumbnailLayout> {
  return layoutSchema.parse(JSON.parse(await readFile(path, "utf8")));
}

function thumbnailArguments(
  sourcePath: string,
  path: string,
  plan: { readonly video: VideoStreamFacts; readonly layout: ThumbnailLayout; readonly maxPixels: number },
): readonly string[] {
  const { video, layout, maxPixels } = plan;
  const filters = [
    `select='not(mod(n,${layout.stepFrames}))'`,
    `scale=w=${layout.widthPx}:h=${layout.heightPx}:flags=area:out_range=full`,
    "format=yuvj420p",
    "setsar=1",
    `tile=${layout.columns}x${layout.rows}`,
  ];
  return commandArguments({
    inputs: [
      {
        options: optionList({ loglevel: "level+error", nostats: "", progress: "pipe:1", ...inputGuards(maxPixels) }),
        url: fileUrl(sourcePath),
      },
    ],
    outputs: [
      {
        options: optionList({
          map: `0:${video.streamIndex}`,
          "filter:v": filters.join(","),
          fps_mode: "passthrough",
          "frames:v": 1,
          "c:v": "mjpeg",
          "q:v": 4,
          // Not image2: that one would read a "%d" in the path as a counter.
          f: "mjpeg",
          y: "",
        }),
        url: fileUrl(path),
      },
    ],
  });
}

/** A JPEG begins with FF D8 and ends with FF D9. */
async function checkJpeg(path: string, sourcePath: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length > 4 && bytes.readUInt16BE(0) === 0xffd8 && bytes.readUInt16BE(bytes.length - 2) === 0xffd9) return;
  throw refused("media.damaged", {
    message: `Expected pictures in ${sourcePath}, found none that decodes.`,
    hint: "Copy the file again from its origin.",
    details: { path: sourcePath },
  });
}
