// Faces through the contract, as an editor works with them: track, correct, assign, undo; files outlive the cache.
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openMedia } from "../../src/core/media/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";
import type { RealCore } from "../support/real-core.ts";
import { sharedMedia } from "../support/shared-folder.ts";

let own: RealCore | undefined;
let clips: Awaited<ReturnType<typeof tempFolder>>;
let projectFolder = "";

beforeAll(async () => {
  clips = await tempFolder();
  const clip = sharedMedia("demo1_video.mp4");
  if (clip === undefined) return;
  await ffmpeg(
    "-t",
    "3",
    "-i",
    clip,
    "-vf",
    "crop=1080:1080:0:350,scale=480:480,fps=25",
    "-an",
    "-c:v",
    "libx264",
    join(clips.path, "talk.mp4"),
  );
  own = await openRealCore();
  projectFolder = (await own.operations["project.create"]({ folder: own.folder, name: "Faces" })).folder;
  const { jobId } = await own.operations["media.import"]({ path: join(clips.path, "talk.mp4") });
  await own.ended(jobId);
}, 120_000);

afterAll(async () => {
  await own?.[Symbol.asyncDispose]();
  await clips[Symbol.asyncDispose]();
});

type Operations = RealCore["operations"];
const tracksOf = async (operations: Operations) => (await operations["faces.list"]({})).tracks;

/** The only track, once the reel is looked at. */
async function onlyTrack(operations: Operations) {
  const [track, ...others] = await tracksOf(operations);
  if (!track || others.length > 0) throw new Error(`expected one track, found ${others.length + 1}`);
  return track;
}

test("a clip of one person is one shot with one track, which is no step of the history", async (context) => {
  if (!own) {
    context.skip("demo1_video.mp4 is not in ../shared/media");
    return;
  }
  const { operations } = own;
  const before = await operations["history.state"]({});
  const job = await own.ended((await operations["faces.track"]({})).jobId);
  expect(job).toMatchObject({ state: "done", result: { shots: 1, tracks: 1, missingFrames: 0 } });
  expect(await onlyTrack(operations)).toMatchObject({ startFrame: 0, durationFrames: 75, eligibleFrames: 75 });
  expect((await operations["history.state"]({})).undo).toEqual(before.undo);
});

test("a second analysis is answered from the cache and changes nothing", async (context) => {
  if (!own) {
    context.skip("demo1_video.mp4 is not in ../shared/media");
    return;
  }
  const { operations } = own;
  const before = await onlyTrack(operations);
  const { revision } = await operations["history.state"]({});
  await own.ended((await operations["faces.track"]({})).jobId);
  expect(await onlyTrack(operations)).toEqual(before);
  expect((await operations["history.state"]({})).revision).toBe(revision);
});

test("hand work is kept from machines, taken back by undo, and outlives the cache", async (context) => {
  if (!own) {
    context.skip("demo1_video.mp4 is not in ../shared/media");
    return;
  }
  const { operations } = own;
  const { trackId } = await onlyTrack(operations);
  const { characterId } = await operations["characters.add"]({ name: "Anna" });
  await operations["faces.assign"]({ trackIds: [trackId], characterId });
  await operations["faces.fix"]({ trackId, at: "#30", noseX: 240.5, noseY: 200 });
  await operations["faces.exclude"]({ trackId, range: "#10-#20" });
  expect(await onlyTrack(operations)).toMatchObject({ characterId, decidedBy: "editor", eligibleFrames: 65 });
  expect(await operations["faces.suggest"]({})).toMatchObject({
    basis: "appearance",
    people: [{ characterId, tracks: [{ trackId, characterId }] }],
    unknownTrackIds: [],
  });
  await expect(operations["faces.track"]({})).rejects.toMatchObject({ code: "faces.hand-work", hint: /--replace/ });

  await rm(join(projectFolder, "cache", "faces"), { recursive: true });
  const { anchors, keyFrames } = await operations["faces.geometry"]({ trackId, range: "#30-#31" });
  expect(keyFrames).toEqual([30]);
  expect(anchors[0]?.[4]).toBeCloseTo(240.5, 6);
  expect(anchors[0]?.[5]).toBeCloseTo(200, 6);

  const { tracks: judged } = await operations["faces.verdicts"]({ trackIds: [trackId] });
  expect(judged[0]?.runs.map(({ startFrame, durationFrames, reason }) => [startFrame, durationFrames, reason])).toEqual(
    [
      [0, 10, null],
      [10, 10, "excluded"],
      [20, 55, null],
    ],
  );
  await operations["history.undo"]({});
  expect(await onlyTrack(operations)).toMatchObject({ eligibleFrames: 75 });
  await operations["history.redo"]({});
  expect(await onlyTrack(operations)).toMatchObject({ eligibleFrames: 65 });
});

test("a cut splits the track across it, joining keeps the parts, merging makes them one again", async (context) => {
  if (!own) {
    context.skip("demo1_video.mp4 is not in ../shared/media");
    return;
  }
  const { operations } = own;
  const { shotId } = await operations["shots.cut"]({ at: "#40" });
  const parts = await tracksOf(operations);
  expect(parts.map(({ startFrame, durationFrames }) => [startFrame, durationFrames])).toEqual([
    [0, 40],
    [40, 35],
  ]);
  expect(parts.every(({ characterId }) => characterId !== null)).toBe(true);
  await operations["shots.join"]({ shotId });
  expect((await operations["shots.list"]({})).shots).toHaveLength(1);
  const ids = parts.map(({ trackId }) => trackId);
  await operations["faces.merge"]({ trackIds: ids });
  expect(await onlyTrack(operations)).toMatchObject({ durationFrames: 75, eligibleFrames: 65 });
});

test("limits of the project say how many frames are eligible, and other ones can be tried", async (context) => {
  if (!own) {
    context.skip("demo1_video.mp4 is not in ../shared/media");
    return;
  }
  const { operations } = own;
  const trial = await operations["faces.eligibility"]({ leastFaceHeightPx: 400 });
  expect(trial).toMatchObject({ isTrial: true, eligibleFrames: 0, eligibleFramesNow: 65 });
  expect(trial.reasons).toContainEqual({ reason: "too-small", frames: 65, tracks: 1 });
  await operations["faces.limits"]({ leastFaceHeightPx: 400 });
  expect(await onlyTrack(operations)).toMatchObject({ eligibleFrames: 0 });
  await operations["history.undo"]({});
  expect(await operations["faces.eligibility"]({})).toMatchObject({ isTrial: false, eligibleFrames: 65 });
});

test("an overlay is a film of as many frames, and never written over its source", async (context) => {
  if (!own) {
    context.skip("demo1_video.mp4 is not in ../shared/media");
    return;
  }
  const { operations } = own;
  const out = join(clips.path, "overlay.mp4");
  const job = await own.ended((await operations["faces.overlay"]({ out, range: "#20-#45" })).jobId);
  expect(job).toMatchObject({ state: "done", result: { frames: 25 } });
  expect((await openMedia(await testFfmpeg(), out)).facts.video[0]?.frameCount).toBe(25);
  const source = join(clips.path, "talk.mp4");
  await expect(operations["faces.overlay"]({ out: source })).rejects.toMatchObject({ code: "faces.overlay-source" });
  await expect(operations["faces.overlay"]({ out: "a.avi" })).rejects.toMatchObject({
    code: "faces.overlay-container",
  });
  expect((await readdir(join(projectFolder, "tracks"))).length).toBeGreaterThan(0);
});
