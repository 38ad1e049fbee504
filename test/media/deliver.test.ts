// What leaves and what previews: muxed versions with every tag proved, proxies, thumbnails, identity.
import { copyFile, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  contentIdentity,
  decodeAudio,
  decodeFrame,
  decodeFrames,
  makeProxy,
  makeThumbnails,
  mediaSource,
  muxTracks,
  openMedia,
  probeMedia,
  readThumbnailLayout,
} from "../../src/core/media/index.ts";
import type { Disposition, Ffmpeg, MuxOptions } from "../../src/core/media/index.ts";
import { ffmpeg, numberedFrames, readFrameNumber, tempFolder, testFfmpeg } from "../support/media.ts";

describe("delivery", async () => {
  const folder = await tempFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  let tools: Ffmpeg;

  beforeAll(async () => {
    tools = await testFfmpeg();
    const picture = numberedFrames({ rate: "24000/1001", frameCount: 72, heightPx: 128 });
    const tone = ["-f", "lavfi", "-i", "sine=440:r=48000:d=3"];
    await ffmpeg(
      ...picture,
      ...tone,
      "-c:v",
      "libx264",
      "-pix_fmt",
      "yuv420p",
      "-bf",
      "2",
      "-timecode",
      "01:00:00:00",
      "-c:a",
      "aac",
      at("film.mov"),
    );
    await ffmpeg("-f", "lavfi", "-i", "sine=220:r=48000:d=3", "-c:a", "aac", at("por.m4a"));
    await ffmpeg("-f", "lavfi", "-i", "sine=330:r=48000:d=3", at("deu.wav"));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const dub = (container: MuxOptions["container"]) =>
    muxTracks(tools, {
      path: at(`dub.${container}`),
      container,
      picturePath: at("film.mov"),
      audio: [
        {
          path: at("por.m4a"),
          codec: "copy",
          languageTag: "pt-BR",
          title: "Dublagem",
          dispositions: ["default", "dub"],
        },
        {
          path: at("deu.wav"),
          codec: container === "mp4" ? "aac" : "pcm-24",
          languageTag: "de",
          dispositions: ["dub"],
        },
        { path: at("film.mov"), codec: "copy", languageTag: "en", dispositions: ["original"] },
      ],
    });
  const lostOf = (lost: readonly { trackIndex: number; tag: string }[]) =>
    lost.map(({ trackIndex, tag }) => `${trackIndex} ${tag}`);

  test("MKV carries every tag of a version", async () => {
    const { facts, lost } = await dub("mkv");
    expect(lost).toEqual([]);
    expect(facts.audio.map(({ language, title, dispositions }) => ({ language, title, dispositions }))).toEqual([
      { language: "pt-BR", title: "Dublagem", dispositions: ["default", "dub"] },
      { language: "de", title: "German", dispositions: ["dub"] },
      { language: "en", title: "English", dispositions: ["original"] },
    ]);
  });

  test.for(["mp4", "mov"] as const)(
    "%s carries three letters and a handler name, and says what it lost",
    async (container) => {
      const { facts, lost } = await dub(container);
      expect(facts.audio.map((track) => track.language)).toEqual(["por", container === "mov" ? "ger" : "deu", "eng"]);
      const always = ["0 language", "0 title", "1 language", "1 title", "2 language", "2 title", "2 original"];
      const dubs: readonly Disposition[] = ["dub"];
      const expected = container === "mov" ? [...always, ...dubs.map((one) => `0 ${one}`), "1 dub"] : always;
      expect(lostOf(lost).toSorted()).toEqual(expected.toSorted());
      expect(facts.video[0]).toMatchObject({ frameCount: 72, startTimecode: { label: "01:00:00:00" } });
    },
  );

  test("a muxed picture is the source's picture, bit for bit", async () => {
    const before = decodeFrames(await openMedia(tools, at("film.mov")));
    for await (using frame of decodeFrames(await openMedia(tools, at("dub.mp4")))) {
      const { value } = await before.next();
      expect(Buffer.compare(Buffer.from(frame.bytes), Buffer.from(value?.bytes ?? []))).toBe(0);
    }
    expect((await before.next()).done).toBe(true);
  });

  test("a proxy has the source's frames at the source's rate, and sound that begins with the picture", async () => {
    await ffmpeg("-i", at("film.mov"), "-c", "copy", at("film.mkv"));
    for (const name of ["film.mov", "film.mkv"]) {
      const source = await openMedia(tools, at(name));
      const { facts, missingFrames } = await makeProxy(source, { path: at(`${name}.proxy.mp4`), maxWidthPx: 200 });
      expect(missingFrames).toBe(0);
      expect(facts.video[0]).toMatchObject({
        codec: "h264",
        frameCount: 72,
        frameRate: { num: 24000, den: 1001 },
        isConstantFrameRate: true,
        firstFrameTicks: 0,
        codedSize: { widthPx: 200, heightPx: 100 },
        pixelLayout: { name: "yuv420p" },
      });
      expect(facts.audio[0]).toMatchObject({ codec: "aac", channelCount: 2, startOffsetSamples: 0 });
      const proxy = await openMedia(tools, at(`${name}.proxy.mp4`));
      for (const frameIndex of [0, 11, 12, 13, 71]) {
        using frame = await decodeFrame(proxy, frameIndex);
        expect(readFrameNumber(frame.planes[0], 8)).toBe(frameIndex);
      }
    }
  });

  test("a proxy whose index takes long to be moved to its front is waited for", async () => {
    // Holds ffmpeg back for longer than it may be silent elsewhere, as the second writing of a feature film does.
    const slow = 'case "$*" in *faststart*) sleep 2.5;; esac; exec "$@"';
    const slowTools = { ...tools, launcher: ["sh", "-c", slow, "sh"], limits: { ...tools.limits, silenceMs: 2000 } };
    const source = mediaSource(slowTools, at("film.mov"), (await openMedia(tools, at("film.mov"))).facts);
    expect((await makeProxy(source, { path: at("slow.proxy.mp4") })).missingFrames).toBe(0);
  });

  test("sound that begins late stays late in the proxy", async () => {
    await ffmpeg(
      "-i",
      at("film.mov"),
      "-itsoffset",
      "0.5",
      "-i",
      at("deu.wav"),
      "-map",
      "0:v",
      "-map",
      "1:a",
      "-c:v",
      "copy",
      "-c:a",
      "pcm_s16le",
      at("late.mov"),
    );
    const source = await openMedia(tools, at("late.mov"));
    expect(source.facts.audio[0]?.startOffsetSamples).toBe(24_000);
    await makeProxy(source, { path: at("late.proxy.mp4") });
    const proxy = await openMedia(tools, at("late.proxy.mp4"));
    const samples: number[] = [];
    for await (const block of decodeAudio(proxy, { channelCount: 1 })) samples.push(...(block.channels[0] ?? []));
    const firstLoud = samples.findIndex((sample) => Math.abs(sample) > 0.05);
    expect(Math.abs(firstLoud - 24_000)).toBeLessThan(400);
  });

  test("a film with odd sides and oblong pixels has a proxy with even sides and square ones", async () => {
    await ffmpeg(
      "-f",
      "lavfi",
      "-i",
      "testsrc2=s=128x96:r=25:d=1",
      "-c:v",
      "ffv1",
      "-vf",
      "format=yuv444p,scale=101:77,setsar=4/3",
      at("odd.mkv"),
    );
    const { facts, missingFrames } = await makeProxy(await openMedia(tools, at("odd.mkv")), { path: at("odd.mp4") });
    expect(missingFrames).toBe(0);
    expect(facts.video[0]).toMatchObject({ codedSize: { widthPx: 136, heightPx: 78 }, frameCount: 25 });
    expect(facts.audio).toEqual([]);
  });

  test("a film with a variable rate keeps its frames and their times", async () => {
    const timing = ["-vf", "setpts='(N+floor(N/7)*2)/30/TB'", "-fps_mode", "passthrough"];
    await ffmpeg(...numberedFrames({ rate: "30", frameCount: 60, heightPx: 128 }), ...timing, at("variable.mp4"));
    const source = await openMedia(tools, at("variable.mp4"));
    expect(source.facts.warnings.map(({ code }) => code)).toContain("variable-frame-rate");
    const { facts, missingFrames } = await makeProxy(source, { path: at("variable.proxy.mp4") });
    expect(missingFrames).toBe(0);
    expect(facts.video[0]).toMatchObject({ frameCount: 60, isConstantFrameRate: false });
  });

  test("thumbnails stand in a grid at even steps, and the page beside them says how", async () => {
    const source = await openMedia(tools, at("film.mov"));
    const layout = await makeThumbnails(source, { path: at("%d strip.jpg"), heightPx: 32 });
    expect(layout).toEqual({ version: 1, columns: 3, rows: 2, widthPx: 64, heightPx: 32, stepFrames: 12, count: 6 });
    expect(await readThumbnailLayout(`${at("%d strip.jpg")}.json`)).toEqual(layout);
    await ffmpeg("-f", "mjpeg", "-i", at("%d strip.jpg"), "-pix_fmt", "gray", "-f", "rawvideo", at("strip.gray"));
    const gray = new Uint8Array(await readFile(at("strip.gray")));
    const thumbnailAt = (index: number) => {
      const [column, row] = [index % 3, Math.floor(index / 3)];
      const line = gray.subarray((row * 32 + 16) * 192 + column * 64).subarray(0, 64);
      return readFrameNumber({ samples: line, widthPx: 64, heightPx: 1 }, 8);
    };
    expect([0, 1, 2, 3, 4, 5].map(thumbnailAt)).toEqual([0, 12, 24, 36, 48, 60]);
  });

  test("a file is known by its content wherever it lies, and another one is another", async () => {
    await copyFile(at("film.mov"), at("moved ünïcode.mov"));
    const facts = await probeMedia(tools, at("film.mov"));
    const here = await contentIdentity(at("film.mov"), facts);
    const there = await contentIdentity(at("moved ünïcode.mov"), await probeMedia(tools, at("moved ünïcode.mov")));
    const other = await contentIdentity(at("film.mkv"), await probeMedia(tools, at("film.mkv")));
    expect(there).toEqual(here);
    expect(other.mediaHash).not.toBe(here.mediaHash);
  });
});
