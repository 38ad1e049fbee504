// Puts picture and sound tracks into one file without touching the picture, and proves every tag it was asked to write.
import type { MediaFacts } from "../../shared/project/index.ts";
import { failed } from "../../shared/failure/index.ts";
import type { Progress } from "../base/index.ts";
import { readHeaders } from "./ffprobe-report.ts";
import type { FfprobeReport } from "./ffprobe-report.ts";
import type { OutputContainer } from "./encoders.ts";
import { carriedTags, muxArguments } from "./mux-plan.ts";
import type { AudioTrackRequest, CarriedTags, LostTag, MuxInput } from "./mux-plan.ts";
import { probeMedia } from "./probe.ts";
import { ToolProcess } from "./tool-process.ts";
import { toolFailure } from "./tool-failure.ts";
import type { Ffmpeg } from "./toolchain.ts";
import { verifyWritten } from "./verify-written.ts";
import { writeWholeFile } from "./whole-file.ts";
import { onProgressLine } from "./progress-lines.ts";

export type MuxOptions = {
  readonly path: string;
  readonly container: OutputContainer;
  /** Its first video stream is copied, packet by packet. */
  readonly picturePath: string;
  readonly audio: readonly AudioTrackRequest[];
  readonly signal?: AbortSignal;
  /** In frames of the picture. */
  readonly onProgress?: Progress;
};

export type MuxResult = {
  readonly facts: MediaFacts;
  /** What the container could not carry: for a sidecar and for the person who delivers the file. */
  readonly lost: readonly LostTag[];
};

/** Writes the file, decodes it strictly, and compares every frame count and tag with the request. */
export async function muxTracks(tools: Ffmpeg, options: MuxOptions): Promise<MuxResult> {
  const { signal } = options;
  const picture = await inputOf(tools, options.picturePath, { kind: "video", signal });
  const audio: MuxInput[] = [];
  for (const { path, streamIndex } of options.audio) {
    audio.push(await inputOf(tools, path, { kind: "audio", streamIndex, signal }));
  }
  const tracks = options.audio.map((track) => carriedTags(track, options.container));
  const facts = await writeWholeFile(options.path, {
    write: (partial) => runMux(tools, { ...options, path: partial }, { picture, audio }),
    verify: (partial) => verifyMux(tools, partial, { options, picture, tracks }),
  });
  return { facts, lost: tracks.flatMap((track, index) => track.lost.map((tag) => ({ ...tag, trackIndex: index }))) };
}

async function runMux(
  tools: Ffmpeg,
  options: MuxOptions,
  inputs: { readonly picture: MuxInput; readonly audio: readonly MuxInput[] },
): Promise<void> {
  const { signal, onProgress } = options;
  const { path, container, audio: tracks } = options;
  const args = muxArguments({ path, container, ...inputs }, tracks);
  await using run = new ToolProcess(tools, {
    program: "ffmpeg",
    args,
    signal,
    silenceLimitMs: tools.limits.silenceMs,
  });
  onProgressLine(run, (frames) => onProgress?.(frames, 0, "frames"));
  const report = await run.done;
  if (report.exitCode !== 0) throw toolFailure(report, { doing: "write", path: options.path, signal });
}

/** Where the wanted stream lies in the file, and how long after the file's own beginning it starts. */
async function inputOf(
  tools: Ffmpeg,
  path: string,
  wanted: {
    readonly kind: "video" | "audio";
    readonly streamIndex?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<MuxInput> {
  const headers = await readHeaders(tools, path, wanted.signal);
  const stream = headers.streams.find(
    (one) => one.codec_type === wanted.kind && (wanted.streamIndex === undefined || one.index === wanted.streamIndex),
  );
  if (!stream) {
    throw failed("media.no-such-stream", {
      message: `Expected ${wanted.kind} in ${path}, found none${wanted.streamIndex === undefined ? "" : ` as stream ${wanted.streamIndex}`}.`,
      details: { path, ...wanted, signal: undefined },
    });
  }
  return { path, streamIndex: stream.index, leadSeconds: leadOf(headers, stream.index) };
}

/** ffmpeg moves each input to zero by its earliest stream; a later one keeps its distance to that. */
function leadOf(headers: FfprobeReport, streamIndex: number): number {
  const startOf = (index: number) => {
    const text = headers.streams.find((stream) => stream.index === index)?.start_time;
    return Number(text ?? 0) || 0;
  };
  return startOf(streamIndex) - (Number(headers.format.start_time ?? 0) || 0);
}

async function verifyMux(
  tools: Ffmpeg,
  path: string,
  request: { readonly options: MuxOptions; readonly picture: MuxInput; readonly tracks: readonly CarriedTags[] },
): Promise<MediaFacts> {
  const { options, picture, tracks } = request;
  const { signal } = options;
  const before = await probeMedia(tools, picture.path, { signal });
  const pictureBefore = before.video.find((stream) => stream.streamIndex === picture.streamIndex);
  const sound = (await readHeaders(tools, path, signal)).streams.filter((stream) => stream.codec_type === "audio");
  return verifyWritten(tools, path, {
    signal,
    compare: (facts, decodedFrames) => ({
      codec: [pictureBefore?.codec, facts.video[0]?.codec],
      frames: [pictureBefore?.frameCount, facts.video[0]?.frameCount],
      "decoded frames": [pictureBefore?.frameCount, decodedFrames],
      "frame rate": [pictureBefore?.frameRate, facts.video[0]?.frameRate],
      timecode: [pictureBefore?.startTimecode, facts.video[0]?.startTimecode],
      rotation: [pictureBefore?.rotationDegrees, facts.video[0]?.rotationDegrees],
      "audio tracks": [tracks.length, sound.length],
      ...Object.fromEntries(
        tracks.map((track, index) => [`tags of audio track ${index + 1}`, [track.written, track.read(sound[index])]]),
      ),
    }),
  });
}
