// Rules of a wired core: projects, imports, previews, history, settings, uploads, with nothing in it replaced.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, afterAll, describe, expect, test } from "vitest";
import { createCore } from "../../src/core/commands/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import { ffmpeg, numberedFrames, tempFolder } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";
import type { RealCore } from "../support/real-core.ts";

let clips: Awaited<ReturnType<typeof tempFolder>>;
const clip = (name: string) => join(clips.path, name);
beforeAll(async () => {
  clips = await tempFolder();
  const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"];
  const picture = numberedFrames({ rate: "24000/1001", frameCount: 48 });
  const codecs = ["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s24le", "-timecode", "01:00:00:00"];
  await ffmpeg(...picture, ...sound, ...codecs, clip("film.mov"));
  await ffmpeg(...sound, clip("dialogue.wav"));
});
afterAll(() => clips[Symbol.asyncDispose]());

const importClip = async (own: RealCore, path: string) => {
  const { jobId } = await own.operations["media.import"]({ path });
  return await own.ended(jobId);
};

const mediaIdOf = ({ labels }: { labels: Readonly<Record<string, string>> }) => labels["mediaId"] as RecordId<"media">;

describe("a project", () => {
  test("is made, closed, remembered and opened again with what was edited", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    expect(await operations["project.info"]({})).toEqual({ project: null });
    const made = await operations["project.create"]({ folder: own.folder, name: "Night Train" });
    expect(made).toMatchObject({ name: "Night Train", folder: join(own.folder, "Night Train.dubwright") });
    await operations["versions.add"]({ language: "de", name: "Kino" });
    await operations["project.close"]({});
    expect(await operations["project.info"]({})).toEqual({ project: null });
    expect((await operations["project.recent"]({})).projects).toMatchObject([{ folder: made.folder, isPresent: true }]);
    const opened = await operations["project.open"]({ folder: made.folder });
    expect(opened.counts.version).toBe(1);
    expect(own.events.map(({ type }) => type)).toEqual([
      "project-opened",
      "records-changed",
      "project-closed",
      "project-opened",
    ]);
  });

  test("stays open when another one cannot be opened in its place", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    await operations["project.create"]({ folder: own.folder, name: "A" });
    await expect(operations["project.open"]({ folder: clips.path })).rejects.toMatchObject({ kind: "refused" });
    expect((await operations["project.info"]({})).project).toMatchObject({ name: "A" });
    const other = await operations["project.create"]({ folder: own.folder, name: "B" });
    expect((await operations["project.info"]({})).project).toMatchObject({ folder: other.folder });
  });

  test("is made and opened where the application's own folder cannot be written", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    await writeFile(join(own.folder, "app"), "in the way");
    const { folder } = await operations["project.create"]({ folder: own.folder, name: "A" });
    await operations["project.close"]({});
    expect(await operations["project.open"]({ folder })).toMatchObject({ name: "A" });
  });

  test("is opened once when it is asked for twice at the same time", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    const { folder } = await operations["project.create"]({ folder: own.folder, name: "A" });
    await operations["project.close"]({});
    const answers = await Promise.all([operations["project.open"]({ folder }), operations["project.open"]({ folder })]);
    expect(answers.map((answer) => answer.folder)).toEqual([folder, folder]);
    expect(own.events.filter(({ type }) => type === "project-opened")).toHaveLength(2);
  });

  test("is opened by one core at a time", async () => {
    await using own = await openRealCore();
    await using second = await openRealCore();
    const { folder } = await own.operations["project.create"]({ folder: own.folder, name: "A" });
    await expect(second.operations["project.open"]({ folder })).rejects.toMatchObject({ code: "project.in-use" });
  });

  test("is needed for what works on one", async () => {
    await using own = await openRealCore();
    await expect(own.operations["history.undo"]({})).rejects.toMatchObject({ code: "project.none-open" });
    const early = own.operations["media.import"]({ path: clip("film.mov") });
    await expect(early).rejects.toMatchObject({ code: "project.none-open" });
  });

  test("answers lists in pages and refuses a filter that its records don't have", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    await operations["project.create"]({ folder: own.folder, name: "A" });
    for (const name of ["1", "2", "3"]) await operations["versions.add"]({ language: "de", name });
    const first = await operations["record.list"]({ type: "version", limit: 2 });
    expect(first.records).toHaveLength(2);
    const second = await operations["record.list"]({ type: "version", limit: 2, after: first.next ?? "" });
    expect(second).toMatchObject({ records: [{ name: "3" }], next: null });
    const foreign = operations["record.list"]({ type: "version", reelId: "reel:a" });
    await expect(foreign).rejects.toMatchObject({ code: "record.no-such-filter" });
  });
});

