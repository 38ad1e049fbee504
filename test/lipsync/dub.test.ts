// `dub` from end to end with the real process: a film and another dialogue in, a film out, with random weights: noise inside the
// mask and the source, sample for sample, everywhere else.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeFrames, openMedia } from "../../src/core/media/index.ts";
import { tinyLipsync, writeRandomLipsyncModel } from "../../tools/models/random-lipsync-model.ts";
import { ffmpeg, testFfmpeg } from "../support/media.ts";
import { sharedMedia } from "../support/shared-folder.ts";

const mainPath = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const [realVideo, realAudio] = [sharedMedia("demo1_video.mp4"), sharedMedia("demo1_audio.wav")];

let folder = "";
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-dub-"));
  await writeRandomLipsyncModel(at("random.safetensors"), { config: tinyLipsync });
  expect(await dubwright(["models", "import", at("random.safetensors")])).toMatchObject({ code: 0 });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

type Ended = { readonly code: number; readonly out: string; readonly err: string };

function dubwright(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, DUBWRIGHT_APP_DATA: at("app"), NODE_COMPILE_CACHE: at("compile-cache") };
    const child = execFile(process.execPath, [mainPath, ...args], { cwd: folder, env }, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

test.skipIf(!realVideo || !realAudio)(
  "a real clip is dubbed: every frame out, lips of noise, all else the source's own samples",
  { timeout: 300_000 },
  async () => {
    const film = at("film.mkv");
    const cut = ["-frames:v", "24", "-vf", "crop=1080:1080:0:450,scale=540:540", "-c:v", "ffv1", "-pix_fmt", "yuv420p"];
    await ffmpeg("-i", realVideo ?? "", ...cut, "-an", film);
    const sizes = ["--video", film, "--audio", realAudio ?? "", "--out", at("out.mkv"), "--steps", "1"];
    const { code, out, err } = await dubwright(["dub", ...sizes, "--provider", "cpu", "--json"]);
    expect(err).toBe("");
    expect(code).toBe(0);
    const report = JSON.parse(out.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(report).toMatchObject({ output: at("out.mkv"), frames: 24, segments: 1, takes: 1 });
    expect(Object.keys(report["seconds"] as object)).toEqual(
      expect.arrayContaining(["import", "analyse", "generate", "render", "generate.denoise"]),
    );
    // The temporary project has gone with the process.
    expect((await readdir(folder)).filter((name) => name.startsWith(".dub-"))).toEqual([]);
    const tools = await testFfmpeg();
    const [before, after] = [await openMedia(tools, film), await openMedia(tools, at("out.mkv"))];
    const theirs = decodeFrames(before);
    let frames = 0;
    for await (using made of decodeFrames(after)) {
      const next = await theirs.next();
      using source = next.value;
      const { changed, box } = difference(source.planes[0]?.samples ?? [], made.planes[0]?.samples ?? [], 540);
      expect(changed).toBeGreaterThan(500);
      // The mask is the lower part of one face: far less than the picture.
      expect((box.right - box.left) * (box.bottom - box.top)).toBeLessThan((540 * 540) / 6);
      frames += 1;
    }
    expect(frames).toBe(24);
  },
);

function difference(a: ArrayLike<number>, b: ArrayLike<number>, widthPx: number) {
  const box = { left: Infinity, top: Infinity, right: 0, bottom: 0 };
  let changed = 0;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    changed += 1;
    const [x, y] = [i % widthPx, Math.floor(i / widthPx)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return { changed, box };
}

test("a film without a face is refused, and nothing is left behind", { timeout: 120_000 }, async () => {
  await ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25,trim=end_frame=10", "-c:v", "ffv1", at("bars.mkv"));
  await ffmpeg("-f", "lavfi", "-i", "sine=duration=1", at("tone.wav"));
  const { code, err } = await dubwright(["dub", "--video", "bars.mkv", "--audio", "tone.wav", "--out", "no.mkv"]);
  expect(err).toContain("No face");
  expect(code).toBe(1);
  expect(existsSync(at("no.mkv"))).toBe(false);
  expect((await readdir(folder)).filter((name) => name.startsWith(".dub-"))).toEqual([]);
});

test("what makes no sense is said before anything is begun", async () => {
  expect(await dubwright(["dub", "--video", "a.mov", "--out", "b.mov"])).toMatchObject({
    code: 2,
    err: expect.stringContaining("dub needs --audio FILE"),
  });
  const files = ["--video", "a.mov", "--audio", "a.wav"];
  expect(await dubwright(["dub", ...files, "--out", "b.mov", "--steps", "many"])).toMatchObject({ code: 2 });
  expect(
    await dubwright(["dub", ...files, "--out", "b.mov", "--profile", "parity", "--quality", "draft"]),
  ).toMatchObject({ code: 2 });
  expect(await dubwright(["dub", ...files, "--out", "random.safetensors"])).toMatchObject({ code: 1 });
});
