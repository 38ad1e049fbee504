// Encoding: frames, rate, colour and timecode out are those that went in, and a file is whole or absent.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeFrames, encodeFrames, frameShape, openMedia, pictureLike } from "../../src/core/media/index.ts";
import type { EncodeOptions, Ffmpeg, MediaSource, PictureDescription } from "../../src/core/media/index.ts";
import { ffmpeg, numberedFrames, readFrameNumber, tempFolder, testFfmpeg } from "../support/media.ts";

const frameCount = 40;

/** What editors deliver: depth, rate, colour and timecode that must come back. */
const sources = {
  "8 bit 4:2:0, 24000/1001, BT.709": {
    file: "sdr.mkv",
    rate: "24000/1001",
    encode: ["-pix_fmt", "yuv420p", "-timecode", "01:00:00:00"],
    color: ["bt709", "bt709", "bt709"],
  },
  "10 bit 4:2:2, 30000/1001 drop-frame, BT.2020 PQ": {
    file: "hdr.mkv",
    rate: "30000/1001",
    encode: ["-pix_fmt", "yuv422p10le", "-timecode", "10:00:00;02"],
    color: ["bt2020", "smpte2084", "bt2020nc"],
  },
} as const;

type SourceName = keyof typeof sources;

const outputs: readonly (Pick<EncodeOptions, "codec" | "container"> & { readonly from: SourceName })[] = [
  { codec: "h264", container: "mp4", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "h264", container: "mov", from: "10 bit 4:2:2, 30000/1001 drop-frame, BT.2020 PQ" },
  { codec: "h264", container: "mkv", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "hevc", container: "mp4", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "hevc", container: "mov", from: "10 bit 4:2:2, 30000/1001 drop-frame, BT.2020 PQ" },
  { codec: "prores-422-hq", container: "mov", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "prores-422-hq", container: "mov", from: "10 bit 4:2:2, 30000/1001 drop-frame, BT.2020 PQ" },
  { codec: "dnxhr-hqx", container: "mov", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "dnxhr-hqx", container: "mxf", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "ffv1", container: "mkv", from: "8 bit 4:2:0, 24000/1001, BT.709" },
  { codec: "ffv1", container: "mkv", from: "10 bit 4:2:2, 30000/1001 drop-frame, BT.2020 PQ" },
];

