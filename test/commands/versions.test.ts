// A version from its first sound to a rendered file, through the contract and with nothing replaced but the model.
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeFrames, openMedia } from "../../src/core/media/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import { rangeBetween } from "../../src/shared/time/index.ts";
import { madeFaces } from "../support/made-faces.ts";
import { recordMadeTake } from "../support/made-take.ts";
import { ffmpeg, numberedFrames, tempFolder, testFfmpeg } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";
import type { RealCore } from "../support/real-core.ts";

let clips: Awaited<ReturnType<typeof tempFolder>>;
const clip = (name: string) => join(clips.path, name);
beforeAll(async () => {
  clips = await tempFolder();
  const own = ["-f", "lavfi", "-i", "sine=330:r=48000:d=2.1"];
  const coding = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", "-timecode", "01:00:00:00"];
  await ffmpeg(
    ...numberedFrames({ rate: "24000/1001", frameCount: 48, heightPx: 144 }),
    ...own,
    ...coding,
    clip("film.mov"),
  );
  await ffmpeg("-f", "lavfi", "-i", "anoisesrc=r=48000:d=1.5:seed=2", "-c:a", "pcm_s24le", clip("voice.wav"));
  const time = ["-metadata", "time_reference=172974802", "-write_bext", "1"];
  await ffmpeg("-f", "lavfi", "-i", "sine=220:r=48000:d=1", ...time, "-c:a", "pcm_s24le", clip("bwf.wav"));
});
afterAll(() => clips[Symbol.asyncDispose]());

