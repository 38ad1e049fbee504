// What ffmpeg is told, argument by argument: plans are values, and these are their rules.
import { expect, test } from "vitest";
import { commandArguments } from "./command.ts";
import { decodeArguments, stepsBack } from "./decode-plan.ts";
import { encodeArguments, pictureLike } from "./encode-plan.ts";
import { frameClock } from "./frame-clock.ts";
import { fileUrl } from "./limits.ts";
import { carriedTags } from "./mux-plan.ts";
import { optionList } from "./options.ts";
import { frameShape, parsePixelFormat, planarLayout } from "./pixel-layout.ts";
import { proxySize } from "./proxy-plan.ts";
import { codecNames, isNewEnough } from "./toolchain.ts";
import { partialPath } from "./whole-file.ts";
import { planThumbnails } from "./thumbnails.ts";
import type { VideoStreamFacts } from "../../shared/project/index.ts";

const film: VideoStreamFacts = {
  streamIndex: 0,
  codec: "h264",
  frameRate: { num: 25, den: 1 },
  isConstantFrameRate: true,
  frameCount: 1000,
  frameCountFrom: "packets",
  timeBase: { num: 1, den: 12_800 },
  firstFrameTicks: 0,
  startTimecode: { label: "01:00:00:00", isDropFrame: false },
  codedSize: { widthPx: 1920, heightPx: 1080 },
  displaySize: { widthPx: 1920, heightPx: 1080 },
  pixelAspectRatio: { num: 1, den: 1 },
  rotationDegrees: 0,
  pixelLayout: { name: "yuv420p", bitDepth: 8, chroma: "420", hasAlpha: false },
  color: { primaries: "bt709", transfer: "bt709", matrix: "bt709", range: "limited" },
  fieldOrder: "progressive",
};

/** The argument after `name`. */
const valueOf = (args: readonly string[], name: string) => args[args.indexOf(name) + 1];

test("a value with a space, a dash or a newline stays one argument of the command", () => {
  const args = commandArguments({
    inputs: [{ options: ["-a", "b c", "-d", "-e f"], url: "file:/x y\n-z" }],
    outputs: [{ options: ["-metadata", "title=one two"], url: "file:/out put" }],
  });
  expect(args).toEqual([
    "-hide_banner",
    "-nostdin",
    "-a",
    "b c",
    "-d",
    "-e f",
    "-i",
    "file:/x y\n-z",
    "-metadata",
    "title=one two",
    "file:/out put",
  ]);
});

test("options come in the order of their table; a list repeats, undefined leaves out, an empty one is a flag", () => {
  expect(optionList({ y: "", ss: undefined, map: ["0:v", "0:a"], crf: 0 })).toEqual(
    "-y -map 0:v -map 0:a -crf 0".split(" "),
  );
});

test("every path is absolute and behind its protocol", () => {
  expect(fileUrl("/a/http:b.mp4")).toBe("file:/a/http:b.mp4");
  expect(fileUrl("-y.mp4")).toMatch(/^file:\/.*\/-y\.mp4$/);
});

test("a range is cut by timestamp, half-open, from a seek that lies before it", () => {
  const args = decodeArguments({
    path: "/film.mp4",
    facts: film,
    clock: frameClock(film),
    range: { startFrame: 100, durationFrames: 10 },
    picture: { format: "source" },
    stepBackFrames: stepsBack("h264")[0] ?? 0,
    maxPixels: 1,
  });
  expect(valueOf(args, "-ss")).toBe("3.320000");
  expect(valueOf(args, "-filter:v")).toBe("settb=1/12800,trim=start_pts=50944:end_pts=56064,showinfo=checksum=0");
  expect(args).toContain("-noaccurate_seek");
  expect(args.indexOf("-protocol_whitelist")).toBeLessThan(args.indexOf("-i"));
  expect(args.indexOf("-format_whitelist")).toBeLessThan(args.indexOf("-i"));
});

test("the beginning of a file is decoded without a seek, and its end without an end", () => {
  const args = decodeArguments({
    path: "/film.mp4",
    facts: film,
    clock: frameClock(film),
    range: { startFrame: 0, durationFrames: 1000 },
    picture: { format: "source" },
    stepBackFrames: 17,
    maxPixels: 1,
  });
  expect(args).not.toContain("-ss");
  expect(valueOf(args, "-filter:v")).toBe("settb=1/12800,showinfo=checksum=0");
});

test("RGB is made with the file's own matrix and range, an untagged one by its height", () => {
  const filterOf = (facts: VideoStreamFacts) =>
    valueOf(
      decodeArguments({
        path: "/a",
        facts,
        clock: frameClock(facts),
        range: { startFrame: 0, durationFrames: 1000 },
        picture: { format: "rgb" },
        stepBackFrames: 17,
        maxPixels: 1,
      }),
      "-filter:v",
    );
  expect(filterOf({ ...film, color: { matrix: "bt2020nc", range: "full" } })).toMatch(
    /in_color_matrix=bt2020:in_range=full:out_range=full/,
  );
  expect(filterOf({ ...film, color: {} })).toMatch(/in_color_matrix=bt709:in_range=limited/);
  expect(filterOf({ ...film, color: {}, codedSize: { widthPx: 720, heightPx: 576 } })).toMatch(/in_color_matrix=bt601/);
});

const noSound = { sound: [], maxPixels: 1 } as const;

