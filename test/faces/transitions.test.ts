// Dissolves, dips and flashes of every usual length, made by ffmpeg between moving pictures: found once, near their middle.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findCuts } from "../../src/core/faces/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";

/** Moving pictures of different kinds; every transition leads from one to the next. */
const sources = [
  "testsrc2=s=320x180:r=25",
  "mandelbrot=s=320x180:r=25:start_scale=0.8",
  "gradients=s=320x180:r=25:seed=11:speed=0.02",
  "smptehdbars=s=320x180:r=25,noise=alls=14:allf=t",
  "cellauto=s=320x180:r=25:rule=110",
  "mandelbrot=s=320x180:r=25:start_x=-0.7:start_scale=0.05",
  "testsrc=s=320x180:r=25",
  "life=s=320x180:r=25:seed=7:mold=10:life_color=#c83232:death_color=#1e3c1e",
] as const;

type Joined = { readonly frameIndex: number; readonly lengthFrames: number };

/** How far off the middle a transition may be told, as a share of its length; dips of ffmpeg's are darkest near their beginning. */
const leeway = { fade: 0.25, fadeblack: 0.5, fadewhite: 0.5 } as const;

/** Shots of 100 frames beside their transitions, and where these are. */
async function makeFilm(file: string, lengths: readonly number[], kind: string): Promise<readonly Joined[]> {
  const shots = [0, ...lengths].map((before, index) => 100 + before + (lengths[index] ?? 0));
  const inputs = shots.flatMap((_, index) => ["-f", "lavfi", "-i", sources[index % sources.length] ?? ""]);
  const trims = shots.map(
    (frames, index) =>
      `[${index}]trim=start_frame=5:end_frame=${frames + 5},setpts=N,format=yuv420p,setsar=1,settb=1/25,setpts=N,fps=25[s${index}]`,
  );
  const joined: Joined[] = [];
  let endFrame = shots[0] ?? 0;
  const joins = lengths.map((lengthFrames, before) => {
    const [from, offsetFrames] = [before === 0 ? "s0" : `j${before}`, endFrame - lengthFrames];
    joined.push({ frameIndex: offsetFrames + lengthFrames / 2, lengthFrames });
    endFrame += (shots[before + 1] ?? 0) - lengthFrames;
    const fade = `xfade=transition=${kind}:duration=${lengthFrames / 25}:offset=${offsetFrames / 25}`;
    return `[${from}][s${before + 1}]${fade},settb=1/25,fps=25[j${before + 1}]`;
  });
  const encode = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"];
  await ffmpeg(
    ...inputs,
    "-filter_complex",
    [...trims, ...joins].join(";"),
    "-map",
    `[j${lengths.length}]`,
    ...encode,
    file,
  );
  return joined;
}

describe("transitions of many lengths", () => {
  test.for([
    ["fade", [2, 3, 4, 6, 8, 10, 12, 16]],
    ["fade", [20, 24, 28, 32, 40, 48, 56, 64]],
    ["fadeblack", [12, 16, 24, 32, 40, 48]],
    ["fadewhite", [12, 16, 24, 32, 40]],
  ] as const)("by %s over %j frames are found once each, and nothing else", async ([kind, lengths]) => {
    await using folder = await tempFolder();
    const file = join(folder.path, "film.mp4");
    const made = await makeFilm(file, lengths, kind);
    const source = await openMedia(await testFfmpeg(), file);
    const found = await findCuts(source, {
      range: { startFrame: 0, durationFrames: source.facts.video[0]?.frameCount ?? 0 },
    });
    const near = ({ frameIndex, lengthFrames }: Joined) =>
      found.filter((cut) => Math.abs(cut.frameIndex - frameIndex) <= Math.max(2, lengthFrames * leeway[kind]));
    const matched = made.filter((each) => near(each).length === 1);
    const f1 = (2 * matched.length) / (made.length + found.length);
    console.info(
      `${kind}: ${matched.length} of ${made.length} found, ${found.length} told, F1 ${f1.toFixed(3)}` +
        `; missed ${JSON.stringify(made.filter((each) => !matched.includes(each)))}, told ${found.map((c) => `${c.kind} ${c.frameIndex}`).join(", ")}`,
    );
    expect(f1).toBeGreaterThanOrEqual(0.97);
  });
});