describe("encoding", async () => {
  const folder = await tempFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  let tools: Ffmpeg;

  beforeAll(async () => {
    tools = await testFfmpeg();
    for (const { file, rate, encode, color } of Object.values(sources)) {
      const [primaries, transfer, matrix] = color;
      const tags = `setparams=range=tv:color_primaries=${primaries}:color_trc=${transfer}:colorspace=${matrix}`;
      const picture = [...numberedFrames({ rate, frameCount, heightPx: 128 }), "-vf", tags, "-c:v", "ffv1", "-g", "1"];
      await ffmpeg(...picture, ...encode, at(file));
    }
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const pictureOf = (source: MediaSource): PictureDescription => {
    const [facts] = source.facts.video;
    if (!facts) throw new Error("the test source has a picture");
    return pictureLike(facts);
  };
  const numbersIn = async (source: MediaSource) => {
    const numbers: number[] = [];
    for await (using frame of decodeFrames(source)) {
      numbers.push(readFrameNumber(frame.planes[0], frame.shape.layout.bitDepth));
    }
    return numbers;
  };

  test.for(outputs)("$codec in $container keeps frames, rate, colour and timecode of $from", async (output) => {
    const source = await openMedia(tools, at(sources[output.from].file));
    const path = at(`out-${output.codec}-${sources[output.from].file}.${output.container}`);
    const facts = await encodeFrames(tools, decodeFrames(source), { ...output, path, picture: pictureOf(source) });
    const [before] = source.facts.video;
    expect(facts.video[0]).toMatchObject({
      frameCount,
      frameRate: before?.frameRate,
      isConstantFrameRate: true,
      startTimecode: before?.startTimecode,
    });
    expect(facts.video[0]?.color).toMatchObject({ ...before?.color });
    expect(await numbersIn(await openMedia(tools, path))).toEqual(
      Array.from({ length: frameCount }, (_, frame) => frame),
    );
  });

  test("FFV1 gives back every sample as it was", async () => {
    const source = await openMedia(tools, at("hdr.mkv"));
    const path = at("lossless.mkv");
    await encodeFrames(tools, decodeFrames(source), {
      path,
      codec: "ffv1",
      container: "mkv",
      picture: pictureOf(source),
    });
    const again = decodeFrames(await openMedia(tools, path));
    for await (using frame of decodeFrames(source)) {
      const { value } = await again.next();
      expect(Buffer.compare(Buffer.from(frame.bytes), Buffer.from(value?.bytes ?? []))).toBe(0);
      value?.[Symbol.dispose]();
    }
    expect((await again.next()).done).toBe(true);
  });

  test("a stream of frames that fails leaves the file that was there, and nothing beside it", async () => {
    const source = await openMedia(tools, at("sdr.mkv"));
    await writeFile(at("kept.mp4"), "the old film");
    const failing = async function* () {
      for await (const frame of decodeFrames(source)) {
        if (frame.frameIndex === 20) throw new Error("the model failed");
        yield frame;
      }
    };
    const work = encodeFrames(tools, failing(), {
      path: at("kept.mp4"),
      codec: "h264",
      container: "mp4",
      picture: pictureOf(source),
    });
    await expect(work).rejects.toThrow("the model failed");
    expect(await readFile(at("kept.mp4"), "utf8")).toBe("the old film");
    expect((await readdir(folder.path)).filter((name) => name.includes("partial"))).toEqual([]);
  });

  test("an abort ends the encoder with the signal's own reason", async () => {
    const source = await openMedia(tools, at("sdr.mkv"));
    const controller = new AbortController();
    const reason = new Error("cancelled by the editor");
    const work = encodeFrames(tools, decodeFrames(source), {
      path: at("aborted.mp4"),
      codec: "h264",
      container: "mp4",
      picture: pictureOf(source),
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 5) controller.abort(reason);
      },
    });
    await expect(work).rejects.toBe(reason);
    expect((await readdir(folder.path)).filter((name) => name.startsWith("aborted"))).toEqual([]);
  });

  test("an encoder that stops taking frames is ended and told as stalled", async () => {
    const source = await openMedia(tools, at("sdr.mkv"));
    await writeFile(at("stuck"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const stuck: Ffmpeg = { ...tools, ffmpegPath: at("stuck"), limits: { ...tools.limits, silenceMs: 50 } };
    const endless = async function* () {
      const { frameBytes } = frameShape(pictureOf(source).layout, 256, 128);
      for (;;) yield { bytes: new Uint8Array(frameBytes), [Symbol.dispose]: () => undefined };
    };
    const request = { path: at("stuck.mp4"), codec: "h264", container: "mp4", picture: pictureOf(source) } as const;
    await expect(encodeFrames(stuck, endless(), request)).rejects.toMatchObject({ code: "media.stalled" });
  });

  test("a codec in a container that cannot hold it is refused before anything is written", async () => {
    const source = await openMedia(tools, at("sdr.mkv"));
    const work = encodeFrames(tools, decodeFrames(source), {
      path: at("unfit.mp4"),
      codec: "dnxhr-hqx",
      container: "mp4",
      picture: pictureOf(source),
    });
    await expect(work).rejects.toMatchObject({ kind: "refused", code: "media.container-unfit" });
  });

  test("a rotated picture stays rotated", async () => {
    const flat = numberedFrames({ rate: "25", frameCount: 10, heightPx: 128 });
    await ffmpeg(...flat, "-pix_fmt", "yuv420p", "-c:v", "libx264", at("flat.mp4"));
    // ffmpeg 5 reads the tag counter-clockwise: 270 makes what a phone held upright writes.
    await ffmpeg("-i", at("flat.mp4"), "-c", "copy", "-metadata:s:v:0", "rotate=270", at("phone.mp4"));
    const source = await openMedia(tools, at("phone.mp4"));
    expect(source.facts.video[0]).toMatchObject({
      rotationDegrees: 90,
      displaySize: { widthPx: 128, heightPx: 256 },
    });
    const path = at("phone-again.mp4");
    const facts = await encodeFrames(tools, decodeFrames(source), {
      path,
      codec: "h264",
      container: "mp4",
      picture: pictureOf(source),
    });
    expect(facts.video[0]?.rotationDegrees).toBe(90);
  });
});
