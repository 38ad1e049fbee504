// Exactness of decoding: in every codec and container, the frame that comes is the frame that was asked for.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ffmpeg, numberedFrames, readFrameNumber, tempFolder, testFfmpeg } from "../support/media.ts";
import { decodeFrame, decodeFrames, openMedia, probeMedia } from "../../src/core/media/index.ts";
import type { DecodeOptions, Ffmpeg, MediaSource } from "../../src/core/media/index.ts";

type Clip = {
  readonly name: string;
  readonly file: string;
  readonly rate?: string;
  readonly encode: readonly string[];
  readonly bitDepth?: number;
};

const clipFrames = 130;

const clips: readonly Clip[] = [
  { name: "H.264 with one long GOP", file: "long.mp4", encode: ["-c:v", "libx264", "-g", "1000", "-bf", "3"] },
  {
    name: "H.264 with open GOPs",
    file: "open.mov",
    rate: "24000/1001",
    encode: [
      "-c:v",
      "libx264",
      "-x264-params",
      "open-gop=1:keyint=24:min-keyint=24:scenecut=0:bframes=4:b-pyramid=normal",
    ],
  },
  {
    name: "H.264 with open GOPs in MKV, whose clock ticks in milliseconds",
    file: "open.mkv",
    rate: "24000/1001",
    encode: [
      "-c:v",
      "libx264",
      "-x264-params",
      "open-gop=1:keyint=24:min-keyint=24:scenecut=0:bframes=4:b-pyramid=normal",
    ],
  },
  {
    name: "H.264 without an edit list, whose first frame starts late",
    file: "no-edits.mp4",
    encode: ["-c:v", "libx264", "-bf", "2", "-g", "30", "-use_editlist", "0"],
  },
  {
    name: "H.264 in MPEG-TS, which starts at 1.4 s",
    file: "late.ts",
    encode: ["-c:v", "libx264", "-bf", "3", "-g", "40"],
  },
  {
    name: "HEVC with open GOPs, 10 bit",
    file: "hevc.mp4",
    rate: "30000/1001",
    encode: [
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-x265-params",
      "keyint=30:open-gop=1:bframes=4:log-level=none",
      "-pix_fmt",
      "yuv420p10le",
    ],
    bitDepth: 10,
  },
  {
    name: "ProRes 422 HQ",
    file: "prores.mov",
    rate: "24000/1001",
    encode: ["-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le"],
    bitDepth: 10,
  },
  {
    name: "DNxHR HQX in MXF",
    file: "dnxhr.mxf",
    encode: ["-c:v", "dnxhd", "-profile:v", "dnxhr_hqx", "-pix_fmt", "yuv422p10le"],
    bitDepth: 10,
  },
  {
    name: "long-GOP MPEG-2 in MXF",
    file: "mpeg2.mxf",
    rate: "30000/1001",
    encode: ["-c:v", "mpeg2video", "-bf", "2", "-g", "15", "-q:v", "2"],
  },
  {
    name: "VP9 in WebM",
    file: "vp9.webm",
    rate: "60",
    encode: [
      "-c:v",
      "libvpx-vp9",
      "-deadline",
      "realtime",
      "-cpu-used",
      "8",
      "-auto-alt-ref",
      "1",
      "-lag-in-frames",
      "12",
    ],
  },
  {
    name: "FFV1 in MKV",
    file: "ffv1.mkv",
    encode: ["-c:v", "ffv1", "-level", "3", "-g", "1", "-pix_fmt", "yuv444p12le"],
    bitDepth: 12,
  },
];

