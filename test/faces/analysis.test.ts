// The analysis of a reel over real films: the same after a stop, answered from the cache, and never stopped by bad material.
import { readdir, readFile, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silentLogger } from "../../src/core/base/index.ts";
import { analyseReel, openFaceNetworks } from "../../src/core/faces/index.ts";
import type { AnalysedShot } from "../../src/core/faces/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import type { MediaSource } from "../../src/core/media/index.ts";
import { DubError } from "../../src/shared/failure/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";
import { sharedMedia } from "../support/shared-folder.ts";

let folder: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  folder = await tempFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

const place = (name: string): string => join(folder.path, name);
const x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];

type How = {
  readonly cache: string;
  readonly signal?: AbortSignal;
  readonly onFrames?: (done: number) => void;
  readonly openNetworks?: () => ReturnType<typeof openFaceNetworks>;
};

async function analyse(source: MediaSource, { cache, signal, onFrames, openNetworks }: How) {
  const shots: AnalysedShot[] = [];
  const result = await analyseReel(
    {
      source,
      streamIndex: source.facts.video[0]?.streamIndex ?? 0,
      cacheFolder: place(cache),
      openNetworks: openNetworks ?? (() => openFaceNetworks("test", silentLogger)),
      cutFrames: undefined,
      signal: signal ?? new AbortController().signal,
      onProgress: (done) => onFrames?.(done),
      onStage: () => undefined,
    },
    async (shot) => {
      shots.push(shot);
    },
  );
  return { shots, ...result };
}

const contentsOf = async (cache: string): Promise<ReadonlyMap<string, string>> => {
  const names = (await readdir(place(cache))).toSorted();
  const entries = names.map(
    async (name) => [name, (await readFile(join(place(cache), name))).toString("base64")] as const,
  );
  return new Map(await Promise.all(entries));
};

describe("an analysis", () => {
  test("that was stopped goes on where it was and comes to the very same bytes; a second one looks at nothing", async () => {
    const film = place("cuts.mp4");
    const color = (name: string, frames: number) =>
      `${name}=s=160x90:r=25,trim=end_frame=${frames},setsar=1,format=yuv420p`;
    const graph = `${color("testsrc2", 470)}[a];${color("mandelbrot", 300)}[b];${color("rgbtestsrc", 230)}[c];[a][b][c]concat=n=3:v=1[v]`;
    await ffmpeg("-filter_complex", graph, "-map", "[v]", ...x264, film);
    const source = await openMedia(await testFfmpeg(), film);
    const whole = await analyse(source, { cache: "whole" });
    expect(whole.shots.map(({ range }) => range.startFrame)).toEqual([0, 470, 770]);

    const stop = new AbortController();
    const stopped = analyse(source, {
      cache: "stopped",
      signal: stop.signal,
      // The first stretch of 480 frames is put away once 96 more were seen.
      onFrames: (done) => (done > 700 ? stop.abort(new Error("stopped by the test")) : undefined),
    });
    await expect(stopped).rejects.toThrow();
    expect((await contentsOf("stopped")).size).toBe(1);
    const resumed = await analyse(source, { cache: "stopped" });
    expect(await contentsOf("stopped")).toEqual(await contentsOf("whole"));
    expect(resumed.shots).toEqual(whole.shots);

    const again = await analyse(source, {
      cache: "stopped",
      openNetworks: () => Promise.reject(new Error("nothing is left to look at")),
    });
    expect(again.shots).toEqual(whole.shots);
  });

  test("whose cache was torn makes what is torn again", async () => {
    const source = await openMedia(await testFfmpeg(), place("cuts.mp4"));
    const sound = await contentsOf("whole");
    const [name = ""] = sound.keys();
    const file = await open(join(place("whole"), name), "r+");
    await file.write(Buffer.from([1, 2, 3, 4]), 0, 4, 200);
    await file.close();
    await analyse(source, { cache: "whole" });
    expect(await contentsOf("whole")).toEqual(sound);
  });
});

type BadFilm = {
  readonly name: string;
  /** Answers the film's path, or undefined where it cannot be made here. */
  readonly make: (path: string) => Promise<string | undefined>;
  readonly expects: (shots: readonly AnalysedShot[], concealedFrames: number) => void;
};

const lavfi = (graph: string, ...options: readonly string[]) => ["-f", "lavfi", "-i", graph, ...options];
const facesIn = (shots: readonly AnalysedShot[]): number => shots.reduce((sum, { tracks }) => sum + tracks.length, 0);
const onlyCovers = (frameCount: number) => (shots: readonly AnalysedShot[]) => {
  expect(facesIn(shots)).toBe(0);
  expect(shots.reduce((sum, { range }) => sum + range.durationFrames, 0)).toBe(frameCount);
};

/** A stretch of a real clip through a filter; undefined, after saying so, where the clip is not there. */
const fromClip =
  (seconds: number, filter: string, ...options: readonly string[]) =>
  async (path: string) => {
    const clip = sharedMedia("demo1_video.mp4");
    if (clip === undefined) return undefined;
    await ffmpeg("-t", String(seconds), "-i", clip, "-vf", filter, "-an", ...x264, ...options, path);
    return path;
  };