describe("an import", () => {
  test("brings in a film with its exact facts, its reel and all previews, as one step of the history", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    await operations["project.create"]({ folder: own.folder, name: "A" });
    const job = await importClip(own, clip("film.mov"));
    expect(job).toMatchObject({ state: "done", title: "film.mov", result: { mediaId: mediaIdOf(job) } });
    const { records: reels } = await operations["record.list"]({ type: "reel" });
    const frameRate = { num: 24_000, den: 1001 };
    expect(reels).toMatchObject([{ name: "film", frameRate, durationFrames: 48, startTimecodeFrames: 86_400 }]);

    const previews = await operations["media.previews"]({ mediaId: mediaIdOf(job) });
    expect(previews).toMatchObject({
      isOnline: true,
      proxy: { state: "ready" },
      thumbnails: { state: "ready" },
      peaks: [{ streamIndex: 1, state: "ready" }],
    });
    for (const url of [previews.proxy.url, previews.thumbnails.url, previews.peaks[0]?.url]) {
      const resource = await own.core.resources.resolve(String(url).replace("media/", ""));
      expect((await readFile(resource?.filePath ?? "")).byteLength).toBeGreaterThan(100);
    }
    const peaks = await operations["media.peaks"]({
      mediaId: mediaIdOf(job),
      streamIndex: 1,
      startSample: 0,
      endSample: 48_000,
      buckets: 100,
    });
    // Nothing louder than the generator's sine, whose amplitude is an eighth.
    expect(Math.max(...(peaks.channels[0] ?? []))).toBeCloseTo(0.125, 2);

    expect((await operations["history.undo"]({})).redo).toMatchObject({ name: "media.import" });
    expect((await operations["record.list"]({ type: "reel" })).records).toEqual([]);
    await operations["history.redo"]({});
    expect((await operations["record.list"]({ type: "reel" })).records).toHaveLength(1);
  });

  test("of the same content a second time is refused, and says where it is already", async () => {
    await using own = await openRealCore();
    await own.operations["project.create"]({ folder: own.folder, name: "A" });
    await importClip(own, clip("dialogue.wav"));
    const again = await importClip(own, clip("dialogue.wav"));
    expect(again).toMatchObject({ state: "failed", attempts: 1, failure: { code: "media.already-imported" } });
  });

  test("of a file that isn't there is refused at once", async () => {
    await using own = await openRealCore();
    await own.operations["project.create"]({ folder: own.folder, name: "A" });
    for (const path of [clip("none.mov"), clips.path])
      await expect(own.operations["media.import"]({ path })).rejects.toMatchObject({ code: "media.not-found" });
    expect((await own.operations["jobs.list"]({})).jobs).toEqual([]);
  });

  test("is prepared anew by one job at a time, however often it is asked for", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    const { folder } = await operations["project.create"]({ folder: own.folder, name: "A" });
    const mediaId = mediaIdOf(await importClip(own, clip("dialogue.wav")));
    await rm(join(folder, "cache", "media"), { recursive: true });
    const asked = await Promise.all([
      operations["media.prepare"]({ mediaId }),
      operations["media.prepare"]({ mediaId }),
    ]);
    const [first, second] = asked.map(({ jobId }) => jobId);
    expect(second).toBe(first);
    expect(await own.ended(first ?? "")).toMatchObject({ state: "done" });
    expect((await operations["media.previews"]({ mediaId })).peaks).toMatchObject([{ state: "ready" }]);
    expect((await operations["media.prepare"]({ mediaId })).jobId).not.toBe(first);
  });

  test("of what is no media fails with the probe's refusal and leaves no record", async () => {
    await using own = await openRealCore();
    await own.operations["project.create"]({ folder: own.folder, name: "A" });
    await writeFile(clip("notes.mov"), "This is no film.");
    const job = await importClip(own, clip("notes.mov"));
    expect(job).toMatchObject({ state: "failed", attempts: 1, failure: { kind: "refused" } });
    expect((await own.operations["record.list"]({ type: "media" })).records).toEqual([]);
  });

  test("that was queued where no jobs run goes on in the next core that runs them", async () => {
    await using first = await openRealCore({ jobs: "keep" });
    const { folder } = await first.operations["project.create"]({ folder: first.folder, name: "A" });
    const { jobId } = await first.operations["media.import"]({ path: clip("dialogue.wav") });
    await first.operations["project.close"]({});
    await using second = await openRealCore({ folder: first.folder });
    await second.operations["project.open"]({ folder });
    expect(await second.ended(jobId)).toMatchObject({ state: "done" });
  });

  test("of a file inside the project is named relative to it, and moves with it", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    const { folder } = await operations["project.create"]({ folder: own.folder, name: "A" });
    const chunks = async function* () {
      yield await readFile(clip("dialogue.wav"));
    };
    const upload = {
      name: "../dia:logue.wav",
      sizeBytes: undefined,
      chunks: chunks(),
      signal: AbortSignal.timeout(1e4),
    };
    const { path } = await own.core.uploads.receive(upload);
    expect(path).toBe(join(folder, "media", "dia_logue.wav"));
    const job = await importClip(own, path);
    expect((await operations["record.list"]({ type: "media" })).records).toMatchObject([
      { path: "media/dia_logue.wav" },
    ]);
    await operations["project.close"]({});
    await rename(folder, join(own.folder, "Moved.dubwright"));
    await operations["project.open"]({ folder: join(own.folder, "Moved.dubwright") });
    const previews = await operations["media.previews"]({ mediaId: mediaIdOf(job) });
    expect(previews).toMatchObject({ isOnline: true, peaks: [{ state: "ready" }] });
  });
});

