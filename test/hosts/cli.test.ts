// Rules of the command line, with the real process: what it prints, where, and how it ends.
import { execFile, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ffmpeg, numberedFrames, tempFolder } from "../support/media.ts";

const mainPath = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

let home: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  home = await tempFolder();
  const picture = numberedFrames({ rate: "25", frameCount: 50 });
  const sound = ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=2", "-c:a", "aac"];
  await ffmpeg(...picture, ...sound, "-c:v", "libx264", "-pix_fmt", "yuv420p", join(home.path, "film.mp4"));
  await ffmpeg("-f", "lavfi", "-i", "sine=sample_rate=48000:duration=1", join(home.path, "dialogue.wav"));
});
afterAll(() => home[Symbol.asyncDispose]());

type Ended = { readonly code: number; readonly out: string; readonly err: string };

const environment = () => ({
  ...process.env,
  DUBWRIGHT_APP_DATA: join(home.path, "app"),
  NODE_COMPILE_CACHE: join(home.path, "compile-cache"),
});

function dubwright(args: readonly string[], folder = home.path): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: environment() };
    const child = execFile(process.execPath, [mainPath, ...args], options, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

const makeProject = async (name: string): Promise<string> => {
  const folder = join(home.path, `of-${name}`);
  await mkdir(folder);
  expect(await dubwright(["project", "create", name], folder)).toMatchObject({ code: 0, err: "" });
  return folder;
};

test("a film is brought in, listed, taken back and brought in again", async () => {
  const folder = await makeProject("Night Train");
  const films = [join(home.path, "film.mp4"), join(home.path, "dialogue.wav")];
  const imported = await dubwright(["media", "import", ...films], folder);
  expect(imported).toMatchObject({ code: 0, out: "" });
  expect(imported.err).toContain("film.mp4: reading the file");
  expect(imported.err).toContain("film.mp4: done");
  expect((await dubwright(["project", "info"], folder)).out).toMatch(/Holds +2 media files, 1 reel/);
  expect((await dubwright(["jobs", "list"], folder)).out).toMatch(/done +film\.mp4 +media\.import +100 %/);
  expect((await dubwright(["undo"], folder)).out).toMatch(/Redo +import media/);
  expect((await dubwright(["project", "info"], folder)).out).toMatch(/Holds +1 media file/);
  await dubwright(["redo"], folder);
  const again = await dubwright(["redo"], folder);
  expect(again).toMatchObject({ code: 1, out: "" });
  expect(again.err).toContain("There is no edit to redo");
  const listed = await dubwright(["record", "list", "media", "--json"], folder);
  expect(JSON.parse(listed.out)).toMatchObject({ records: [{ type: "media" }, { type: "media" }], next: null });
});

test("a probe prints what is in a file, for people and for programs", async () => {
  const { out } = await dubwright(["media", "probe", "film.mp4"]);
  expect(out).toContain("h264 High, 256 x 64");
  expect(out).toContain("50 at 25 fps, no timecode");
  const { out: json } = await dubwright(["media", "probe", "film.mp4", "--json"]);
  expect(JSON.parse(json)).toMatchObject({ facts: { video: [{ frameCount: 50, frameRate: { num: 25, den: 1 } }] } });
});

test("jobs tell their events as lines of JSON", async () => {
  const folder = await makeProject("Lines");
  const { out, err, code } = await dubwright(["media", "import", "../film.mp4", "--json"], folder);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const events = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["job-changed", "job-progressed"]));
  expect(events.at(-1)).toMatchObject({ job: { state: "done", result: { mediaId: expect.any(String) } } });
});

