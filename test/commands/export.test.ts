// A batch through the contract, with nothing replaced but the model: planned, made, checked, known again, reported.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deliveryReportSchema } from "../../src/core/export/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import { rangeBetween } from "../../src/shared/time/index.ts";
import { madeFaces } from "../support/made-faces.ts";
import { recordMadeTake } from "../support/made-take.ts";
import { ffmpeg, numberedFrames, tempFolder, testFfmpeg } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";
import type { RealCore } from "../support/real-core.ts";

const frameCount = 48;
const presets = ["review", "prores", "dnxhr-mxf", "dnxhr-mov", "ffv1", "images", "patch"] as const;

let clips: Awaited<ReturnType<typeof tempFolder>>;
const clip = (name: string) => join(clips.path, name);
beforeAll(async () => {
  clips = await tempFolder();
  const sound = ["-f", "lavfi", "-i", "sine=330:r=48000:d=2.1"];
  const tags = ["-vf", "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709"];
  const coding = ["-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-profile:v", "3", "-c:a", "pcm_s24le"];
  const rest = ["-video_track_timescale", "24000", "-timecode", "01:00:00:00", "-movflags", "+write_colr"];
  const picture = numberedFrames({ rate: "24000/1001", frameCount, heightPx: 144 });
  await ffmpeg(...picture, ...sound, ...tags, ...coding, ...rest, clip("film.mov"));
  await ffmpeg("-f", "lavfi", "-i", "anoisesrc=r=48000:d=2.1:seed=2:a=0.2", "-c:a", "pcm_s24le", clip("voice.wav"));
  await ffmpeg("-f", "lavfi", "-i", "sine=110:r=48000:d=2.1", "-ac", "2", "-c:a", "pcm_s24le", clip("effects.wav"));
});
afterAll(() => clips[Symbol.asyncDispose]());

