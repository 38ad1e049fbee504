// The main job through the contract: takes are recorded whole, counted, chosen, and survive kill -9 at every step.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takePathOf, verifyTake } from "../../src/core/lipsync/index.ts";
import { contract } from "../../src/shared/contract/index.ts";
import { makeDubScene } from "../support/dub-scene.ts";
import type { DubScene } from "../support/dub-scene.ts";
import { openRealCore } from "../support/real-core.ts";
import type { RealCore } from "../support/real-core.ts";

let folder = "";
let scene: DubScene;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-generate-"));
  scene = await makeDubScene(folder);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const quick = { steps: 2, provider: "cpu" } as const;

async function openScene(environment: Readonly<Record<string, string>> = {}): Promise<RealCore> {
  const core = await openRealCore({ folder, environment });
  await core.operations["project.open"]({ folder: scene.projectFolder });
  return core;
}

async function generate(core: RealCore, input: Parameters<RealCore["operations"]["segments.generate"]>[0]) {
  const { jobId } = await core.operations["segments.generate"]({ ...quick, ...input });
  const job = await core.ended(jobId);
  expect(job.failure).toBeNull();
  return contract["segments.generate"].output.parse(job.result);
}

const takesIn = async () =>
  (await readdir(join(scene.projectFolder, "takes"), { recursive: true })).filter((name) => name.endsWith(".take"));

test("a segment gets a take: recorded in one step, shown, named by its content, whole on the disk", async () => {
  await using core = await openScene();
  const { takes, work } = await generate(core, { segmentIds: [scene.segmentIds.de] });
  expect(takes).toHaveLength(1);
  expect(takes[0]).toMatchObject({ segmentId: scene.segmentIds.de, faceFrames: 40 });
  expect(work).toMatchObject({ facesCropped: 40, facesEncoded: 40, facesDecoded: 40 });
  const { takes: listed } = await core.operations["takes.list"]({ segmentId: scene.segmentIds.de });
  expect(listed[0]).toMatchObject({ takeNumber: 1, isSelected: true, startFrame: 0, durationFrames: 40 });
  expect(listed[0]?.settings).toMatchObject({ inferenceSteps: 2, seed: 1247, more: { profile: "time-true" } });
  expect(await verifyTake(takePathOf(join(scene.projectFolder, "takes"), takes[0] ?? expect.fail("a take")))).toBe(40);
  // What was kept on the way is gone; only what later takes can use stays.
  expect(existsSync(join(scene.projectFolder, "cache", "lipsync", "windows"))).toBe(true);
  expect(
    (await readdir(join(scene.projectFolder, "cache", "lipsync", "windows"), { recursive: true })).filter((name) =>
      name.endsWith(".pack"),
    ),
  ).toEqual([]);
});

test("another seed and another language do no face work; like another take means its settings", async () => {
  await using core = await openScene();
  const again = await generate(core, { segmentIds: [scene.segmentIds.de], seed: 9 });
  expect(again.work).toMatchObject({ framesDecoded: 0, facesCropped: 0, facesEncoded: 0, soundBlocksHeard: 0 });
  const french = await generate(core, { segmentIds: [scene.segmentIds.fr] });
  expect(french.work).toMatchObject({ framesDecoded: 0, facesCropped: 0, facesEncoded: 0 });
  expect(french.work.soundBlocksHeard).toBeGreaterThan(0);
  const like = again.takes[0]?.takeId ?? expect.fail("a take");
  const same = await generate(core, { segmentIds: [scene.segmentIds.de], like });
  expect(same.takes[0]?.contentSha256).toBe(again.takes[0]?.contentSha256);
  const { takes } = await core.operations["takes.list"]({ segmentId: scene.segmentIds.de });
  expect(takes.map(({ takeNumber, isSelected }) => [takeNumber, isSelected])).toEqual([
    [1, true],
    [2, false],
    [3, false],
  ]);
});

test("what cannot be made is refused with what to do", async () => {
  await using core = await openScene();
  const { operations } = core;
  const segmentIds = [scene.segmentIds.de];
  await expect(operations["segments.generate"]({ segmentIds, model: "deadbeef00" })).rejects.toMatchObject({
    code: "models.not-stored",
  });
  const { versions } = await operations["versions.list"]({});
  const other = versions.find(({ language }) => language === "fr")?.versionId ?? expect.fail("a French version");
  await expect(operations["segments.generate"]({ segmentIds, versionId: other })).rejects.toMatchObject({
    code: "segments.none",
  });
  const { jobId } = await operations["segments.generate"]({ ...quick, segmentIds, quality: "parity" });
  expect((await core.ended(jobId)).failure).toMatchObject({ code: "lipsync.parity-rate" });
});

/** Steps of the worker at their first or a later pass. A nightly run takes them all; each costs a lost attempt's wait. */
const allSteps = [
  "lipsync.window.kept:3",
  "lipsync.take.written:1",
  "jobs.piece.stored:2",
  "lipsync.window.kept:1",
  "jobs.piece.noted:4",
  "lipsync.take.recorded:1",
  "durable.written:2",
];
const steps = process.env["DUBWRIGHT_FAULT_ROUNDS"] === undefined ? allSteps.slice(0, 2) : allSteps;

test(
  "kill -9 of the worker at any step: the job goes on, no finished window is made again, one take comes of it",
  { timeout: 300_000 },
  async () => {
    let reference = "";
    {
      await using core = await openScene();
      reference = (await generate(core, { segmentIds: [scene.segmentIds.de], seed: 50 })).takes[0]?.contentSha256 ?? "";
    }
    for (const [round, step] of steps.entries()) {
      const mark = join(folder, `mark-${round}`);
      await rm(join(scene.projectFolder, "cache", "lipsync"), { recursive: true, force: true });
      await using core = await openScene({ DUBWRIGHT_KILL_AT: step, DUBWRIGHT_KILL_MARK: mark });
      const before = (await core.operations["takes.list"]({ segmentId: scene.segmentIds.de })).takes.length;
      const { takes, work } = await generate(core, { segmentIds: [scene.segmentIds.de], seed: 50 });
      expect(existsSync(mark), step).toBe(true);
      expect(takes[0]?.contentSha256, step).toBe(reference);
      expect(work.windowsDenoised, step).toBeLessThanOrEqual(4);
      const after = (await core.operations["takes.list"]({ segmentId: scene.segmentIds.de })).takes;
      expect(after.length, step).toBe(before + 1);
      for (const name of await takesIn()) await verifyTake(join(scene.projectFolder, "takes", name));
    }
  },
);
