// Proposals of segments through the contract: real sound is heard, stored geometry is read, one step of the history comes of it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock } from "../../src/core/base/index.ts";
import { noCorrections, storedMeshPoints, writeTrackFile } from "../../src/core/faces/index.ts";
import type { TrackGeometry } from "../../src/core/faces/index.ts";
import { openProject } from "../../src/core/store/index.ts";
import { createId, replaceAnalysis } from "../../src/shared/project/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import { ffmpeg, numberedFrames } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";

let clips = "";
const clip = (name: string) => join(clips, name);
beforeAll(async () => {
  clips = await mkdtemp(join(tmpdir(), "dubwright-proposals-"));
  await ffmpeg(
    ...numberedFrames({ rate: "25", frameCount: 250 }),
    "-c:v",
    "libx264",
    "-pix_fmt",
    "yuv420p",
    clip("film.mov"),
  );
  // A second of tone from 2 s and from 6 s on, over a faint floor.
  const voice = "sine=200:r=8000:d=10,volume='if(between(t,2,3)+between(t,6,7),2,0.0005)':eval=frame";
  await ffmpeg("-f", "lavfi", "-i", voice, clip("voice.wav"));
  await ffmpeg("-f", "lavfi", "-i", "anullsrc=r=48000:cl=7.1,atrim=duration=3", clip("silent.wav"));
  await ffmpeg("-f", "lavfi", "-i", "sine=200:r=48000:d=3,volume=40dB", clip("clipped.wav"));
});
afterAll(() => rm(clips, { recursive: true, force: true }));

/** A large face that looks ahead, in the middle of the picture, its mouth shut. */
function stillFace(frameCount: number): TrackGeometry {
  const many = <Value>(value: readonly Value[]) => Array.from({ length: frameCount }, () => value).flat();
  const ratio = (value: number) => new Float32Array(frameCount).fill(value);
  return {
    frameCount,
    frameSize: { widthPx: 256, heightPx: 144 },
    rotationDegrees: 0,
    seen: new Uint8Array(frameCount).fill(1),
    boxes: Float64Array.from(many([80, 20, 90, 100])),
    anchors: Float64Array.from(many([100, 50, 150, 50, 125, 80])),
    steps: new Float32Array(6 * frameCount).fill(NaN),
    meshPoints: storedMeshPoints,
    mesh: new Float32Array(2 * frameCount * storedMeshPoints.length).map(
      (_, at) => 60 + ((at % (2 * storedMeshPoints.length)) % 97),
    ),
    pose: new Float32Array(3 * frameCount),
    presenceRatio: ratio(1),
    sharpnessRatio: ratio(0.5),
    hiddenRatio: ratio(0),
    corrections: noCorrections,
  };
}

async function recordFaces(folder: string, reelId: RecordId<"reel">): Promise<void> {
  const random = randomFrom(3);
  const project = await openProject({ folder, clock: systemClock, random, logger: silentLogger, program: "a test" });
  const geometrySha256 = await writeTrackFile(project.paths.tracks, stillFace(200));
  project.apply("faces.track", (view) =>
    replaceAnalysis(view, {
      reelId,
      shots: [
        {
          type: "shot",
          id: createId("shot", random.bytes),
          reelId,
          startFrame: 0,
          durationFrames: 60,
          opensWith: "start",
          decidedBy: "detector",
        },
        {
          type: "shot",
          id: createId("shot", random.bytes),
          reelId,
          startFrame: 60,
          durationFrames: 190,
          opensWith: "cut",
          decidedBy: "detector",
        },
      ],
      tracks: [
        {
          type: "face-track",
          id: createId("face-track", random.bytes),
          reelId,
          startFrame: 20,
          durationFrames: 200,
          characterId: null,
          geometrySha256,
          decidedBy: "detector",
          eligibleFrames: 200,
          medianFaceSizePx: 100,
        },
      ],
    }),
  );
  project[Symbol.dispose]();
}

test("segments lie where dialogue and face meet, end at cuts, stay when proposed again, and go by one undo", async () => {
  await using own = await openRealCore();
  const { operations } = own;
  const { folder } = await operations["project.create"]({ folder: own.folder, name: "A" });
  await own.ended((await operations["media.import"]({ path: clip("film.mov") })).jobId);
  const { versionId } = await operations["versions.add"]({ language: "de" });
  await expect(operations["segments.propose"]({ versionId })).rejects.toMatchObject({ code: "segments.no-faces" });
  const { records: reels } = await operations["record.list"]({ type: "reel" });
  await operations["project.close"]({});
  await recordFaces(folder, reels[0]?.id as RecordId<"reel">);
  await operations["project.open"]({ folder });
  await expect(operations["segments.propose"]({ versionId })).rejects.toMatchObject({ code: "segments.no-dialogue" });

  await operations["dialogue.add"]({ versionId, path: clip("voice.wav") });
  const propose = async () => (await own.ended((await operations["segments.propose"]({ versionId })).jobId)).result;
  expect(await propose()).toMatchObject({ found: 3, warnings: [] });
  const list = async () => (await operations["segments.list"]({ versionId })).segments;
  const near = (value: number | undefined, wanted: number) => expect(Math.abs((value ?? NaN) - wanted)).toBeLessThan(5);
  const [first, second, third] = await list();
  // 2 s to 3 s at 25 fps, with lead, tail and padding, cut at frame 60.
  near(first?.startFrame, 45);
  expect((first?.startFrame ?? 0) + (first?.durationFrames ?? 0)).toBe(60);
  expect(second?.startFrame).toBe(60);
  near((second?.startFrame ?? 0) + (second?.durationFrames ?? 0), 81);
  near(third?.startFrame, 146);

  await operations["segments.ignore"]({ segmentIds: [first?.segmentId as RecordId<"segment">] });
  const before = await list();
  await propose();
  expect(await list()).toEqual(before);
  // The second proposal changed nothing, so it is no step.
  await operations["history.undo"]({});
  await operations["history.undo"]({});
  expect(await list()).toEqual([]);
});

test("dialogue that is silent or cut off is told of, and proposes nothing by itself", async () => {
  await using own = await openRealCore();
  const { operations } = own;
  const { folder } = await operations["project.create"]({ folder: own.folder, name: "A" });
  await own.ended((await operations["media.import"]({ path: clip("film.mov") })).jobId);
  const { versionId } = await operations["versions.add"]({ language: "de" });
  const { records: reels } = await operations["record.list"]({ type: "reel" });
  await operations["dialogue.add"]({ versionId, path: clip("silent.wav") });
  for (const { jobId } of (await operations["jobs.list"]({})).jobs) await own.ended(jobId);
  await operations["project.close"]({});
  await recordFaces(folder, reels[0]?.id as RecordId<"reel">);
  await operations["project.open"]({ folder });
  const propose = async () => (await own.ended((await operations["segments.propose"]({ versionId })).jobId)).result;
  expect(await propose()).toMatchObject({ found: 0, speechFrames: 0, warnings: [{ code: "silent-dialogue" }] });
  await operations["dialogue.add"]({ versionId, path: clip("clipped.wav") });
  const codes = ["clipped-dialogue", "silent-dialogue"].map((code) => expect.objectContaining({ code }));
  expect(await propose()).toMatchObject({ warnings: expect.arrayContaining(codes) });
});