async function openFilm() {
  const own = await openRealCore();
  const { folder } = await own.operations["project.create"]({ folder: own.folder, name: "A" });
  const { jobId } = await own.operations["media.import"]({ path: clip("film.mov") });
  await own.ended(jobId);
  const { versionId } = await own.operations["versions.add"]({ language: "de" });
  return {
    own,
    folder,
    versionId,
    operations: own.operations,
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

const jobsOver = async ({ operations, ended }: RealCore) => {
  for (const { jobId } of (await operations["jobs.list"]({})).jobs) await ended(jobId);
};

describe("sound of a version", () => {
  test("is laid in with its file by one edit, previewed, and taken out again with it by one undo", async () => {
    await using film = await openFilm();
    const { own, operations, versionId } = film;
    const added = await operations["dialogue.add"]({ versionId, path: clip("voice.wav") });
    expect(added.warnings).toMatchObject([{ code: "shorter-than-reel" }]);
    const { tracks } = await operations["dialogue.list"]({ versionId });
    expect(tracks).toMatchObject([
      { trackId: added.trackId, name: "voice.wav", startsAt: "01:00:00:00", offsetSamples: 0, sampleRateHz: 48_000 },
    ]);
    await jobsOver(own);
    expect(await operations["media.previews"]({ mediaId: added.mediaId })).toMatchObject({
      peaks: [{ state: "ready" }],
    });
    expect((await operations["versions.list"]({})).versions).toMatchObject([{ name: "German", dialogueTracks: 1 }]);
    await operations["history.undo"]({});
    expect((await operations["dialogue.list"]({})).tracks).toEqual([]);
    expect((await operations["record.list"]({ type: "media" })).records).toHaveLength(1);
    await operations["history.redo"]({});
    const again = operations["dialogue.add"]({ versionId, path: clip("voice.wav") });
    await expect(again).rejects.toMatchObject({ code: "track.exists" });
    const other = await operations["versions.add"]({ language: "fr", name: "TV" });
    const shared = await operations["dialogue.add"]({ versionId: other.versionId, path: clip("voice.wav") });
    expect(shared.mediaId).toBe(added.mediaId);
  });

  test("is placed and slipped by timecode, frames, samples, or the file's own time", async () => {
    await using film = await openFilm();
    const { operations, versionId } = film;
    const { trackId } = await operations["dialogue.add"]({ versionId, path: clip("voice.wav"), at: "01:00:00:12" });
    const offset = async () => (await operations["dialogue.list"]({})).tracks[0]?.offsetSamples;
    expect(await offset()).toBe(24_024);
    await operations["dialogue.offset"]({ trackId, slipFrames: -1 });
    expect(await offset()).toBe(22_022);
    await operations["dialogue.offset"]({ trackId, slipSamples: 7 });
    expect(await offset()).toBe(22_029);
    await operations["history.undo"]({});
    expect(await offset()).toBe(22_022);
    expect(await operations["dialogue.offset"]({ trackId, at: "00:59:59:23" })).toMatchObject({ offsetSamples: -2002 });
    const two = operations["dialogue.offset"]({ trackId, at: "01:00:00:00", slipFrames: 1 });
    await expect(two).rejects.toMatchObject({ code: "track.two-places" });
    const none = operations["dialogue.offset"]({ trackId, at: "file" });
    await expect(none).rejects.toMatchObject({ code: "track.no-file-time" });
    await operations["dialogue.add"]({ versionId, path: clip("bwf.wav"), at: "file" });
    expect((await operations["dialogue.list"]({})).tracks.map((track) => track.offsetSamples)).toContain(2002);
  });

  test("that is no sound is refused, and nothing is brought in", async () => {
    await using film = await openFilm();
    const { operations, versionId } = film;
    await ffmpeg(...numberedFrames({ rate: "25", frameCount: 5 }), "-c:v", "libx264", clip("mute.mov"));
    await writeFile(clip("notes.wav"), "no sound");
    for (const [path, code] of [
      [clip("none.wav"), "media.not-found"],
      [clip("mute.mov"), "media.no-such-stream"],
    ] as const)
      await expect(operations["dialogue.add"]({ versionId, path })).rejects.toMatchObject({ code });
    await expect(operations["dialogue.add"]({ versionId, path: clip("notes.wav") })).rejects.toMatchObject({
      kind: "refused",
    });
    expect((await operations["record.list"]({ type: "media" })).records).toHaveLength(1);
  });
});

describe("segments", () => {
  test("are added, split, merged, trimmed and ignored by hand, each undone by one step", async () => {
    await using film = await openFilm();
    const { operations, versionId } = film;
    const { segmentId } = await operations["segments.add"]({ versionId, range: "01:00:00:10-01:00:01:16" });
    const list = async () =>
      (await operations["segments.list"]({ versionId })).segments.map((each) => [
        each.inTimecode,
        each.outTimecode,
        each.state,
      ]);
    expect(await list()).toEqual([["01:00:00:10", "01:00:01:16", "to-do"]]);
    const { segmentIds } = await operations["segments.split"]({ segmentId, at: "#24" });
    expect(await list()).toEqual([
      ["01:00:00:10", "01:00:01:00", "to-do"],
      ["01:00:01:00", "01:00:01:16", "to-do"],
    ]);
    expect(await operations["segments.merge"]({ segmentIds })).toMatchObject({ segmentId });
    await operations["segments.trim"]({ segmentId, range: "#0-#48" });
    await operations["segments.ignore"]({ segmentIds: [segmentId] });
    expect(await list()).toEqual([["01:00:00:00", "01:00:02:00", "ignored"]]);
    for (let step = 0; step < 3; step++) await operations["history.undo"]({});
    expect(await list()).toHaveLength(2);
    const beyond = operations["segments.add"]({ versionId, range: "#40-#49" });
    await expect(beyond).rejects.toMatchObject({ code: "segment.outside-reel" });
    const backwards = operations["segments.add"]({ versionId, range: "#40-#30" });
    await expect(backwards).rejects.toMatchObject({ code: "time.bad-range" });
  });
});

describe("takes and renders", () => {
  test("a take is chosen, compared and rendered over the source; the file carries picture, dub and original", async () => {
    await using film = await openFilm();
    const { own, operations, versionId, folder } = film;
    await operations["dialogue.add"]({ versionId, path: clip("voice.wav") });
    const { segmentId } = await operations["segments.add"]({ versionId, range: "#10-#30" });
    await operations["segments.add"]({ versionId, range: "#40-#44" });
    await jobsOver(own);
    await operations["project.close"]({});
    const faces = madeFaces({ widthPx: 256, heightPx: 144 });
    const range = rangeBetween(8, 32);
    await recordMadeTake(folder, { segmentId, range, faces });
    await recordMadeTake(folder, { segmentId, range: rangeBetween(10, 30), faces });
    await operations["project.open"]({ folder });

    const { takes } = await operations["takes.list"]({ segmentId });
    expect(takes.map(({ takeNumber, isSelected }) => [takeNumber, isSelected])).toEqual([
      [1, true],
      [2, false],
    ]);
    const takeIds = takes.map(({ takeId }) => takeId);
    expect((await operations["takes.compare"]({ takeIds })).differences).toEqual([
      { name: "startFrame", values: [8, 10] },
      { name: "durationFrames", values: [24, 20] },
    ]);
    const [first = "take:x" as RecordId<"take">] = takeIds;
    const scoring = await own.ended((await operations["takes.score"]({ takeIds: [first] })).jobId);
    expect(scoring.failure).toBeNull();
    const [measured] = (await operations["takes.list"]({ segmentId })).takes;
    // A made face is noise: no mouth is read in it, and no sync network is installed. That nothing changed outside is a proof.
    expect(measured?.score).toMatchObject({ syncNetwork: null, mouthCorrelation: null, changedOutsideMask: 0 });
    expect(measured?.score).toMatchObject({ measuredFrames: 20 });
    expect(measured?.score?.jitterRatio).toBeGreaterThan(1.5);
    expect((await operations["history.state"]({})).undo).not.toMatchObject({ name: "takes.score" });
    await operations["takes.rate"]({ takeId: first, stars: 4 });
    await operations["segments.state"]({ segmentIds: [segmentId], state: "approved" });

    const path = join(own.folder, "de.mkv");
    const job = await own.ended((await operations["render.range"]({ versionId, path })).jobId);
    expect(job.failure).toBeNull();
    expect(job.result).toMatchObject({
      frames: 48,
      touchedFrames: 20,
      segments: 1,
      startTimecode: "01:00:00:00",
      audioTracks: 2,
      warnings: [{ code: "segments-without-take" }],
    });
    const tools = await testFfmpeg();
    const [source, out] = [await openMedia(tools, clip("film.mov")), await openMedia(tools, path)];
    expect(out.facts.audio.map(({ language, title, dispositions }) => [language, title, dispositions])).toEqual([
      ["de", "German dialogue", ["default", "dub"]],
      [undefined, "Original", ["original"]],
    ]);
    const before = decodeFrames(source);
    const changed: number[] = [];
    for await (using frame of decodeFrames(out)) {
      const { value: sourceFrame } = await before.next();
      if (!sourceFrame || Buffer.compare(frame.bytes, sourceFrame.bytes) !== 0) changed.push(frame.frameIndex);
      sourceFrame?.[Symbol.dispose]();
    }
    expect(changed).toEqual(Array.from({ length: 20 }, (_, place) => 10 + place));

    const again = operations["render.range"]({ versionId, path });
    await expect(again).rejects.toMatchObject({ code: "render.file-exists" });
    const part = { versionId, path, overwrite: true, range: "01:00:00:12-01:00:00:20", sound: [] };
    const partJob = await own.ended((await operations["render.range"](part)).jobId);
    expect(partJob.result).toMatchObject({ frames: 8, startTimecode: "01:00:00:12", audioTracks: 0, touchedFrames: 8 });
  });

  test("of a take whose file is gone fails before anything is rendered, and leaves no file", async () => {
    await using film = await openFilm();
    const { own, operations, versionId, folder } = film;
    const { segmentId } = await operations["segments.add"]({ versionId, range: "#10-#30" });
    await jobsOver(own);
    await operations["project.close"]({});
    await recordMadeTake(folder, {
      segmentId,
      range: rangeBetween(10, 30),
      faces: madeFaces({ widthPx: 256, heightPx: 144 }),
    });
    await rm(join(folder, "takes"), { recursive: true });
    await operations["project.open"]({ folder });
    const path = join(own.folder, "de.mkv");
    const { jobId } = await operations["render.range"]({ versionId, path });
    for (;;) {
      const { job } = await operations["jobs.get"]({ jobId });
      if (job.failure) {
        expect(job.failure).toMatchObject({ code: "takes.missing" });
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await operations["jobs.cancel"]({ jobId });
    expect((await readdir(own.folder)).filter((name) => name.startsWith("de."))).toEqual([]);
  });

  test("into places where they cannot be are refused at once", async () => {
    await using film = await openFilm();
    const { own, operations, versionId } = film;
    const render = (path: string, more = {}) => operations["render.range"]({ versionId, path, ...more });
    for (const [path, code, more] of [
      [join(own.folder, "de.avi"), "render.unknown-format", {}],
      [join(own.folder, "none", "de.mkv"), "render.no-folder", {}],
      [clip("film.mov"), "render.over-media", { overwrite: true }],
      [join(own.folder, "de.mkv"), "render.outside-reel", { range: "#40-#49" }],
    ] as const)
      await expect(render(path, more)).rejects.toMatchObject({ code });
    expect((await operations["jobs.list"]({ states: ["queued"] })).jobs).toEqual([]);
  });
});