const badFilms: readonly BadFilm[] = [
  {
    name: "without any face",
    make: async (path) => (await ffmpeg(...lavfi("testsrc2=s=320x180:r=25:d=2"), ...x264, path), path),
    expects: onlyCovers(50),
  },
  {
    name: "with shots of one frame",
    make: async (path) => {
      const flicker =
        "nullsrc=s=320x180:r=25:d=2,geq=lum='255*mod(X*(N+3)*7+Y*(N+1)*13\\,256)/256':cb='mod(N*71\\,256)':cr='mod(N*113\\,256)'";
      await ffmpeg(...lavfi(flicker), ...x264, path);
      return path;
    },
    expects: onlyCovers(50),
  },
  {
    name: "of odd sizes",
    make: async (path) => (
      await ffmpeg(...lavfi("testsrc2=s=127x73:r=25:d=1"), "-c:v", "ffv1", "-pix_fmt", "yuv420p", path),
      path
    ),
    expects: onlyCovers(25),
  },
  {
    name: "of one pixel",
    make: async (path) => (
      await ffmpeg(
        ...lavfi("color=gray:s=4x4:r=25:d=1,format=yuv444p,crop=1:1"),
        "-c:v",
        "ffv1",
        "-pix_fmt",
        "yuv444p",
        path,
      ),
      path
    ),
    expects: onlyCovers(25),
  },
  {
    name: "in grey",
    make: async (path) => (
      await ffmpeg(...lavfi("testsrc2=s=320x180:r=25:d=1"), "-c:v", "ffv1", "-pix_fmt", "gray10le", path),
      path
    ),
    expects: onlyCovers(25),
  },
  {
    name: "with a varying frame rate",
    make: async (path) => {
      await ffmpeg(
        ...lavfi("testsrc2=s=320x180:r=25:d=4"),
        "-vf",
        "select='not(mod(n,3))+gt(n,50)'",
        "-fps_mode",
        "vfr",
        ...x264,
        path,
      );
      return path;
    },
    expects: (shots) => expect(facesIn(shots)).toBe(0),
  },
  {
    name: "that is interlaced",
    make: fromClip(1, "crop=1080:608:0:500,scale=720:404,fps=50,interlace", "-flags", "+ildct+ilme"),
    expects: (shots) => expect(facesIn(shots)).toBe(1),
  },
  {
    name: "that lies on its side, as phones store it",
    make: async (path) => {
      const flat = `${path}-flat.mp4`;
      if ((await fromClip(1, "scale=540:960,transpose=cclock")(flat)) === undefined) return undefined;
      await ffmpeg("-i", flat, "-c", "copy", "-metadata:s:v:0", "rotate=270", path);
      return path;
    },
    expects: (shots) => {
      expect(facesIn(shots)).toBe(1);
      const geometry = shots[0]?.tracks[0]?.geometry;
      expect(geometry?.rotationDegrees).not.toBe(0);
      // Upright, the head does not lean by more than the person does.
      expect(Math.abs(geometry?.pose[2] ?? 9)).toBeLessThan(0.4);
    },
  },
  {
    name: "with a crowd of 256",
    make: fromClip(
      0.4,
      "crop=300:300:410:520,scale=96:96,format=yuv420p,split=2[a][b];[a][b]hstack,split=2[c][d];[c][d]hstack,split=2[e][f];[e][f]hstack,split=2[g][h];[g][h]hstack,pad=1920:96,split=2[i][j];[i][j]vstack,split=2[k][l];[k][l]vstack,split=2[m][n];[m][n]vstack,split=2[o][p];[o][p]vstack",
    ),
    expects: (shots) => expect(facesIn(shots)).toBeGreaterThan(3),
  },
  {
    name: "with a corrupt stretch in its middle",
    make: async (path) => {
      await ffmpeg(...lavfi("testsrc2=s=640x360:r=25:d=6"), ...x264, "-g", "10", path);
      const { size } = await stat(path);
      const file = await open(path, "r+");
      await file.write(Buffer.alloc(4000, 0xa5), 0, 4000, Math.floor(size / 2));
      await file.close();
      return path;
    },
    expects: onlyCovers(150),
  },
];

describe("a film", () => {
  test.for(badFilms)("$name ends with a result", async ({ name, make, expects }, context) => {
    const file = await make(place(`${name.replaceAll(/[^a-z]/g, "-")}.${/odd|pixel|grey/.test(name) ? "mkv" : "mp4"}`));
    if (file === undefined) {
      context.skip("demo1_video.mp4 is not in ../shared/media");
      return;
    }
    const source = await openMedia(await testFfmpeg(), file);
    const { shots, concealedFrames } = await analyse(source, { cache: `cache-${name}` });
    expects(shots, concealedFrames);
  });

  test("larger than this machine may decode is refused with what to do, before anything is looked at", async () => {
    const file = place("16k.mkv");
    await ffmpeg(...lavfi("color=gray:s=15360x8640:r=25"), "-frames:v", "1", "-c:v", "mjpeg", file);
    const outcome = await (async () => {
      const source = await openMedia(await testFfmpeg(), file);
      return await analyse(source, { cache: "cache-16k" });
    })().catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(DubError);
    if (outcome instanceof DubError) expect(outcome.hint, outcome.message).not.toBe("");
  });
});
