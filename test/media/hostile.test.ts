// Hostile and odd media: each row of the threat table, strange names, extreme and strange pictures.
import { copyFile, mkdir, open, readFile, readdir, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { collectingLogger } from "../../src/core/base/index.ts";
import type { LogEntry } from "../../src/core/base/index.ts";
import {
  decodeFrames,
  decodeStrictly,
  encodeFrames,
  makeProxy,
  mediaSource,
  openMedia,
  pictureLike,
  probeMedia,
} from "../../src/core/media/index.ts";
import type { Ffmpeg } from "../../src/core/media/index.ts";
import { ffmpeg, numberedFrames, tempFolder, testFfmpeg } from "../support/media.ts";

describe("hostile media", async () => {
  const folder = await tempFolder();
  const at = (name: string) => `${folder.path}/${name}`;
  let tools: Ffmpeg;

  beforeAll(async () => {
    tools = await testFfmpeg();
    const picture = numberedFrames({ rate: "25", frameCount: 25 });
    await ffmpeg(...picture, "-pix_fmt", "yuv420p", "-c:v", "libx264", at("good.mp4"));
    await ffmpeg("-i", at("good.mp4"), "-c", "copy", at("good.ts"));
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  const decodeAll = async (path: string) => {
    let count = 0;
    for await (using frame of decodeFrames(await openMedia(tools, path))) count += frame.bytes.length > 0 ? 1 : 0;
    return count;
  };

  describe("a file that only names other files is refused", () => {
    const secret = "file:///etc/passwd";
    test.for([
      ["evil.mp4", `#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\n${secret}\n#EXT-X-ENDLIST\n`],
      ["remote.mp4", "#EXTM3U\n#EXTINF:1.0,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n"],
      ["neighbour.mov", "ffconcat version 1.0\nfile good.mp4\n"],
      ["data.mkv", "ffconcat version 1.0\nfile 'data:video/mp4;base64,AAAA'\n"],
      ["sheet.mp4", '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period/></MPD>'],
      ["description.mov", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"],
      ["subtitle.mp4", "1\n00:00:00,000 --> 00:00:02,000\nHello\n"],
    ] as const)("%s", async ([name, text]) => {
      await writeFile(at(name), text);
      await expect(probeMedia(tools, at(name))).rejects.toMatchObject({ kind: "refused" });
    });

    test("and so is a playlist of a file that plays by itself", async () => {
      await writeFile(
        at("list.mp4"),
        `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1.0,\n${at("good.ts")}\n#EXT-X-ENDLIST\n`,
      );
      await expect(probeMedia(tools, at("list.mp4"))).rejects.toMatchObject({ code: "media.unsupported-format" });
      expect((await probeMedia(tools, at("good.ts"))).video[0]?.frameCount).toBe(25);
    });
  });

  describe("a name is only a name", () => {
    const longest = `${"n".repeat(251)}.mp4`;
    const names = [
      "-y.mp4",
      "-i",
      "http:a.mp4",
      "concat:v.mp4",
      "data:video,x.mp4",
      "pipe:0",
      "%d.mp4",
      "%03d %s.mp4",
      "new\nline.mp4",
      "quote'\"`$(touch x).mp4",
      "emoji 🎬 影片.mp4",
      "back\\slash.mp4",
      "[0:v];movie=a.mp4",
      " leading and trailing ",
      longest,
    ];

    test.for(names)("%j is probed and decoded", async (name) => {
      await mkdir(at("names"), { recursive: true });
      const path = at(`names/${name}`);
      await copyFile(at("good.mp4"), path);
      expect(await decodeAll(path)).toBe(25);
    });

    test.for(["-y.mp4", "http:a.mp4", "%d new\nline.mp4", longest])("%j is written", async (name) => {
      await mkdir(at("written"), { recursive: true });
      const path = at(`written/${name}`);
      const source = await openMedia(tools, at("good.mp4"));
      const [video] = source.facts.video;
      if (!video) throw new Error("the test file has a picture");
      const settings = { preset: "ultrafast" };
      const request = { path, codec: "h264", container: "mp4", settings, picture: pictureLike(video) } as const;
      expect((await encodeFrames(tools, decodeFrames(source), request)).video[0]?.frameCount).toBe(25);
      expect((await makeProxy(source, { path })).missingFrames).toBe(0);
      expect(await readdir(at("written"))).toContain(name);
    });

    test("and a relative one is taken from the working folder, not from ffmpeg's", async () => {
      await expect(probeMedia(tools, "no-such-file.mp4")).rejects.toMatchObject({ code: "media.not-found" });
    });
  });

  describe("a damaged file is never silently taken for a good one", () => {
    const damaged = async (name: string, change: (bytes: Buffer) => Buffer) => {
      await writeFile(at(name), change(await readFile(at("good.mp4"))));
      return at(name);
    };

    test("strict decoding fails where an ordinary one ends well", async () => {
      const path = await damaged("flipped.mp4", (bytes) => {
        const from = bytes.indexOf("mdat") + 900;
        for (let place = from; place < from + 400; place += 7) bytes[place] = (bytes[place] ?? 0) ^ 0xff;
        return bytes;
      });
      await expect(decodeStrictly(tools, path)).rejects.toMatchObject({ details: { path } });
      const reports: number[] = [];
      const frames = decodeFrames(await openMedia(tools, path), {
        missingFrames: "conceal",
        onDamage: ({ count }) => reports.push(count),
      });
      let count = 0;
      for await (using frame of frames) count += frame.bytes.length > 0 ? 1 : 0;
      expect(count).toBe(25);
      expect(reports).toHaveLength(1);
    });

    test("a file cut before its index is refused as damaged", async () => {
      const path = await damaged("cut.mp4", (bytes) => bytes.subarray(0, bytes.length >> 1));
      await expect(probeMedia(tools, path)).rejects.toMatchObject({ kind: "refused", code: "media.damaged" });
    });

    test("an empty file, a folder and noise are refused", async () => {
      await writeFile(at("empty.mov"), "");
      await writeFile(at("noise.mov"), Buffer.alloc(5000, "dubwright"));
      await expect(probeMedia(tools, at("empty.mov"))).rejects.toMatchObject({ kind: "refused" });
      await expect(probeMedia(tools, at("noise.mov"))).rejects.toMatchObject({ kind: "refused" });
      await expect(probeMedia(tools, folder.path)).rejects.toMatchObject({ kind: "refused" });
    });
  });

  describe("a picture too large costs a refusal, not the machine", () => {
    test("a 16,384 pixel picture in a small file is probed but not decoded", async () => {
      const black = ["-f", "lavfi", "-i", "color=black:s=16384x8640:r=1", "-frames:v", "1", "-c:v", "ffv1"];
      await ffmpeg(...black, "-pix_fmt", "gray", at("huge.mkv"));
      const { video, warnings } = await probeMedia(tools, at("huge.mkv"));
      expect(video[0]?.codedSize).toEqual({ widthPx: 16384, heightPx: 8640 });
      expect(warnings.map(({ code }) => code)).toContain("too-large-to-decode");
      await expect(decodeAll(at("huge.mkv"))).rejects.toThrow(/Expected to decode/);
    });

    test("no step of ffmpeg's takes more memory at once than the limit, decoding included", async () => {
      const source = await openMedia(tools, at("good.mp4"));
      const narrow = { ...tools, limits: { ...tools.limits, allocationBytes: 10_000 } };
      const frames = decodeFrames(mediaSource(narrow, source.path, source.facts));
      await expect(frames.next()).rejects.toThrow(/Expected to decode/);
    });

    test("more streams, more pixels or more hours than the limits are refused with what was found", async () => {
      const narrow = await testFfmpeg({ maxStreams: 1, maxSidePx: 128, maxDurationMs: 500 });
      await expect(probeMedia(narrow, at("good.mp4"))).rejects.toMatchObject({ code: "media.out-of-limits" });
      const limits = { maxDurationMs: 24 * 3600 * 1000, maxSidePx: 128 };
      await expect(probeMedia(narrow, at("good.mp4"), { limits })).rejects.toMatchObject({
        details: { what: "pixels a side", found: 256 },
      });
    });
  });

  describe("a picture says what it is", () => {
    const sizes = [
      ["1x1", 1, 1],
      ["odd", 1919, 1079],
      ["8K", 7680, 4320],
    ] as const;
    test.for(sizes)("%s is decoded to its own size", async ([name, widthPx, heightPx]) => {
      const gray = [
        "-f",
        "lavfi",
        "-i",
        `color=gray:s=16x16:r=1`,
        "-frames:v",
        "1",
        "-vf",
        `scale=${widthPx}:${heightPx}`,
      ];
      await ffmpeg(...gray, "-c:v", "ffv1", "-pix_fmt", "yuv420p", at(`${name}.mkv`));
      const source = await openMedia(tools, at(`${name}.mkv`));
      expect(source.facts.video[0]).toMatchObject({ codedSize: { widthPx, heightPx }, frameCount: 1 });
      for await (using frame of decodeFrames(source)) {
        const [luma, cb] = frame.planes;
        expect([luma?.widthPx, luma?.heightPx]).toEqual([widthPx, heightPx]);
        expect([cb?.widthPx, cb?.heightPx]).toEqual([Math.ceil(widthPx / 2), Math.ceil(heightPx / 2)]);
        expect(luma?.samples.length).toBe(widthPx * heightPx);
      }
    });

    test("an interlaced one says which field comes first", async () => {
      const fields = ["-vf", "setfield=tff", "-flags", "+ildct+ilme", "-c:v", "mpeg2video", "-q:v", "3"];
      await ffmpeg(
        ...numberedFrames({ rate: "25", frameCount: 10, heightPx: 128 }),
        ...fields,
        "-pix_fmt",
        "yuv420p",
        at("fields.mxf"),
      );
      const { video, warnings } = await probeMedia(tools, at("fields.mxf"));
      expect(video[0]?.fieldOrder).toBe("top-first");
      expect(warnings.map(({ code }) => code)).toContain("interlaced");
    });

    test("untagged colour, oblong pixels and a missing sound track are warned of", async () => {
      const picture = numberedFrames({ rate: "25", frameCount: 5, heightPx: 128 });
      await ffmpeg(...picture, "-vf", "setsar=16/15", "-pix_fmt", "yuv420p", "-c:v", "libx264", at("plain.mp4"));
      const { warnings, video } = await probeMedia(tools, at("plain.mp4"));
      expect(warnings.map(({ code }) => code).toSorted()).toEqual(["no-audio", "non-square-pixels", "untagged-color"]);
      expect(video[0]?.displaySize).toEqual({ widthPx: 273, heightPx: 128 });
    });
  });

  test("a process that goes silent is ended and told as stalled", async () => {
    const impatient = await testFfmpeg({ probeTimeMs: 400 });
    await writeFile(at("stuck"), "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    const stuck: Ffmpeg = { ...impatient, ffprobePath: at("stuck") };
    await expect(probeMedia(stuck, at("good.mp4"))).rejects.toMatchObject({ kind: "failed", code: "media.stalled" });
  });

  test("a pipe or a device is no media file", async () => {
    await expect(probeMedia(tools, "/dev/zero")).rejects.toMatchObject({ code: "media.unsupported-format" });
  });

  test("a full disk fails the export, says so, and leaves nothing behind", async () => {
    const source = await openMedia(tools, at("good.mp4"));
    const [video] = source.facts.video;
    if (!video) throw new Error("the test file has a picture");
    await mkdir(at("full"), { recursive: true });
    // prlimit's file size ceiling stands in for the disk; the write fails in the same place.
    const launcher = ["/usr/bin/prlimit", "--fsize=2000", "--"];
    const cramped: Ffmpeg = { ...tools, launcher };
    const request = { path: at("full/out.mkv"), codec: "ffv1", container: "mkv", picture: pictureLike(video) } as const;
    await expect(encodeFrames(cramped, decodeFrames(source), request)).rejects.toMatchObject({ kind: "failed" });
    expect(await readdir(at("full"))).toEqual([]);
  });

  test("every command line is logged", async () => {
    const entries: LogEntry[] = [];
    const logged: Ffmpeg = { ...tools, logger: collectingLogger("core/media", (entry) => entries.push(entry)) };
    await probeMedia(logged, at("good.mp4"));
    expect(entries.filter(({ message }) => message === "run")).toHaveLength(2);
    for (const { fields } of entries) expect(fields["args"]).toContain(`file:${at("good.mp4")}`);
  });

  test("a file that changes length after its probe is refused, not padded", async () => {
    await copyFile(at("good.ts"), at("shrinking.ts"));
    const source = await openMedia(tools, at("shrinking.ts"));
    await using file = await open(at("shrinking.ts"), "r+");
    await file.truncate(2000);
    const decode = async () => {
      for await (using frame of decodeFrames(source)) expect(frame.isConcealed).toBe(false);
    };
    await expect(decode()).rejects.toMatchObject({ kind: expect.stringMatching(/failed|refused/) });
  });
});