/** One reel, one version with dialogue and M&E, one approved segment with a take of made faces. */
async function openFilm(language = "de") {
  const own = await openRealCore();
  const { operations } = own;
  const { folder } = await operations["project.create"]({ folder: own.folder, name: "Night" });
  await own.ended((await operations["media.import"]({ path: clip("film.mov"), previews: false })).jobId);
  const { versionId } = await operations["versions.add"]({ language });
  await operations["dialogue.add"]({ versionId, path: clip("voice.wav") });
  await operations["dialogue.add"]({ versionId, path: clip("effects.wav"), stem: "music-and-effects" });
  const { segmentId } = await operations["segments.add"]({ versionId, range: "#10-#14" });
  await operations["segments.note"]({ segmentId, note: "Boa noite." });
  await jobsOver(own);
  await operations["project.close"]({});
  const faces = madeFaces({ widthPx: 256, heightPx: 144 });
  await recordMadeTake(folder, { segmentId, range: rangeBetween(10, 14), faces });
  await operations["project.open"]({ folder });
  await operations["segments.state"]({ segmentIds: [segmentId], state: "approved" });
  const out = join(own.folder, "out");
  return {
    own,
    operations,
    folder,
    versionId,
    segmentId,
    out,
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}

const jobsOver = async ({ operations, ended }: RealCore) => {
  for (const { jobId } of (await operations["jobs.list"]({})).jobs) await ended(jobId);
};

const reportOf = async (path: string) =>
  deliveryReportSchema.parse(JSON.parse(await readFile(`${path}.report.json`, "utf8")));

describe("a batch", () => {
  test("makes every preset, tells of each, and leaves what is there unchanged alone the second time", async () => {
    await using film = await openFilm("pt-BR");
    const { own, operations, out } = film;
    const planned = await operations["export.run"]({ presets: [...presets], out });
    expect(planned.cells.flatMap(({ problems }) => problems)).toEqual([]);
    for (const { jobId } of planned.cells) {
      const job = await own.ended(jobId ?? "");
      expect(job.failure).toBeNull();
    }
    const { cells } = await operations["export.list"]({});
    expect(cells.map(({ state, outcome, preset }) => [state, outcome, preset])).toEqual(
      presets.map((preset) => ["done", "made", preset]),
    );
    expect((await readdir(out)).filter((name) => name.startsWith("."))).toEqual([]);
    const pathOf = new Map(planned.cells.map(({ preset, path }) => [preset, path]));
    const tools = await testFfmpeg();

    const prores = await reportOf(pathOf.get("prores") ?? "");
    expect(prores.picture).toMatchObject({
      frames: frameCount,
      touchedFrames: 4,
      timecode: "01:00:00:00",
      bitDepth: 10,
    });
    expect(prores.picture.copiedPackets).toBeGreaterThanOrEqual(frameCount - 4);
    expect(prores.difference.frames.map(([frame]) => frame)).toEqual([10, 11, 12, 13]);
    expect(prores.difference.changedOutsideMasks).toBe(0);
    expect(prores.segments).toMatchObject([
      { in: "01:00:00:10", out: "01:00:00:14", takeNumber: 1, state: "approved" },
    ]);
    expect(prores.warnings.map(({ code }) => code)).toContain("lost-tag");
    expect(prores.tracks.map(({ languageTag, channels }) => [languageTag, channels])).toEqual([
      ["pt-BR", 2],
      ["und", 1],
    ]);

    const review = await reportOf(pathOf.get("review") ?? "");
    expect(review.loudness?.written.integratedLufs).toBeCloseTo(-23, 0);
    expect(review.picture).toMatchObject({ copiedPackets: null, bitDepth: 8 });
    const subtitlePath = (pathOf.get("review") ?? "").replace(".mp4", ".pt-BR.srt");
    expect(await readFile(subtitlePath, "utf8")).toContain("00:00:00,417 --> 00:00:00,584\r\nBoa noite.");
    const { facts } = await openMedia(tools, pathOf.get("ffv1") ?? "");
    expect(facts.audio.map(({ language }) => language)).toEqual(["pt-BR", "zxx", undefined]);

    const images = await readdir(pathOf.get("images") ?? "");
    expect(images).toHaveLength(frameCount);
    expect(images[0]).toBe("frame_00086400.tif");
    expect((await readdir(pathOf.get("patch") ?? "")).toSorted()).toEqual(["film.edl", "film_01-00-00-00.mov"]);
    expect(await readFile(join(pathOf.get("patch") ?? "", "film.edl"), "utf8")).toContain("01:00:00:00 01:00:01:02");

    const report = await operations["export.report"]({});
    expect(report).toMatchObject({ made: presets.length, unchanged: 0, missing: 0 });
    expect(await readFile(report.pagePath, "utf8")).toContain("compositeWithTrainedAlgorithmicMedia");

    await writeFile(pathOf.get("patch") + ".report.json", "{}");
    const again = await operations["export.run"]({ presets: ["prores", "ffv1", "images", "patch"], out });
    const outcomes = [];
    for (const { jobId } of again.cells) outcomes.push((await own.ended(jobId ?? "")).result);
    expect(outcomes).toMatchObject([
      { outcome: "unchanged" },
      { outcome: "unchanged" },
      { outcome: "unchanged" },
      { outcome: "made" },
    ]);
    // Another fade is another film.
    const softer = await operations["export.run"]({ presets: ["ffv1"], out, fadeFrames: 0 });
    expect((await own.ended(softer.cells[0]?.jobId ?? "")).result).toMatchObject({ outcome: "made" });
  }, 240_000);

  test("goes on past a file that fails, and says what to do about it", async () => {
    await using film = await openFilm();
    const { own, operations, out } = film;
    await operations["versions.add"]({ language: "fr" });
    const planned = await operations["export.run"]({ presets: ["prores", "patch"], out });
    expect(planned.cells.map(({ language, preset, jobId }) => [language, preset, jobId !== null])).toEqual([
      ["de", "prores", true],
      ["de", "patch", true],
      ["fr", "prores", false],
      ["fr", "patch", false],
    ]);
    expect(planned.cells[2]?.problems).toMatchObject([{ code: "no-dialogue", weight: "blocks" }]);
    for (const { jobId } of planned.cells) if (jobId !== null) await own.ended(jobId);
    // Something else stands where the second is to be.
    const patch = planned.cells[1]?.path ?? "";
    await rm(patch, { recursive: true });
    expect(await operations["export.report"]({})).toMatchObject({ made: 2 });
    await rm(`${patch}.report.json`);
    expect(await operations["export.report"]({})).toMatchObject({ made: 1, missing: 1 });
  }, 120_000);

  test("is refused into the source's folder, and for names that nothing has", async () => {
    await using film = await openFilm();
    const { operations, out } = film;
    const into = operations["export.run"]({ presets: ["ffv1"], out: clips.path });
    await expect(into).rejects.toMatchObject({ code: "export.source-folder" });
    const whom = operations["export.run"]({ presets: ["ffv1"], out, versions: ["it"] });
    await expect(whom).rejects.toMatchObject({ code: "export.which-record" });
    await expect(operations["export.report"]({})).rejects.toMatchObject({ code: "export.no-batch" });
    const checked = await operations["export.run"]({ presets: ["ffv1"], out, checkOnly: true, versions: ["DE"] });
    expect(checked.cells).toMatchObject([{ jobId: null, problems: [] }]);
    expect((await operations["export.list"]({})).cells).toEqual([]);
    await mkdir(out, { recursive: true });
    expect(await readdir(out)).toEqual([]);
  }, 60_000);
});
