// Cut detection on made film: known cuts, dissolves, a flash, pans and changes of light; and on real clips without a cut.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findCuts } from "../../src/core/faces/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";
import { sharedMedia } from "../support/shared-folder.ts";

const size = "320x180";

/** Shots of a made film, in order: what is seen, for how many frames, and what is done to it. */
const scenes = [
  { source: `testsrc2=s=${size}:r=25`, frames: 60 },
  { source: `mandelbrot=s=${size}:r=25`, frames: 45 },
  { source: `smptehdbars=s=${size}:r=25`, frames: 30, filter: "noise=alls=12:allf=t" },
  // A fast pan.
  { source: `mandelbrot=s=1280x180:r=25:start_x=-0.7`, frames: 40, filter: "crop=320:180:x='n*8':y=0" },
  { source: `cellauto=s=${size}:r=25:rule=110`, frames: 25 },
  // A flash of three frames in the middle of a shot.
  {
    source: `testsrc=s=${size}:r=25`,
    frames: 70,
    filter: "drawbox=x=0:y=0:w=iw:h=ih:t=fill:color=white@0.85:enable='between(n,30,32)'",
  },
  // The light goes down to a third.
  {
    source: `rgbtestsrc=s=${size}:r=25`,
    frames: 60,
    filter: "format=gbrp,geq=r='r(X,Y)*(1-N/90)':g='g(X,Y)*(1-N/90)':b='b(X,Y)*(1-N/90)'",
  },
  { source: `yuvtestsrc=s=${size}:r=25`, frames: 6 },
  { source: `gradients=s=${size}:r=25:seed=3:speed=0.01`, frames: 50 },
  { source: `mandelbrot=s=${size}:r=25:start_scale=0.3:start_x=0.3`, frames: 50 },
  { source: `life=s=${size}:r=25:seed=7:mold=10:life_color=#c83232:death_color=#1e3c1e`, frames: 45 },
] as const;

/** Which shots the film enters by a dissolve of how many frames. */
const dissolves: Readonly<Record<number, number>> = { 1: 20, 9: 12 };

/** Writes the film and tells where its shots begin (dissolves: their middle). */
async function makeFilm(file: string): Promise<readonly { readonly frameIndex: number; readonly kind: string }[]> {
  const inputs = scenes.flatMap(({ source }) => ["-f", "lavfi", "-i", source]);
  const trimmed = scenes.map((scene, index) => {
    const filter = "filter" in scene ? `${scene.filter},` : "";
    return `[${index}]trim=start_frame=5:end_frame=${scene.frames + 5},setpts=N,${filter}format=yuv420p,setsar=1,settb=1/25,setpts=N,fps=25[s${index}]`;
  });
  const cuts: { frameIndex: number; kind: string }[] = [];
  let [length, joined] = [scenes[0].frames as number, "s0"];
  const joins = scenes.slice(1).map(({ frames }, before) => {
    const index = before + 1;
    const over = dissolves[index];
    const inlets = `[${joined}][s${index}]`;
    joined = `j${index}`;
    if (over === undefined) {
      cuts.push({ frameIndex: length, kind: "cut" });
      length += frames;
      return `${inlets}concat=n=2:v=1,settb=1/25,fps=25[${joined}]`;
    }
    const offsetFrames = length - over;
    cuts.push({ frameIndex: offsetFrames + over / 2, kind: "dissolve" });
    length += frames - over;
    return `${inlets}xfade=transition=fade:duration=${over / 25}:offset=${offsetFrames / 25},settb=1/25,fps=25[${joined}]`;
  });
  const graph = [...trimmed, ...joins].join(";");
  const encode = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"];
  await ffmpeg(...inputs, "-filter_complex", graph, "-map", `[${joined}]`, ...encode, file);
  return cuts;
}

describe("cut detection", () => {
  test("finds the cuts and dissolves of a made film, and nothing else", async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, "film.mp4");
    const made = await makeFilm(file);
    const source = await openMedia(await testFfmpeg(), file);
    const durationFrames = source.facts.video[0]?.frameCount ?? 0;
    const found = await findCuts(source, { range: { startFrame: 0, durationFrames } });
    const isSame = (cut: (typeof made)[number], other: (typeof found)[number]): boolean =>
      cut.kind === other.kind && Math.abs(cut.frameIndex - other.frameIndex) <= (cut.kind === "cut" ? 0 : 3);
    const matched = made.filter((cut) => found.some((other) => isSame(cut, other))).length;
    const f1 = (2 * matched) / (made.length + found.length);
    expect(f1, JSON.stringify({ made, found })).toBeGreaterThanOrEqual(0.97);
  });

  test.for(["demo1_video.mp4", "demo3_video.mp4"])("finds no cut in %s, one person talking", async (name, context) => {
    const file = sharedMedia(name);
    if (file === undefined) {
      context.skip(`${name} is not in ../shared/media`);
      return;
    }
    const source = await openMedia(await testFfmpeg(), file);
    const durationFrames = source.facts.video[0]?.frameCount ?? 0;
    expect(await findCuts(source, { range: { startFrame: 0, durationFrames } })).toEqual([]);
  });
});