test("an encoder keeps rate, colour and timecode, and converts only what its codec cannot hold", () => {
  const plan = {
    path: "/o.mov",
    container: "mov",
    settings: {},
    picture: pictureLike(film),
    avutilMajor: 57,
    ...noSound,
  } as const;
  const prores = encodeArguments({ ...plan, codec: "prores-422-hq" });
  expect(valueOf(prores, "-framerate")).toBe("25/1");
  expect(valueOf(prores, "-timecode")).toBe("01:00:00:00");
  expect(valueOf(prores, "-filter:v")).toMatch(
    /^scale=in_range=tv:out_range=tv.*,format=yuv422p10le,setparams=range=tv/,
  );
  const h264 = encodeArguments({ ...plan, codec: "h264" });
  expect(valueOf(h264, "-filter:v")).toBe(
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709:field_mode=prog,setsar=1/1",
  );
  expect(valueOf(h264, "-video_track_timescale")).toBe("10000");
});

test("a colour tag that is no name of ffmpeg's never reaches a filter", () => {
  const picture = { ...pictureLike(film), color: { primaries: "bt709,movie=/etc/passwd" } };
  const plan = {
    path: "/o",
    container: "mov",
    codec: "h264",
    settings: {},
    picture,
    avutilMajor: 57,
    ...noSound,
  } as const;
  expect(() => encodeArguments(plan)).toThrow(/colour tag/);
});

test.for([
  ["yuv420p", 8, "420"],
  ["yuvj422p", 8, "422"],
  ["yuv422p10le", 10, "422"],
  ["yuva444p12le", 12, "444"],
  ["nv12", 8, "420"],
  ["p010le", 10, "420"],
  ["gray16be", 16, "gray"],
  ["gbrp12le", 12, "rgb"],
  ["bgra", 8, "rgb"],
] as const)("%s has %i bits and %s", ([name, bitDepth, chroma]) => {
  expect(parsePixelFormat(name)).toMatchObject({ bitDepth, chroma });
});

test("a name that is no picture we know is none", () => {
  expect(parsePixelFormat("vaapi")).toBeUndefined();
  expect(parsePixelFormat("bayer_bggr8")).toBeUndefined();
});

test("packed and big-endian pictures are decoded to planes of the same depth; full range by name keeps its name", () => {
  const planarOf = (name: string) => {
    const layout = parsePixelFormat(name);
    return layout && planarLayout(layout).name;
  };
  expect(["nv12", "p010le", "uyvy422", "yuv422p10be", "yuvj420p", "bgra", "ya8"].map(planarOf)).toEqual([
    "yuv420p",
    "yuv420p10le",
    "yuv422p",
    "yuv422p10le",
    "yuvj420p",
    "gbrap",
    "gray",
  ]);
});

test("chroma of an odd picture is rounded up, and planes follow each other without gaps", () => {
  const layout = { name: "yuv420p10le", bitDepth: 10, chroma: "420", hasAlpha: false } as const;
  const shape = frameShape(layout, 5, 3);
  expect(shape.planes).toEqual([
    { widthPx: 5, heightPx: 3, offsetBytes: 0 },
    { widthPx: 3, heightPx: 2, offsetBytes: 30 },
    { widthPx: 3, heightPx: 2, offsetBytes: 42 },
  ]);
  expect(shape.frameBytes).toBe(54);
});

test("a track's tags are those its container can hold, and the rest is told as lost", () => {
  const track = { path: "/a", codec: "copy", languageTag: "pt-BR", dispositions: ["default", "original"] } as const;
  const mp4 = carriedTags(track, "mp4");
  expect(mp4.written).toEqual({
    language: "por",
    title: undefined,
    handlerName: "Brazilian Portuguese (pt-BR)",
    dispositions: "default",
  });
  expect(mp4.lost.map(({ tag }) => tag)).toEqual(["language", "title", "original"]);
  expect(carriedTags(track, "mkv").lost).toEqual([]);
});

test("a proxy is upright, even and never larger than its source", () => {
  expect(proxySize({ ...film, displaySize: { widthPx: 3840, heightPx: 2160 } }, 1280)).toEqual({
    widthPx: 1280,
    heightPx: 720,
  });
  expect(proxySize({ ...film, displaySize: { widthPx: 1, heightPx: 1 } }, 1280)).toEqual({ widthPx: 2, heightPx: 2 });
});

test("thumbnails of a film are as many as wanted at most, and half a second apart at least", () => {
  expect(planThumbnails({ ...film, frameCount: 180_000 }, 90, 900)).toMatchObject({ count: 900, stepFrames: 200 });
  expect(planThumbnails({ ...film, frameCount: 100 }, 90, 900)).toMatchObject({ count: 8, stepFrames: 13, columns: 3 });
});

test("ffmpeg is held to its library's version, which builds from git tell as well", () => {
  const banner = (libavutil: string) => `ffmpeg version N-1-g2\nlibavutil      ${libavutil}\n`;
  expect(["57. 28.100", "57. 17.100", "58.  2.100", "60. 8.100"].map(banner).map(isNewEnough)).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(codecNames(" ------\n V....D libx264   H.264\n A..... aac   AAC\n")).toEqual(new Set(["libx264", "aac"]));
});

test("a name of 255 bytes has a partial name that fits, too", () => {
  const longest = `${"n".repeat(251)}.mp4`;
  expect(partialPath("/a/b.mp4")).toBe("/a/b.mp4.partial");
  expect(partialPath(`/a/${longest}`).length).toBeLessThan(100);
});