describe("decoding a range yields exactly the frames asked for", async () => {
  const folder = await tempFolder();
  let tools: Ffmpeg;
  const open = (file: string) => openMedia(tools, `${folder.path}/${file}`);

  beforeAll(async () => {
    tools = await testFfmpeg();
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  /** What a frame looks like, with its number; equal only when every sample is. */
  const picturesIn = async (source: MediaSource, options: DecodeOptions) => {
    const pictures: string[] = [];
    for await (using frame of decodeFrames(source, options)) {
      const number = readFrameNumber(frame.planes[0], frame.shape.layout.bitDepth);
      pictures.push(`${number} ${createHash("sha256").update(frame.bytes).digest("hex")}`);
    }
    return pictures;
  };
  const numbersIn = async (source: MediaSource, options: DecodeOptions) => {
    const numbers: number[] = [];
    for await (using frame of decodeFrames(source, options)) {
      expect(frame.isConcealed).toBe(false);
      numbers.push(readFrameNumber(frame.planes[0], frame.shape.layout.bitDepth));
    }
    return numbers;
  };
  const countFrom = (startFrame: number, durationFrames: number) =>
    Array.from({ length: durationFrames }, (_, index) => startFrame + index);

  test.for(clips)("$name", async (clip) => {
    const rate = clip.rate ?? "25";
    await ffmpeg(
      ...numberedFrames({ rate, frameCount: clipFrames, heightPx: 128 }),
      "-pix_fmt",
      "yuv420p",
      ...clip.encode,
      `${folder.path}/${clip.file}`,
    );
    const source = await open(clip.file);
    const facts = source.facts.video[0];
    expect(facts?.frameCount).toBe(clipFrames);
    expect(facts?.isConstantFrameRate).toBe(true);
    expect(`${facts?.frameRate.num}/${facts?.frameRate.den}`).toBe(rate.includes("/") ? rate : `${rate}/1`);
    expect(facts?.pixelLayout.bitDepth).toBe(clip.bitDepth ?? 8);
    // A file too big to read whole has the same facts, from its own tables where it has them.
    const sampled = await probeMedia(tools, source.path, { limits: { scanBytes: 0 } });
    expect(sampled.video[0]).toEqual({ ...facts, frameCountFrom: sampled.video[0]?.frameCountFrom });
    const whole = await picturesIn(source, {});
    expect(whole.map((picture) => parseInt(picture, 10))).toEqual(countFrom(0, clipFrames));
    for (const startFrame of [1, 22, 23, 24, 25, 47, 71, 99, 129]) {
      const part = await picturesIn(source, {
        range: { startFrame, durationFrames: Math.min(3, clipFrames - startFrame) },
      });
      expect(part).toEqual(whole.slice(startFrame, startFrame + 3));
    }
  });

  test("an edit list that begins between key frames hides the frames before it", async () => {
    await ffmpeg("-ss", "1.6", "-i", `${folder.path}/long.mp4`, "-c", "copy", `${folder.path}/edited.mp4`);
    const source = await open("edited.mp4");
    const whole = await numbersIn(source, {});
    expect(whole).toEqual(countFrom(40, 90));
    expect(source.facts.video[0]?.frameCount).toBe(90);
    expect(await numbersIn(source, { range: { startFrame: 50, durationFrames: 2 } })).toEqual([90, 91]);
  });

  test("a variable rate is decoded by its own timestamps", async () => {
    const timing = ["-vf", "setpts='(N+floor(N/7)*2)/30/TB'", "-fps_mode", "passthrough"];
    const coding = ["-c:v", "libx264", "-bf", "2", "-g", "20"];
    const file = `${folder.path}/variable.mp4`;
    await ffmpeg(...numberedFrames({ rate: "30", frameCount: 100 }), ...timing, ...coding, file);
    const source = await open("variable.mp4");
    expect(source.facts.video[0]).toMatchObject({ isConstantFrameRate: false, frameCount: 100 });
    expect(await numbersIn(source, {})).toEqual(countFrom(0, 100));
    for (const startFrame of [6, 7, 8, 55, 96]) {
      expect(await numbersIn(source, { range: { startFrame, durationFrames: 3 } })).toEqual(countFrom(startFrame, 3));
    }
  });

  test("a frame by itself is the one asked for, also as RGB and scaled", async () => {
    const source = await open("open.mov");
    using frame = await decodeFrame(source, 77, { format: "rgb", size: { widthPx: 128, heightPx: 32 } });
    expect(frame.frameIndex).toBe(77);
    expect(frame.bytes.length).toBe(128 * 32 * 3);
    expect(readFrameNumber(frame.planes[0], 8)).toBe(77);
  });

  test("a range outside the stream is refused", async () => {
    const source = await open("open.mov");
    const range = { startFrame: 129, durationFrames: 2 };
    await expect(numbersIn(source, { range })).rejects.toMatchObject({ kind: "refused", code: "media.range-outside" });
  });

  test("leaving the loop early ends the decoder, and its memory is reused while it runs", async () => {
    const source = await open("long.mp4");
    const buffers = new Set<ArrayBufferLike>();
    for await (using frame of decodeFrames(source)) {
      buffers.add(frame.bytes.buffer);
      if (frame.frameIndex === 100) break;
    }
    expect(buffers.size).toBeLessThanOrEqual(8);
  });

  test("what came through the pipe is given back as it is read, not when the collector comes by", async () => {
    const source = await open("long.mp4");
    const size = { widthPx: 640, heightPx: 360 };
    const [startBytes, frameBytes] = [process.memoryUsage().arrayBuffers, (640 * 360 * 3) / 2];
    let mostBytes = 0;
    for await (using frame of decodeFrames(source, { size })) {
      expect(frame.bytes.length).toBe(frameBytes);
      mostBytes = Math.max(mostBytes, process.memoryUsage().arrayBuffers - startBytes);
    }
    // Eight frames of the pool, and room for what else the process does; the whole film is a hundred and thirty.
    expect(mostBytes).toBeLessThan(20 * frameBytes);
  });

  test("an abort ends the decoding with the signal's own reason", async () => {
    const source = await open("long.mp4");
    const controller = new AbortController();
    const reason = new Error("the editor closed");
    const decode = async () => {
      for await (using frame of decodeFrames(source, { signal: controller.signal })) {
        if (frame.frameIndex === 3) controller.abort(reason);
      }
    };
    await expect(decode()).rejects.toBe(reason);
  });
});