describe("media that moved", () => {
  test("are found again by their content, with those that moved along; other content is refused", async () => {
    await using own = await openRealCore();
    const { operations, folder } = own;
    await operations["project.create"]({ folder, name: "A" });
    await mkdir(join(folder, "old"));
    await ffmpeg("-i", clip("dialogue.wav"), "-af", "volume=0.5", join(folder, "old", "b.wav"));
    await ffmpeg("-i", clip("dialogue.wav"), "-af", "volume=0.25", join(folder, "old", "a.wav"));
    const first = await importClip(own, join(folder, "old", "a.wav"));
    const second = await importClip(own, join(folder, "old", "b.wav"));
    await rename(join(folder, "old"), join(folder, "new"));
    expect(await operations["media.previews"]({ mediaId: mediaIdOf(first) })).toMatchObject({ isOnline: false });
    const wrong = operations["media.relink"]({ mediaId: mediaIdOf(first), path: join(folder, "new", "b.wav") });
    await expect(wrong).rejects.toMatchObject({ code: "media.other-content" });
    const right = await operations["media.relink"]({ mediaId: mediaIdOf(first), path: join(folder, "new", "a.wav") });
    expect(right.alsoFound).toEqual([{ mediaId: mediaIdOf(second), path: join(folder, "new", "b.wav") }]);
    expect(await operations["media.previews"]({ mediaId: mediaIdOf(first) })).toMatchObject({
      isOnline: true,
      peaks: [{ state: "ready" }],
    });
  });
});

describe("resources", () => {
  test("are forgotten with the project that they belong to", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    await operations["project.create"]({ folder: own.folder, name: "A" });
    const job = await importClip(own, clip("dialogue.wav"));
    const previews = await operations["media.previews"]({ mediaId: mediaIdOf(job) });
    const resourceId = String(previews.peaks[0]?.url).replace("media/", "");
    expect(await own.core.resources.resolve(resourceId)).toMatchObject({ etag: expect.stringMatching(/^"[\w-]+"$/) });
    expect(await own.core.resources.resolve("../project.sqlite")).toBeUndefined();
    await operations["project.close"]({});
    expect(await own.core.resources.resolve(resourceId)).toBeUndefined();
  });
});

