// Encodes a stream of frames into a file that is whole, strictly re-read and true to its rate, colour and timecode.
import { rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import type { MediaFacts } from "../../shared/project/index.ts";
import { assert } from "../../shared/failure/index.ts";
import type { Progress } from "../base/index.ts";
import { compareSound } from "./compare-sound.ts";
import { encodeArguments, needsTurning, turnArguments } from "./encode-plan.ts";
import type { EncodePlan, PictureDescription } from "./encode-plan.ts";
import { checkedEncoder, encodedLayout } from "./encoders.ts";
import type { EncoderSettings, OutputContainer, VideoCodec } from "./encoders.ts";
import { frameShape, planarLayout } from "./pixel-layout.ts";
import { readHeaders } from "./ffprobe-report.ts";
import { readFileTags } from "./file-tags.ts";
import type { FileTags } from "./file-tags.ts";
import { runTool } from "./run-tool.ts";
import { checkSound } from "./sound-plan.ts";
import type { SoundTrack } from "./sound-plan.ts";
import { toolFailure } from "./tool-failure.ts";
import { ToolProcess } from "./tool-process.ts";
import type { Ffmpeg } from "./toolchain.ts";
import { verifyWritten } from "./verify-written.ts";
import type { Comparison } from "./verify-written.ts";
import { partialPath, writeWholeFile } from "./whole-file.ts";

/** A picture to encode: bytes as `frameShape` lays them out. Disposed as soon as the encoder has taken it. */
export type EncodableFrame = Disposable & { readonly bytes: Uint8Array };

export type EncodeOptions = {
  readonly path: string;
  readonly container: OutputContainer;
  readonly codec: VideoCodec;
  readonly settings?: EncoderSettings;
  /** `pictureLike(facts)` for frames that come from a source. */
  readonly picture: PictureDescription;
  /** Laid under the picture, sample for sample; none when absent. */
  readonly sound?: readonly SoundTrack[];
  /** What the file says of itself; none when absent. */
  readonly fileTags?: FileTags;
  readonly signal?: AbortSignal;
  /** In frames; the total is unknown here and given as 0. */
  readonly onProgress?: Progress;
};

/**
 * Writes `frames` to `path` and answers with the facts of the written file. The number of frames out is the number of
 * frames in, or it fails with `media.verify-failed`; nothing but a verified file ever stands at `path`.
 */
export async function encodeFrames(
  tools: Ffmpeg,
  frames: AsyncIterable<EncodableFrame>,
  options: EncodeOptions,
): Promise<MediaFacts> {
  checkedEncoder(tools, options.codec, options.container);
  const sound = options.sound ?? [];
  for (const track of sound) checkSound(track, options.container);
  let frameCount = 0;
  return writeWholeFile(options.path, {
    write: async (partial) => {
      const { avutilMajor, limits } = tools;
      const settings = options.settings ?? {};
      const plan = { ...options, path: partial, settings, sound, avutilMajor, maxPixels: limits.maxPixels };
      if (!needsTurning(plan)) {
        frameCount = await feedEncoder(tools, frames, plan);
        return;
      }
      const flatPath = partialPath(partial);
      try {
        frameCount = await feedEncoder(tools, frames, { ...plan, path: flatPath });
        await turn(tools, plan, flatPath);
      } finally {
        await rm(flatPath, { force: true });
      }
    },
    verify: async (partial) => {
      const headers = await readHeaders(tools, partial, options.signal);
      const { container, fileTags } = options;
      const tracks = headers.streams.filter((stream) => stream.codec_type === "audio");
      return await verifyWritten(tools, partial, {
        compare: (facts, decodedFrames) => ({
          ...compareWithRequest(facts, { options, frameCount, decodedFrames }),
          ...compareSound(facts, { sound, container, tracks }),
          "file tags": [fileTags ?? {}, readFileTags(headers, container, fileTags)],
        }),
        signal: options.signal,
      });
    },
  });
}

/** An encoder is silent by nature, and a slow preset at 8K takes long for a frame: five minutes with the usual limits. */
const slowestFrameSilences = 10;

type FeedPlan = EncodePlan & Pick<EncodeOptions, "signal" | "onProgress">;

async function feedEncoder(tools: Ffmpeg, frames: AsyncIterable<EncodableFrame>, plan: FeedPlan): Promise<number> {
  const { picture, signal } = plan;
  const { frameBytes } = frameShape(picture.layout, picture.widthPx, picture.heightPx);
  await using run = new ToolProcess(tools, {
    program: "ffmpeg",
    args: encodeArguments(plan),
    stdin: "pipe",
    signal,
    silenceLimitMs: slowestFrameSilences * tools.limits.silenceMs,
  });
  run.holdSilence();
  let frameCount = 0;
  for await (using frame of frames) {
    assert(frame.bytes.length === frameBytes, `a frame has ${frameBytes} bytes, not ${frame.bytes.length}`);
    // The clock runs only while the encoder is the one to wait for; a model may take its time for a frame.
    run.watchSilence();
    const isTaken = await write(run.stdin, frame.bytes);
    run.holdSilence();
    if (!isTaken) break;
    frameCount += 1;
    plan.onProgress?.(frameCount, 0, "frames");
  }
  run.watchSilence();
  run.stdin.end();
  const report = await run.done;
  if (report.exitCode === 0) return frameCount;
  throw toolFailure(report, { doing: "encode", path: plan.path, signal });
}

async function turn(tools: Ffmpeg, plan: FeedPlan, flatPath: string): Promise<void> {
  const { signal } = plan;
  const args = turnArguments(plan, flatPath);
  const { report } = await runTool(tools, { program: "ffmpeg", args, signal });
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "write the rotation of", path: plan.path, signal });
}

/** Resolves once the bytes are out of our hands, so that their memory may be reused; false when nobody reads any more. */
const write = (stdin: Writable, bytes: Uint8Array): Promise<boolean> =>
  new Promise((resolve) => {
    stdin.write(bytes, (error) => resolve(!error));
  });

type Request = { readonly options: EncodeOptions; readonly frameCount: number; readonly decodedFrames: number };

function compareWithRequest(facts: MediaFacts, { options, frameCount, decodedFrames }: Request): Comparison {
  const { picture, codec } = options;
  const video = facts.video[0];
  const layout = encodedLayout(codec, planarLayout({ ...picture.layout, name: "" }), options.settings ?? {});
  return {
    "decoded frames": [frameCount, decodedFrames],
    frames: [frameCount, video?.frameCount],
    "frame rate": [frameCount > 1 ? picture.frameRate : video?.frameRate, video?.frameRate],
    "width and height": [
      [picture.widthPx, picture.heightPx],
      [video?.codedSize.widthPx, video?.codedSize.heightPx],
    ],
    "bit depth": [layout.bitDepth, video?.pixelLayout.bitDepth],
    chroma: [layout.chroma, video?.pixelLayout.chroma],
    primaries: [picture.color.primaries, video?.color.primaries],
    transfer: [picture.color.transfer, video?.color.transfer],
    matrix: [picture.color.matrix, video?.color.matrix],
    rotation: [picture.rotationDegrees, video?.rotationDegrees],
    timecode: [picture.startTimecode, video?.startTimecode],
  };
}