describe("the exit code", () => {
  test("is 1 for what the person can act on, told in two sentences", async () => {
    expect(await dubwright(["media", "probe", "none.mov"])).toEqual({
      code: 1,
      out: "",
      err: expect.stringMatching(/none\.mov, found none that can be read\.\nLocate the file/),
    });
    const json = await dubwright(["media", "probe", "none.mov", "--json"]);
    expect(JSON.parse(json.out)).toMatchObject({ failure: { kind: "refused", code: "media.not-found" } });
  });

  test("is 1 when a job was refused, and the other jobs are done all the same", async () => {
    const folder = await makeProject("Mixed");
    await writeFile(join(folder, "notes.mov"), "no film");
    const { code, err } = await dubwright(["media", "import", "notes.mov", "../dialogue.wav"], folder);
    expect(code).toBe(1);
    expect(err).toContain("notes.mov: failed: ");
    expect(err).toContain("dialogue.wav: done");
  });

  test("is 2 for what makes no sense", async () => {
    for (const args of [["project", "crate"], ["media", "probe"], ["jobs", "list", "--limit", "0"], ["undo"]])
      expect(await dubwright(args)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(/\S/) });
  });

  test("is 0 for help and version", async () => {
    expect(await dubwright(["--help"])).toMatchObject({ code: 0, err: "" });
    expect((await dubwright(["--version"])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("the project that is meant", () => {
  test("is the nearest from here upwards, or the one that is named", async () => {
    const folder = await makeProject("Near");
    const inside = join(folder, "Near.dubwright", "media");
    expect((await dubwright(["project", "info"], inside)).out).toMatch(/Project +Near/);
    const named = await dubwright(["project", "info", "--project", join(folder, "Near.dubwright")]);
    expect(named.out).toMatch(/Project +Near/);
    await rm(folder, { recursive: true });
  });

  test("is asked for when there are two side by side", async () => {
    const folder = await makeProject("One");
    await dubwright(["project", "create", "Two"], folder);
    const { code, err } = await dubwright(["project", "info"], folder);
    expect(code).toBe(2);
    expect(err).toContain('--project "');
  });
});

/** Starts it, and hears what it says until it ends. */
function start(args: readonly string[], folder: string) {
  const child = spawn(process.execPath, [mainPath, ...args], { cwd: folder, env: environment() });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return {
    child,
    ended,
    untilSaid: async (pattern: RegExp) => {
      await expect.poll(() => said, { timeout: 30_000 }).toMatch(pattern);
      return pattern.exec(said)?.[0] ?? "";
    },
  };
}

test("Ctrl-C puts a job back, and the next watch finishes it", async () => {
  const folder = await makeProject("Interrupted");
  // Long enough to be interrupted on any machine, small enough to be finished afterwards.
  const longFilm = join(home.path, "long.mp4");
  const codec = ["-c:v", "libx264", "-preset", "ultrafast"];
  await ffmpeg("-f", "lavfi", "-i", "testsrc2=s=1280x720:r=25:d=40", ...codec, longFilm);
  const importing = start(["media", "import", longFilm], folder);
  await importing.untilSaid(/making the proxy/);
  importing.child.kill("SIGINT");
  expect(await importing.ended).toBe(130);
  await importing.untilSaid(/go on with: dubwright jobs watch/);
  const { jobs } = JSON.parse((await dubwright(["jobs", "list", "--json"], folder)).out);
  expect(jobs).toMatchObject([{ state: "queued", attempts: 0 }]);
  const watched = await dubwright(["jobs", "watch"], folder);
  expect(watched).toMatchObject({ code: 0, err: expect.stringContaining("long.mp4: done") });
  expect((await dubwright(["jobs", "watch"], folder)).out).toBe("No job is left to do.\n");
});

test("serve prints an address that opens the editor, and ends in order", async () => {
  const folder = await makeProject("Served");
  const serving = start(["serve"], folder);
  const url = await serving.untilSaid(/http:\/\/127\.0\.0\.1:\d+\/start\?token=[\w-]+/);
  const answer = await fetch(url);
  expect(answer.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Strict$/);
  expect((await dubwright(["project", "info"], folder)).err).toContain("the editor in the browser");
  serving.child.kill("SIGINT");
  expect(await serving.ended).toBe(0);
  expect((await dubwright(["project", "info"], folder)).code).toBe(0);
});