describe("an upload", () => {
  const send = (own: RealCore, { name = "a.wav", sizeBytes = 4, cutAfter = Infinity } = {}) => {
    const leaving = new AbortController();
    const chunks = async function* () {
      for (let byte = 0; byte < 4; byte++) {
        if (byte >= cutAfter) leaving.abort(new Error("the page left"));
        yield Uint8Array.of(byte);
      }
    };
    return own.core.uploads.receive({ name, sizeBytes, chunks: chunks(), signal: leaving.signal });
  };

  test("of a name that is taken gets a number, and nothing is ever replaced", async () => {
    await using own = await openRealCore();
    const { folder } = await own.operations["project.create"]({ folder: own.folder, name: "A" });
    const answers = await Promise.all([send(own), send(own), send(own)]);
    const names = answers.map(({ path }) => path.slice(join(folder, "media").length + 1));
    expect(names.toSorted()).toEqual(["a (2).wav", "a (3).wav", "a.wav"]);
    expect((await readdir(join(folder, "media"))).toSorted()).toEqual(names.toSorted());
  });

  test.each([
    ["is cut off by its page", { cutAfter: 2 }],
    ["is shorter than announced", { sizeBytes: 5 }],
    ["is larger than the disk", { sizeBytes: 1e15 }],
  ])("that %s leaves nothing", async (_case, how) => {
    await using own = await openRealCore();
    const { folder } = await own.operations["project.create"]({ folder: own.folder, name: "A" });
    await expect(send(own, how)).rejects.toThrow();
    expect(await readdir(join(folder, "media"))).toEqual([]);
  });
});

describe("settings", () => {
  test("are kept, and changed one at a time", async () => {
    await using own = await openRealCore();
    const { operations } = own;
    expect(await operations["app.settings"]({})).toEqual({ theme: "dark" });
    await Promise.all([operations["app.set"]({ theme: "dark" }), operations["app.set"]({ language: "zh-Hans" })]);
    await using next = await openRealCore({ folder: own.folder });
    expect(await next.operations["app.settings"]({})).toEqual({ language: "zh-Hans", theme: "dark" });
  });

  test.each(["", "{", '{"language":"klingon"}', "null"])(
    "damaged as %j are put aside, not lost, and reported",
    async (text) => {
      await using own = await openRealCore();
      const appFolder = join(own.folder, "app");
      await mkdir(appFolder);
      await writeFile(join(appFolder, "settings.json"), text);
      expect(await own.operations["app.settings"]({})).toEqual({ theme: "dark" });
      const { findings } = await own.operations["app.doctor"]({});
      expect(findings.find(({ subject }) => subject === "settings")).toMatchObject({ state: "degraded" });
      const aside = (await readdir(appFolder)).find((name) => name.startsWith("settings.json.damaged"));
      expect(await readFile(join(appFolder, aside ?? ""), "utf8")).toBe(text);
    },
  );
});

test("the doctor examines everything, and finds ffmpeg good here", async () => {
  await using own = await openRealCore();
  const { findings } = await own.operations["app.doctor"]({});
  const subjects = findings.map(({ subject }) => subject);
  for (const subject of ["node", "ffmpeg", "native-kernels", "sqlite", "onnx-runtime", "workers", "disk-space"])
    expect(subjects).toContain(subject);
  expect(findings.find(({ subject }) => subject === "ffmpeg")).toMatchObject({ state: "good" });
  for (const { state, advice } of findings) expect(advice === "").toBe(state === "good");
});

test("browsing shows projects, folders and media, not what is hidden", async () => {
  await using own = await openRealCore();
  const { operations, folder } = own;
  await operations["project.create"]({ folder, name: "A" });
  await mkdir(join(folder, "b"));
  for (const name of ["c10.mov", "c9.MOV", "d.txt", ".hidden"]) await writeFile(join(folder, name), "x");
  await rm(join(folder, "app"), { recursive: true });
  const browsed = await operations["app.browse"]({ folder });
  expect(browsed.entries.map(({ name, kind }) => [name, kind])).toEqual([
    ["A.dubwright", "project"],
    ["b", "folder"],
    ["c9.MOV", "media"],
    ["c10.mov", "media"],
    ["d.txt", "other"],
  ]);
  expect(browsed.places.map(({ path }) => path)).toContain(folder);
  await expect(operations["app.browse"]({ folder: join(folder, "none") })).rejects.toMatchObject({ kind: "refused" });
});

test("a core can be made and ended without ever opening a project", async () => {
  await using own = await openRealCore();
  expect(typeof createCore).toBe("function");
  expect(await own.operations["app.info"]({})).toMatchObject({ host: "web", version: expect.stringMatching(/^\d/) });
});
