// One file of a batch as a worker makes it: known already, or made beside its place, read back, hashed, told of, renamed.
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isMissingFile, makeFolderDurably, renameDurably, writeFileDurably } from "../base/index.ts";
import {
  blendMaskOf,
  exportPresets,
  makePicture,
  makeSound,
  measureLoudness,
  outputHash,
  provenanceTags,
  readReport,
  reportPage,
  reportPagePathOf,
  reportPathOf,
  subtitlePathOf,
  subtitlesOf,
} from "../export/index.ts";
import type { DeliveryReport, FaceFrames, FrameChange, PlacedTake } from "../export/index.ts";
import type { JobContext, JobFunctions } from "../jobs/index.ts";
import { openTake, takePathOf } from "../lipsync/index.ts";
import { mediaSource, openMedia } from "../media/index.ts";
import type { DamageReport, Ffmpeg } from "../media/index.ts";
import { exportKind, exportOrderSchema, stagingNameOf } from "./export-orders.ts";
import type { ExportOrder, ExportResult } from "./export-orders.ts";
import { reportOf } from "./export-report.ts";
import type { MadeFile } from "./export-report.ts";
import type { FfmpegFinder } from "./ffmpeg-finder.ts";
import { filePathOf } from "./media-paths.ts";
import { paintedBy } from "./render-jobs.ts";
import type { WorkerPlaces } from "./worker-places.ts";

export function exportJobs(places: WorkerPlaces, ffmpeg: FfmpegFinder): JobFunctions {
  return {
    [exportKind]: async (input, context) => {
      const order = exportOrderSchema.parse(input);
      const known = await knownFile(order, context);
      const result = known ?? (await makeFile(order, { places, tools: await ffmpeg(), context }));
      return { ...result, warnings: result.warnings.map((warning) => ({ ...warning })) };
    },
  };
}

type Surroundings = { readonly places: WorkerPlaces; readonly tools: Ffmpeg; readonly context: JobContext };

/** What lies at its place already, made from the same inputs and whole to the byte. */
async function knownFile(order: ExportOrder, context: JobContext): Promise<ExportResult | undefined> {
  const { outputPath, contentKey } = order;
  const report = await readFile(reportPathOf(outputPath), "utf8").then(readReport, (error: unknown) => {
    if (isMissingFile(error)) return undefined;
    throw error;
  });
  if (report?.contentKey !== contentKey) return undefined;
  context.stage("comparing with what is there");
  const found = await outputHash(outputPath, context.signal);
  if (found?.sha256 !== report.output.sha256) return undefined;
  // A power cut may have come between the file and its page.
  await writeBeside(order, report);
  return resultOf(outputPath, report, "unchanged");
}

/** The page and the timed text. A note that was taken away takes its file with it. */
async function writeBeside(order: ExportOrder, report: DeliveryReport): Promise<void> {
  const { outputPath, version, lines, presetId } = order;
  await writeFileDurably(reportPagePathOf(outputPath), pageOf(report));
  if (exportPresets[presetId].subtitles === "none") return;
  const subtitlePath = subtitlePathOf(outputPath, version.language);
  if (lines.length > 0) await writeFileDurably(subtitlePath, subtitlesOf(order));
  else await rm(subtitlePath, { force: true });
}

const resultOf = (path: string, report: DeliveryReport, outcome: ExportResult["outcome"]): ExportResult => ({
  path,
  outcome,
  sha256: report.output.sha256,
  sizeBytes: report.output.sizeBytes,
  frames: report.picture.frames,
  touchedFrames: report.picture.touchedFrames,
  copiedPackets: report.picture.copiedPackets,
  warnings: report.warnings,
});

const pageOf = (report: DeliveryReport): string =>
  reportPage({ title: report.output.fileName, madeAt: report.madeAt, reports: [report], missing: [] });

async function makeFile(order: ExportOrder, surroundings: Surroundings): Promise<ExportResult> {
  const { outputPath } = order;
  const stagingFolder = join(dirname(outputPath), stagingNameOf(surroundings.context.jobId));
  await makeFolderDurably(dirname(outputPath));
  // Of an attempt that was killed.
  await rm(stagingFolder, { recursive: true, force: true });
  await mkdir(stagingFolder);
  try {
    const stagedPath = join(stagingFolder, basename(outputPath));
    const report = await makeStaged(order, stagedPath, surroundings);
    // The report first: a file is recognised by its report, so one without is made again and never trusted.
    await writeFileDurably(reportPathOf(outputPath), `${JSON.stringify(report, undefined, 2)}\n`);
    await writeBeside(order, report);
    if (report.output.kind === "folder") await moveAway(outputPath, join(stagingFolder, "replaced"));
    await renameDurably(stagedPath, outputPath);
    return resultOf(outputPath, report, "made");
  } finally {
    await rm(stagingFolder, { recursive: true, force: true });
  }
}

/** A folder with files cannot be renamed over. */
async function moveAway(path: string, toPath: string): Promise<void> {
  try {
    await rename(path, toPath);
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
}

async function makeStaged(order: ExportOrder, path: string, surroundings: Surroundings): Promise<DeliveryReport> {
  const { places, tools, context } = surroundings;
  const { signal } = context;
  const preset = exportPresets[order.presetId];
  const cell = { ...order, preset };
  await using open = new AsyncDisposableStack();
  context.stage("opening the takes");
  const takes = new Map<string, FaceFrames>();
  const placed: PlacedTake[] = [];
  for (const { take, segment } of order.takes) {
    const file = open.use(await openTake(takePathOf(join(places.projectFolder, "takes"), take)));
    const { faceSizePx } = file.header;
    const mask = blendMaskOf(take.settings.more["mask"], faceSizePx);
    takes.set(take.id, { faceSizePx, blendMask: mask, readFrame: file.readFrame });
    const { id: segmentId, characterId, startFrame, durationFrames } = segment;
    placed.push({
      takeId: take.id,
      segmentId,
      characterId,
      segment: { startFrame, durationFrames },
      painted: paintedBy(file),
    });
  }
  const tempFolder = join(dirname(path), "temp");
  await mkdir(tempFolder);
  context.stage("preparing the sound");
  const pathOf = (recordPath: string) => filePathOf(places.projectFolder, recordPath);
  const container = preset.picture.form === "images" ? "mov" : preset.picture.container;
  const sound = await makeSound({ cell, tools, container, pathOf, tempFolder, signal });
  context.stage("making the picture");
  const changes: FrameChange[] = [];
  let damage: DamageReport | undefined;
  const tags = provenanceTags(order.software, placed.length);
  const made = await makePicture({
    cell,
    source: mediaSource(tools, pathOf(order.media.path), order.media.facts),
    placed,
    takes,
    sound: sound.tracks,
    fileTags: tags,
    path,
    tempFolder,
    signal,
    onProgress: context.progress,
    onChange: (change) => changes.push(change),
    onDamage: (report) => {
      damage = report;
    },
  });
  context.stage("reading it back");
  const [programme] = made.facts?.audio ?? [];
  const loudness =
    programme && (await measureLoudness(await openMedia(tools, path, signal), programme.streamIndex, signal));
  const output = await outputHash(path, signal);
  const file: MadeFile = { made, sound, changes, damage, loudness, output, tags };
  return reportOf(order, file, new Date(context.clock.nowMs()).toISOString());
}
