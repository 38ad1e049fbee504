// Every rate in every preset in every language, through the contract: what the plan says is what the file holds.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deliveryReportSchema } from "../../src/core/export/index.ts";
import type { AnswerOf } from "../../src/shared/contract/index.ts";
import { openMedia } from "../../src/core/media/index.ts";
import { makeExportFilm, makeExportProject, makeExportSound } from "../support/export-project.ts";
import { tempFolder, testFfmpeg } from "../support/media.ts";
import { openRealCore } from "../support/real-core.ts";

/** All 90, which takes minutes; else 30, in which each rate meets each preset and each language each preset. */
const isWhole = process.env["DUBWRIGHT_EXPORT_GRID"] === "whole";
const fewFrames = 6;
const rates = [
  { name: "R23", rate: "24000/1001", timecode: "01:00:00:00" },
  { name: "R24", rate: "24/1", timecode: "00:59:59:20" },
  { name: "R25", rate: "25/1", timecode: "10:00:00:00" },
  { name: "R29", rate: "30000/1001", timecode: "01:00:00;00" },
  { name: "R50", rate: "50/1", timecode: "01:00:00:00" },
  // In the milliseconds of Matroska fewer frames of it look like 60 a second.
  { name: "R59", rate: "60000/1001", timecode: "01:00:00;00", frameCount: 40 },
] as const;
const languages = ["de", "pt-BR", "zh-Hans"] as const;
const presets = ["review", "prores", "dnxhr-mxf", "dnxhr-mov", "ffv1"] as const;

/** How each container stores a language, as ffmpeg 5.1 writes it. */
const stored: Readonly<Record<string, Readonly<Record<string, string | null>>>> = {
  review: { de: "deu", "pt-BR": "por", "zh-Hans": "zho" },
  prores: { de: "ger", "pt-BR": "por", "zh-Hans": "chi" },
  "dnxhr-mov": { de: "ger", "pt-BR": "por", "zh-Hans": "chi" },
  "dnxhr-mxf": { de: null, "pt-BR": null, "zh-Hans": null },
  ffv1: { de: "de", "pt-BR": "pt-BR", "zh-Hans": "zh-Hans" },
};

let clips: Awaited<ReturnType<typeof tempFolder>>;
beforeAll(async () => {
  clips = await tempFolder();
});
afterAll(() => clips[Symbol.asyncDispose]());

test("of 6 rates, 5 presets and 3 languages every file has the plan's frames, rate, timecode, depth, colour, sound and tags", async () => {
  const films: string[] = [];
  for (const film of rates) films.push(await makeExportFilm(clips.path, { frameCount: fewFrames, ...film }));
  await using own = await openRealCore();
  const { operations } = own;
  await makeExportProject({ own, films, languages, sound: await makeExportSound(clips.path) });
  const out = join(own.folder, "out");
  const cells: AnswerOf<"export.run">["cells"] = [];
  for (const [place, language] of languages.entries()) {
    const reels = rates.filter((_rate, index) => isWhole || index % languages.length === place).map(({ name }) => name);
    const planned = await operations["export.run"]({ presets: [...presets], out, versions: [language], reels });
    expect(planned.cells.flatMap(({ problems }) => problems)).toEqual([]);
    cells.push(...planned.cells);
  }
  expect(cells).toHaveLength((rates.length * languages.length * presets.length) / (isWhole ? 1 : languages.length));
  for (const { jobId } of cells) expect((await own.ended(jobId ?? "")).failure).toBeNull();

  const tools = await testFfmpeg();
  const wrong: unknown[] = [];
  for (const { path, reel, language, preset } of cells) {
    const film = rates.find(({ name }) => name === reel);
    const frameCount = film && "frameCount" in film ? film.frameCount : fewFrames;
    const { facts } = await openMedia(tools, path);
    const [video] = facts.video;
    const { frameRate, color } = video ?? {};
    const report = deliveryReportSchema.parse(JSON.parse(await readFile(`${path}.report.json`, "utf8")));
    const found = {
      frames: video?.frameCount,
      rate: `${frameRate?.num}/${frameRate?.den}`,
      timecode: video?.startTimecode?.label,
      bitDepth: video?.pixelLayout.bitDepth,
      color: [color?.primaries, color?.transfer, color?.matrix],
      channels: facts.audio.map(({ channelCount }) => channelCount),
      language: facts.audio[0]?.language ?? null,
      outsideMasks: report.difference.changedOutsideMasks,
      touched: report.picture.touchedFrames,
      isLostTagTold: report.warnings.some(({ code }) => code === "lost-tag"),
    };
    const isStems = preset === "dnxhr-mxf" || preset === "ffv1";
    const wanted = {
      frames: frameCount,
      rate: film?.rate,
      timecode: film?.timecode,
      bitDepth: preset === "review" ? 8 : 10,
      color: ["bt709", "bt709", "bt709"],
      channels: isStems ? [1, 2, 1] : preset === "review" ? [2] : [2, 1],
      language: stored[preset]?.[language],
      outsideMasks: 0,
      touched: 2,
      isLostTagTold: preset !== "ffv1",
    };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) wrong.push({ path, found, wanted });
    // The source is ProRes 422 HQ in MOV: what no take touches is copied.
    if (preset === "prores") expect(report.picture.copiedPackets).toBeGreaterThanOrEqual(frameCount - 2);
  }
  expect(wrong).toEqual([]);
}, 600_000);
