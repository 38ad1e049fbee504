// Renders: frame count in is frame count out, outside the masks a lossless file is the source to the bit, sound is laid to the sample.
import { readdir, stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { placeSound, planRender, renderRange } from "../../src/core/export/index.ts";
import type { FaceFrames, PlacedTake, RenderOrder } from "../../src/core/export/index.ts";
import { blendMask } from "../../src/core/faces/index.ts";
import { decodeAudio, decodeFrames, openMedia, usualSoundCodec } from "../../src/core/media/index.ts";
import type { Ffmpeg, MediaSource, OutputContainer, SoundTrack, VideoCodec } from "../../src/core/media/index.ts";
import { frameRates, rangeBetween } from "../../src/shared/time/index.ts";
import type { FrameRange } from "../../src/shared/time/index.ts";
import { madeFaces, madeFrameToFace } from "../support/made-faces.ts";
import { ffmpeg, numberedFrames, readFrameNumber, tempFolder, testFfmpeg } from "../support/media.ts";

const folder = await tempFolder();
const at = (name: string) => `${folder.path}/${name}`;
let tools: Ffmpeg;
beforeAll(async () => {
  tools = await testFfmpeg();
});
afterAll(() => folder[Symbol.asyncDispose]());

const quiet = () => ({ signal: new AbortController().signal, onProgress: () => undefined });
const videoOf = (source: MediaSource) => {
  const [video] = source.facts.video;
  if (!video) throw new Error("the test source has a picture");
  return video;
};

type Asked = {
  readonly out: string;
  readonly codec?: VideoCodec;
  readonly container?: OutputContainer;
  readonly range?: FrameRange;
  readonly takes?: readonly PlacedTake[];
  readonly faces?: FaceFrames;
  readonly sound?: readonly SoundTrack[];
};

function render(source: MediaSource, asked: Asked) {
  const video = videoOf(source);
  const { widthPx, heightPx } = video.codedSize;
  const range = asked.range ?? rangeBetween(0, video.frameCount);
  const takes = asked.takes ?? [];
  const order: RenderOrder = {
    source,
    plan: planRender({ range, takes, cutFrames: [], fadeFrames: 2 }),
    takes: new Map(takes.map(({ takeId }) => [takeId, asked.faces ?? madeFaces({ widthPx, heightPx })])),
    sound: asked.sound ?? [],
    path: at(asked.out),
    container: asked.container ?? "mkv",
    codec: asked.codec ?? "ffv1",
    startTimecode: video.startTimecode,
    colourMatch: "surroundings",
    grain: "surroundings",
  };
  return renderRange(order, quiet());
}

const oneTake = (range: FrameRange): PlacedTake => ({
  takeId: "take:a",
  segmentId: "segment:a",
  characterId: null,
  segment: range,
  painted: [range],
});

/** Every frame's bytes. */
async function framesOf(source: MediaSource) {
  const frames: { bytes: Uint8Array; number: number }[] = [];
  for await (using frame of decodeFrames(source)) {
    const number = readFrameNumber(frame.planes[0], frame.shape.layout.bitDepth);
    frames.push({ bytes: frame.bytes.slice(), number });
  }
  return frames;
}

describe("frames", () => {
  const counts = [1, 15, 16, 17, 31];
  const rates = ["23.976", "24", "25", "29.97", "30", "50", "59.94"] as const;

  test.for(rates)("in are frames out at %s, with timecode and rate, whatever their number", async (name) => {
    const { num, den } = frameRates[name];
    const start = name === "29.97" || name === "59.94" ? "00:59:59;20" : "00:59:59:20";
    for (const frameCount of counts) {
      const picture = numberedFrames({ rate: `${num}/${den}`, frameCount });
      const coding = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "12", "-bf", "2", "-timecode", start];
      await ffmpeg(...picture, ...coding, at("in.mov"));
      const source = await openMedia(tools, at("in.mov"));
      const takes = [oneTake(rangeBetween(0, frameCount))];
      const { facts } = await render(source, { out: "out.mov", container: "mov", codec: "ffv1", takes });
      expect(facts.video[0]).toMatchObject({
        frameCount,
        startTimecode: { label: start },
        ...(frameCount > 1 ? { frameRate: { num, den } } : {}),
      });
    }
  });

  test("of a long film stay in place: 4,000 in, 4,000 out, the last one still under its own number", async () => {
    const picture = numberedFrames({ rate: "24000/1001", frameCount: 4000, heightPx: 32 });
    await ffmpeg(...picture, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", at("long.mov"));
    const source = await openMedia(tools, at("long.mov"));
    const takes = [oneTake(rangeBetween(3990, 3995))];
    await render(source, { out: "long.mkv", takes });
    const out = await openMedia(tools, at("long.mkv"));
    expect(videoOf(out).frameCount).toBe(4000);
    const numbers: number[] = [];
    for await (using frame of decodeFrames(out)) numbers.push(readFrameNumber(frame.planes[0], 8));
    const expected = Array.from({ length: 4000 }, (_, frame) => frame);
    const isPainted = (frame: number) => frame >= 3990 && frame < 3995;
    expect(numbers.filter((_, frame) => !isPainted(frame))).toEqual(expected.filter((frame) => !isPainted(frame)));
  });
});

describe("pictures", () => {
  const layouts = ["yuv420p", "yuv422p10le", "yuv444p12le", "yuvj420p", "yuva444p10le"] as const;

  /** Whether a place of the frame can be touched: no pixel of the mask above 0 lies within reach of the filters. */
  function isBeyondMask(size: { widthPx: number; heightPx: number }, frame: number) {
    const { values, sizePx } = blendMask(64);
    const [a, b, c, d, e, f] = madeFrameToFace(size, frame);
    return (x: number, y: number, reach: number) => {
      const [faceX, faceY] = [a * x + b * y + c, d * x + e * y + f];
      for (let row = Math.floor(faceY - reach); row <= faceY + reach; row++)
        for (let column = Math.floor(faceX - reach); column <= faceX + reach; column++) {
          const isInside = row >= 0 && column >= 0 && row < sizePx && column < sizePx;
          if (isInside && (values[row * sizePx + column] ?? 0) > 0) return false;
        }
      return true;
    };
  }

  test.for(layouts)("in %s are the source to the bit outside the masks, and painted inside them", async (layout) => {
    const frameCount = 12;
    const size = { widthPx: 254, heightPx: 142 };
    const noise = `nullsrc=s=${size.widthPx}x${size.heightPx}:r=25,format=gbrp12le,geq=r='random(1)*4095':g='random(2)*4095':b='random(3)*4095',trim=end_frame=${frameCount}`;
    const color = ["-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"];
    const tags = layout === "yuvj420p" ? [] : color;
    const codec = layout === "yuvj420p" ? "mjpeg" : "ffv1";
    await ffmpeg("-f", "lavfi", "-i", noise, "-pix_fmt", layout, ...tags, "-c:v", codec, at(`${layout}.mkv`));
    const source = await openMedia(tools, at(`${layout}.mkv`));
    const { facts } = await render(source, { out: `${layout}.out.mkv`, takes: [oneTake(rangeBetween(2, 10))] });
    const { color: tagged, pixelLayout } = videoOf(source);
    expect(facts.video[0]?.pixelLayout).toMatchObject({ bitDepth: pixelLayout.bitDepth, chroma: pixelLayout.chroma });
    expect(facts.video[0]?.color).toEqual(layout === "yuvj420p" ? expect.objectContaining({}) : tagged);
    const before = decodeFrames(source);
    let changedInside = 0;
    for await (using after of decodeFrames(await openMedia(tools, at(`${layout}.out.mkv`)))) {
      const { value: own } = await before.next();
      if (!own) throw new Error("there are as many frames as before");
      const isBeyond = isBeyondMask(size, after.frameIndex);
      for (const [index, plane] of after.planes.entries()) {
        const same = own.planes[index]?.samples ?? [];
        const [stepX, stepY] = [size.widthPx / plane.widthPx, size.heightPx / plane.heightPx];
        for (let place = 0; place < plane.samples.length; place++) {
          if (plane.samples[place] === same[place]) continue;
          const x = stepX * ((place % plane.widthPx) + 0.5);
          const y = stepY * (Math.floor(place / plane.widthPx) + 0.5);
          // Chroma is sited up to half a luma pixel aside; the linear filter of masks reaches one pixel.
          if (isBeyond(x, y, 2.5)) throw new Error(`frame ${after.frameIndex}, plane ${index}, ${x},${y} changed`);
          expect(after.frameIndex >= 2 && after.frameIndex < 10).toBe(true);
          changedInside += 1;
        }
      }
      own[Symbol.dispose]();
    }
    expect(changedInside).toBeGreaterThan(1000);
  });

  test("that no take touches are the source to the bit, in formats where faces cannot be pasted, too", async () => {
    await ffmpeg(
      ...numberedFrames({ rate: "25", frameCount: 5 }),
      "-pix_fmt",
      "gbrp10le",
      "-c:v",
      "ffv1",
      at("rgb.mkv"),
    );
    const source = await openMedia(tools, at("rgb.mkv"));
    await render(source, { out: "rgb.out.mkv" });
    expect(await framesOf(await openMedia(tools, at("rgb.out.mkv")))).toEqual(await framesOf(source));
    const painted = render(source, { out: "never.mkv", takes: [oneTake(rangeBetween(0, 5))] });
    await expect(painted).rejects.toMatchObject({ code: "media.unfit-picture" });
    expect(await readdir(folder.path)).not.toContain("never.mkv");
  });

  test("of a part are those of the whole", async () => {
    await ffmpeg(
      ...numberedFrames({ rate: "25", frameCount: 40 }),
      "-pix_fmt",
      "yuv420p",
      "-c:v",
      "libx264",
      at("p.mov"),
    );
    const source = await openMedia(tools, at("p.mov"));
    const takes = [oneTake(rangeBetween(5, 35))];
    await render(source, { out: "whole.mkv", takes });
    await render(source, { out: "part.mkv", takes, range: rangeBetween(6, 34) });
    const whole = await framesOf(await openMedia(tools, at("whole.mkv")));
    expect(await framesOf(await openMedia(tools, at("part.mkv")))).toEqual(whole.slice(6, 34));
  });

  test("stop with the first face that cannot be read, and leave no file", async () => {
    const source = await openMedia(tools, at("p.mov"));
    const torn: FaceFrames = {
      faceSizePx: 64,
      readFrame: async (frame) => {
        if (frame === 9) throw new Error("torn");
        return undefined;
      },
    };
    const work = render(source, { out: "torn.mkv", takes: [oneTake(rangeBetween(0, 40))], faces: torn });
    await expect(work).rejects.toThrow("torn");
    expect((await readdir(folder.path)).filter((name) => name.startsWith("torn"))).toEqual([]);
  });
});

describe("sound", () => {
  const reel = { frameRate: { num: 30_000, den: 1001 } };
  let film: MediaSource;
  beforeAll(async () => {
    const picture = numberedFrames({ rate: "30000/1001", frameCount: 60 });
    const own = ["-f", "lavfi", "-i", "sine=330:r=48000:d=2.5"];
    await ffmpeg(...picture, ...own, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", at("film.mp4"));
    film = await openMedia(tools, at("film.mp4"));
  });

  const make = async (name: string, ...args: readonly string[]) => {
    await ffmpeg("-f", "lavfi", "-i", ...args, at(name));
    return await openMedia(tools, at(name));
  };
  const trackOf = (
    source: MediaSource,
    place: { offsetSamples?: number; gainDb?: number; container?: OutputContainer },
  ) => {
    const [stream] = source.facts.audio;
    if (!stream) throw new Error("the file sounds");
    const { offsetSamples = 0, gainDb = 0, container = "mkv" } = place;
    const dispositions = ["default", "dub"] as const;
    return {
      path: source.path,
      stream,
      offsetSamples,
      gainDb,
      codec: usualSoundCodec(container, stream),
      languageTag: "pt-BR",
      dispositions,
    };
  };
  const samplesOf = async (source: MediaSource, streamIndex?: number) => {
    const blocks: number[][] = [];
    for await (const { channels } of decodeAudio(source, streamIndex === undefined ? {} : { streamIndex }))
      for (const [channel, samples] of channels.entries()) (blocks[channel] ??= []).push(...samples);
    return blocks;
  };
  const dub = async (out: string, tracks: readonly ReturnType<typeof trackOf>[], more: Partial<Asked> = {}) => {
    const range = more.range ?? rangeBetween(0, 60);
    const sound = tracks.map((track) => placeSound(track, { reel, range }));
    const { facts, lost } = await render(film, { out, sound, ...more });
    return { facts, lost, source: await openMedia(tools, at(out)) };
  };
  const reelSamples = 96_096;

  test("of the dub is the mixer's file sample for sample, as long as the picture", async () => {
    const voice = await make("voice.wav", "anoisesrc=r=48000:d=3:seed=1", "-c:a", "pcm_s24le");
    const { source, facts } = await dub("v.mkv", [trackOf(voice, {})]);
    expect(facts.audio[0]).toMatchObject({ codec: "pcm_s24le", language: "pt-BR", dispositions: ["default", "dub"] });
    const [given, found] = [await samplesOf(voice), await samplesOf(source)];
    expect(found[0]?.length).toBe(reelSamples);
    expect(found[0]).toEqual(given[0]?.slice(0, reelSamples));
  });

  test("is slipped to the sample, earlier and later, with silence where there is none", async () => {
    const voice = await openMedia(tools, at("voice.wav"));
    const [given = []] = await samplesOf(voice);
    const late = await samplesOf((await dub("late.mkv", [trackOf(voice, { offsetSamples: 1001 })])).source);
    expect(late[0]?.slice(0, 1001).every((sample) => sample === 0)).toBe(true);
    expect(late[0]?.slice(1001)).toEqual(given.slice(0, reelSamples - 1001));
    const early = await samplesOf((await dub("early.mkv", [trackOf(voice, { offsetSamples: -70_001 })])).source);
    expect(early[0]?.slice(0, 73_999)).toEqual(given.slice(70_001));
    expect(early[0]?.slice(73_999).every((sample) => sample === 0)).toBe(true);
  });

  test("of a part begins where the whole has it, also far inside the file", async () => {
    const voice = await openMedia(tools, at("voice.wav"));
    const [given = []] = await samplesOf(voice);
    const { source } = await dub("part.mkv", [trackOf(voice, {})], { range: rangeBetween(45, 50) });
    // Frame 45 at 30000/1001 begins at 72,072 samples, frame 50 at 80,080.
    expect((await samplesOf(source))[0]).toEqual(given.slice(72_072, 80_080));
  });

  test.for([
    ["8 kHz", ["sine=200:r=8000:d=1"], { sampleRateHz: 8000, channelCount: 1 }],
    ["7.1", ["anoisesrc=r=48000:d=2.1,aformat=channel_layouts=7.1"], { channelCount: 8, channelLayout: "7.1" }],
    ["5.1(side)", ["anoisesrc=r=48000:d=2.1,aformat=channel_layouts=5.1(side)"], { channelLayout: "5.1(side)" }],
    ["silent", ["anullsrc=r=44100:cl=stereo,atrim=duration=5"], { sampleRateHz: 44_100, channelCount: 2 }],
    ["clipped", ["sine=200:r=48000:d=2.1,volume=30dB"], { sampleRateHz: 48_000 }],
    ["32-bit float", ["sine=200:r=96000:d=2.1", "-c:a", "pcm_f32le"], { codec: "pcm_f32le", sampleRateHz: 96_000 }],
  ] as const)("that is %s goes out as it is", async ([name, args, expected]) => {
    const voice = await make(`odd ${name}.wav`, ...args);
    const { facts, source } = await dub("odd.mkv", [trackOf(voice, {})]);
    expect(facts.audio[0]).toMatchObject(expected);
    const [given, found] = [await samplesOf(voice), await samplesOf(source)];
    const length = found[0]?.length ?? 0;
    expect(length).toBe(Math.round((60 * 1001 * (facts.audio[0]?.sampleRateHz ?? 0)) / 30_000));
    for (const [channel, samples] of given.entries()) {
      const padded = [...samples, ...Array<number>(Math.max(0, length - samples.length)).fill(0)];
      expect(found[channel]).toEqual(padded.slice(0, length));
    }
  });

  test("that lies beside the picture altogether is silence of the picture's length", async () => {
    const voice = await openMedia(tools, at("voice.wav"));
    for (const offsetSamples of [200_000, -200_000]) {
      const [samples = []] = await samplesOf((await dub("beside.mkv", [trackOf(voice, { offsetSamples })])).source);
      expect([samples.length, Math.max(...samples), Math.min(...samples)]).toEqual([reelSamples, 0, 0]);
    }
  });

  test("is made louder only where that was asked for", async () => {
    const voice = await make("soft.wav", "sine=200:r=48000:d=3", "-c:a", "pcm_s16le");
    const [given = []] = await samplesOf(voice);
    const [found = []] = await samplesOf((await dub("loud.mkv", [trackOf(voice, { gainDb: -6.0206 })])).source);
    const worst = Math.max(...found.map((sample, index) => Math.abs(sample - (given[index] ?? 0) / 2)));
    expect(worst).toBeLessThan(2 ** -20);
  });

  test("of the dub and of the film stand side by side in every container, in order and tagged", async () => {
    const voice = await openMedia(tools, at("voice.wav"));
    for (const container of ["mov", "mp4", "mkv"] as const) {
      const codec = container === "mkv" ? "ffv1" : "h264";
      const original = { ...trackOf(film, { container }), languageTag: "en", dispositions: ["original"] as const };
      const tracks = [trackOf(voice, { container }), original];
      const { facts, lost } = await dub(`both.${container}`, tracks as never, { container, codec });
      expect(facts.audio.map(({ language }) => language)).toEqual(
        { mov: ["por", "eng"], mp4: ["por", "eng"], mkv: ["pt-BR", "en"] }[container],
      );
      expect(lost.some(({ tag }) => tag === "language")).toBe(container !== "mkv");
      expect((await stat(at(`both.${container}`))).size).toBeGreaterThan(1000);
    }
  });

  test("that MXF could hold only resampled is refused before anything is rendered", async () => {
    const voice = await make("441.wav", "sine=200:r=44100:d=2");
    const work = dub("no.mxf", [trackOf(voice, { container: "mxf" })], { container: "mxf", codec: "dnxhr-hqx" });
    await expect(work).rejects.toMatchObject({ code: "media.sound-unfit" });
    expect(await readdir(folder.path)).not.toContain("no.mxf");
  });
});
