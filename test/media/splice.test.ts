// Splicing: new frames stand in the film, every other packet is the source's own, byte for byte.
import { mkdir, readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeFrames, openMedia, spliceFrames } from "../../src/core/media/index.ts";
import type { EncodableFrame, Ffmpeg, MediaSource, NewFrames, VideoCodec } from "../../src/core/media/index.ts";
import { ffmpeg, numberedFrames, readFrameNumber, tempFolder, testFfmpeg } from "../support/media.ts";

const frameCount = 60;

type Form = {
  readonly file: string;
  readonly encode: readonly string[];
  readonly codec: VideoCodec;
};

const hd = ["-pix_fmt", "yuv422p10le"];
const forms: Readonly<Record<string, Form>> = {
  "ProRes 422 HQ in MOV": {
    file: "prores.mov",
    encode: [...hd, "-c:v", "prores_ks", "-profile:v", "3", "-video_track_timescale", "24000"],
    codec: "prores-422-hq",
  },
  "DNxHR HQX in MXF": {
    file: "dnxhr.mxf",
    encode: [...hd, "-c:v", "dnxhd", "-profile:v", "dnxhr_hqx"],
    codec: "dnxhr-hqx",
  },
  "FFV1 in MKV": {
    file: "ffv1.mkv",
    encode: [...hd, "-c:v", "ffv1", "-level", "3", "-g", "1", "-slicecrc", "1", "-slices", "4"],
    codec: "ffv1",
  },
};

describe("splicing", async () => {
  const folder = await tempFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  let tools: Ffmpeg;

  beforeAll(async () => {
    tools = await testFfmpeg();
    const tags = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709";
    for (const { file, encode } of Object.values(forms)) {
      const picture = numberedFrames({ rate: "24000/1001", frameCount, heightPx: 144 });
      await ffmpeg(...picture, "-vf", tags, ...encode, "-timecode", "01:00:00:00", at(file));
    }
    // Names with quotes and spaces must not end the list's own quotes.
    await mkdir(at("it's a folder"));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  /** Frames of the film's end, put somewhere else: their burnt-in number tells them. */
  const borrowed = (source: MediaSource, startFrame: number, from: number, durationFrames: number): NewFrames => ({
    range: { startFrame, durationFrames },
    frames: () =>
      decodeFrames(source, {
        format: "source",
        range: { startFrame: from, durationFrames },
      }) as AsyncIterable<EncodableFrame>,
  });

  for (const [name, { file, codec }] of Object.entries(forms)) {
    test(`${name}: two new stretches, the first frame among them, and all else copied`, async () => {
      const source = await openMedia(tools, at(file));
      const path = at(`it's a folder/spliced ${file}`);
      const { copiedPackets, newFrames, facts } = await spliceFrames(source, {
        path,
        codec,
        pieces: [borrowed(source, 0, 50, 3), borrowed(source, 20, 40, 5)],
        tempFolder: at("it's a folder/temp"),
      });
      expect(newFrames).toBe(8);
      expect(copiedPackets).toBeGreaterThanOrEqual(frameCount - 8);
      expect(facts.video[0]?.startTimecode?.label).toBe("01:00:00:00");
      const numbers: number[] = [];
      for await (using frame of decodeFrames(await openMedia(tools, path), { format: "source" })) {
        numbers.push(readFrameNumber(frame.planes[0], 10));
      }
      const expected = Array.from({ length: frameCount }, (_, frame) => frame);
      expected.splice(0, 3, 50, 51, 52);
      expected.splice(20, 5, 40, 41, 42, 43, 44);
      expect(numbers).toEqual(expected);
      expect((await readdir(at("it's a folder"))).some((entry) => entry === "temp" || entry.endsWith(".partial"))).toBe(
        false,
      );
    });
  }

  test("what cannot be spliced is refused with the reason before anything is encoded", async () => {
    const source = await openMedia(tools, at("prores.mov"));
    const pieces = [borrowed(source, 0, 1, 1)];
    const common = { path: at("no.mov"), pieces, tempFolder: at("temp") } as const;
    await expect(spliceFrames(source, { ...common, codec: "dnxhr-hqx" })).rejects.toThrow("the source is prores");
    await expect(spliceFrames(source, { ...common, codec: "h264" })).rejects.toThrow("depend on each other");
  });
});
