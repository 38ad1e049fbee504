// Writes frames as a folder of 16-bit TIFF pictures, numbered, and reads every one of them back.
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { failed } from "../../shared/failure/index.ts";
import { fsyncFile } from "../base/index.ts";
import type { Progress } from "../base/index.ts";
import { commandArguments } from "./command.ts";
import type { EncodableFrame } from "./encode-frames.ts";
import type { PictureDescription } from "./encode-plan.ts";
import { fileUrl, pipeGuards } from "./limits.ts";
import { optionList } from "./options.ts";
import { runTool } from "./run-tool.ts";
import { toolFailure } from "./tool-failure.ts";
import { ToolProcess } from "./tool-process.ts";
import type { Ffmpeg } from "./toolchain.ts";
import { checkComparison } from "./verify-written.ts";

export type ImagesOptions = {
  /** Made here; it must hold nothing yet. The caller renames it when all is well. */
  readonly folder: string;
  /** Before the number of a picture, without a percent sign. */
  readonly stem: string;
  readonly firstNumber: number;
  readonly picture: PictureDescription;
  readonly signal?: AbortSignal;
  /** In frames; the total is unknown here and given as 0. */
  readonly onProgress?: Progress;
};

export type WrittenImages = { readonly frameCount: number; readonly fileNames: readonly string[] };

/** Enough for a day at 120 frames a second. */
const digits = 8;

/** R, G and B of 16 bits, full range, in the film's own primaries and transfer; as many files as frames. */
export async function encodeImages(
  tools: Ffmpeg,
  frames: AsyncIterable<EncodableFrame>,
  options: ImagesOptions,
): Promise<WrittenImages> {
  const { folder, signal, onProgress } = options;
  await mkdir(folder);
  await using run = new ToolProcess(tools, {
    program: "ffmpeg",
    args: imagesArguments(options),
    stdin: "pipe",
    signal,
  });
  let frameCount = 0;
  for await (using frame of frames) {
    if (!(await write(run.stdin, frame.bytes))) break;
    frameCount += 1;
    onProgress?.(frameCount, 0, "frames");
  }
  run.stdin.end();
  const report = await run.done;
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "write pictures into", path: folder, signal });
  const fileNames = (await readdir(folder)).toSorted();
  for (const name of fileNames) await fsyncFile(join(folder, name));
  await verifyImages(tools, options, { frameCount, fileNames });
  return { frameCount, fileNames };
}

const patternOf = ({ folder, stem }: ImagesOptions): string =>
  fileUrl(`${folder.replaceAll("%", "%%")}/${stem}_%0${digits}d.tif`);

function imagesArguments(options: ImagesOptions): readonly string[] {
  const { picture, firstNumber } = options;
  const { num, den } = picture.frameRate;
  const { matrix, range } = picture.color;
  const isRgb = picture.layout.chroma === "rgb";
  const knownMatrix = matrix === undefined || isRgb || matrix === "unknown" ? "auto" : matrix;
  return commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          ...pipeGuards,
          f: "rawvideo",
          pixel_format: picture.layout.name,
          video_size: `${picture.widthPx}x${picture.heightPx}`,
          framerate: `${num}/${den}`,
        }),
        url: "pipe:0",
      },
    ],
    outputs: [
      {
        options: optionList({
          vf: [
            `scale=in_range=${range === "full" ? "full" : "limited"}:in_color_matrix=${knownMatrix}:out_range=full:flags=bicubic+accurate_rnd+full_chroma_int`,
            "format=rgb48le",
          ].join(","),
          fps_mode: "passthrough",
          "c:v": "tiff",
          compression_algo: "deflate",
          start_number: firstNumber,
          f: "image2",
        }),
        url: patternOf(options),
      },
    ],
  });
}

async function verifyImages(tools: Ffmpeg, options: ImagesOptions, written: WrittenImages): Promise<void> {
  const { folder, firstNumber, picture, signal } = options;
  const args = commandArguments({
    inputs: [
      {
        options: optionList({
          loglevel: "level+error",
          nostats: "",
          progress: "pipe:1",
          xerror: "",
          protocol_whitelist: "file",
          // Not "explode": ffmpeg's TIFF reader then refuses the unit of resolution that its own writer put there.
          err_detect: "crccheck+bitstream+buffer",
          f: "image2",
          start_number: firstNumber,
        }),
        url: patternOf(options),
      },
    ],
    outputs: [{ options: optionList({ f: "null" }), url: "-" }],
  });
  const { report, stdout } = await runTool(tools, { program: "ffmpeg", args, signal });
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "read back", path: folder, signal });
  if (report.errorLineCount > 0)
    throw failed("media.damaged", {
      message: `Expected the pictures in ${folder} to be readable, found: ${report.firstErrorLine ?? ""}.`,
      hint: "Export again.",
      details: { folder },
    });
  const decoded = Number(Array.from(stdout.matchAll(/^frame=(\d+)$/gmu)).at(-1)?.[1] ?? 0);
  const [first = ""] = written.fileNames;
  const size = await pictureOf(tools, join(folder, first), signal);
  checkComparison(folder, {
    pictures: [written.frameCount, written.fileNames.length],
    "decoded pictures": [written.frameCount, decoded],
    "width, height and samples": [`${picture.widthPx},${picture.heightPx},rgb48le`, size],
  });
}

async function pictureOf(tools: Ffmpeg, path: string, signal: AbortSignal | undefined): Promise<string> {
  const args = [
    ...optionList({
      loglevel: "error",
      protocol_whitelist: "file",
      select_streams: "v:0",
      show_entries: "stream=width,height,pix_fmt",
      print_format: "csv=print_section=0",
      f: "tiff_pipe",
    }),
    fileUrl(path),
  ];
  const { stdout } = await runTool(tools, { program: "ffprobe", args, signal });
  return stdout.trim();
}

/** Resolves once the bytes are out of our hands; false when nobody reads any more. */
const write = (stdin: Writable, bytes: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    stdin.write(bytes, (error) => resolve(!error));
  });
