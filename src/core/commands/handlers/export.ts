// Handlers of batches: plan them, queue what nothing stands against, tell how each file is doing, and report.
import { readFile, readdir, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { AnswerOf, Handlers, InputOf } from "../../../shared/contract/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import type { Reel, Version } from "../../../shared/project/index.ts";
import { isMissingFile, writeFileDurably } from "../../base/index.ts";
import {
  endingOf,
  exportPresets,
  isHeld,
  planExport,
  presetIds,
  readReport,
  reportPage,
  reportPathOf,
  titleOf,
} from "../../export/index.ts";
import type { DeliveryReport, ExportCell, MissingFile, PresetId } from "../../export/index.ts";
import { hasEnded } from "../../jobs/index.ts";
import type { Job } from "../../jobs/index.ts";
import { exportKind, exportOrderSchema, exportResultSchema, stagingNameOf } from "../export-orders.ts";
import type { ExportOrder, ExportResult } from "../export-orders.ts";
import { examineWorld } from "../export-world.ts";
import { isoTime } from "../job-summaries.ts";
import { filePathOf } from "../media-paths.ts";
import { applicationVersion } from "../system-tools.ts";
import { enqueue } from "./enqueue.ts";
import type { HandlerTools } from "./handler-tools.ts";

type Names = "export.presets" | "export.run" | "export.list" | "export.retry" | "export.report";

export function exportHandlers(handlerTools: HandlerTools): Pick<Handlers, Names> {
  const batch = (which: Which) => batchOf(handlerTools, which);
  return {
    "export.presets": async () => ({ presets: presetIds.map(describePreset) }),
    "export.run": (input) => runBatch(handlerTools, input),
    "export.list": async (which) => {
      const jobs = batch(which);
      const [first] = jobs;
      const out = first ? dirname(orderOf(first).outputPath) : null;
      const { summaryOf } = handlerTools.current.get();
      const cells = jobs.map((job) => ({ ...cellOf(job), ...progressOf(summaryOf(job).progress) }));
      return { batchId: first?.labels["batchId"] ?? null, out, cells };
    },
    "export.retry": async (which) => {
      const { scheduler } = handlerTools.current.get();
      const jobs = mustHave(batch(which));
      const again = jobs.filter(({ state }) => state === "failed" || state === "cancelled");
      for (const { jobId } of again) scheduler.retry(jobId, "queued again by the editor");
      return { batchId: idOf(jobs), jobIds: again.map(({ jobId }) => jobId) };
    },
    "export.report": async (which) =>
      await writeBatchReport(mustHave(batch(which)), isoTime(handlerTools.clock.nowMs())),
  };
}

function describePreset(id: PresetId): AnswerOf<"export.presets">["presets"][number] {
  const preset = exportPresets[id];
  const { name, says, picture, sound, loudness, fileName } = preset;
  return {
    preset: id,
    name,
    says,
    ending: endingOf(preset),
    codec: picture.form === "images" ? "tiff" : picture.codec,
    sound: sound.layout,
    targetLufs: loudness.kind === "normalised" ? loudness.targetLufs : null,
    fileName,
  };
}

type Input = InputOf<"export.run">;

async function runBatch(handlerTools: HandlerTools, input: Input): Promise<AnswerOf<"export.run">> {
  const { current, ffmpeg, random } = handlerTools;
  const tools = await ffmpeg();
  const opened = current.get().project;
  const out = resolve(input.out ?? opened.paths.exports);
  const world = await examineWorld({ view: opened.view, folder: opened.paths.folder, tools });
  // Asked for only now: another project may have been opened while the disk was slow.
  const { view, paths } = current.get().project;
  if (paths.folder !== opened.paths.folder)
    throw refused("export.project-changed", {
      message: "Another project was opened while the batch was planned.",
      hint: "Export again.",
    });
  const source = view.list("media").find(({ path }) => dirname(filePathOf(paths.folder, path)) === out);
  if (source) throw intoSource(out, source.path);
  await sweepStaging(handlerTools, out);
  const { fadeFrames, unapproved } = input;
  const cells = planExport({
    view,
    reels: named(view.list("reel"), input.reels, { what: "reel", wordsOf: ({ id, name }: Reel) => [id, name] }),
    versions: named(view.list("version"), input.versions, {
      what: "version",
      wordsOf: ({ id, name, language }: Version) => [id, name, language, `${language} ${name}`],
    }),
    presets: [...new Set(input.presets)].map((id) => exportPresets[id]),
    world,
    rules: { fadeFrames, unapproved },
  });
  const batchId = `batch-${Buffer.from(random.bytes(6)).toString("hex")}`;
  return {
    batchId,
    out,
    cells: cells.map((cell, place) => ({
      reel: cell.reel.name,
      version: cell.version.name,
      language: cell.version.language,
      preset: cell.preset.id,
      path: join(out, cell.fileName),
      jobId:
        input.checkOnly || isHeld(cell)
          ? null
          : queueCell(handlerTools, cell, { batchId, out, place: placeLabel(place) }),
      frames: cell.reel.durationFrames,
      problems: cell.problems.map((problem) => ({ ...problem })),
    })),
  };
}

/** What killed workers of jobs that have ended left behind. Another project's may be at work in the same folder. */
async function sweepStaging({ current }: HandlerTools, out: string): Promise<void> {
  const ended = current
    .get()
    .scheduler.list({})
    .filter((job) => job.kind === exportKind && hasEnded(job));
  const names = new Set(ended.map(({ jobId }) => stagingNameOf(jobId)));
  const found = await readdir(out).catch((error: unknown) => {
    if (isMissingFile(error)) return [];
    throw error;
  });
  for (const name of found.filter((each) => names.has(each)))
    await rm(join(out, name), { recursive: true, force: true });
}

const intoSource = (out: string, path: string) =>
  refused("export.source-folder", {
    message: `${out} is the folder of ${basename(path)}, which the project is made from.`,
    hint: "Choose another folder, so that no delivery is ever taken for a source.",
    details: { out, path },
  });

type Naming<Item> = { readonly what: string; readonly wordsOf: (item: Item) => readonly string[] };

/** "all", or what people call the records; in the project's order. A word that nothing or several records have is refused. */
function named<Item extends { readonly name: string; readonly order: number }>(
  items: readonly Item[],
  words: readonly string[],
  { what, wordsOf }: Naming<Item>,
): readonly Item[] {
  const inOrder = items.toSorted((a, b) => a.order - b.order);
  if (words.includes("all")) return inOrder;
  const chosen = new Set(
    words.map((word) => {
      const found = items.filter((item) => wordsOf(item).some((each) => each.toLowerCase() === word.toLowerCase()));
      const [only] = found;
      if (only && found.length === 1) return only;
      throw refused("export.which-record", {
        message:
          found.length > 1 ? `There are ${found.length} of the name "${word}".` : `There is no ${what} "${word}".`,
        hint: `Say one of: ${items.map(({ name }) => name).join(", ") || "none yet"}, or all.`,
        details: { word },
      });
    }),
  );
  return inOrder.filter((item) => chosen.has(item));
}

type Batch = { readonly batchId: string; readonly out: string; readonly place: string };

/** A file that a job is on its way to make, from the same inputs, is not queued twice; from others, that job is void. */
function queueCell(handlerTools: HandlerTools, cell: ExportCell, { batchId, out, place }: Batch): string {
  const { scheduler } = handlerTools.current.get();
  const outputPath = join(out, cell.fileName);
  const labels = { batchId, place, path: outputPath, preset: cell.preset.id };
  const onTheWay = exportJobsOf(handlerTools).filter((job) => !hasEnded(job) && job.labels["path"] === outputPath);
  const same = onTheWay.find((job) => orderOf(job).contentKey === cell.contentKey);
  for (const { jobId } of onTheWay.filter((job) => job !== same))
    scheduler.cancel(jobId, "another batch makes this file anew");
  if (same) return same.jobId;
  const { reel, version, media, preset, takes, cutFrames, tracks, lines, startTimecode, fadeFrames, contentKey } = cell;
  const order: ExportOrder = {
    presetId: preset.id,
    reel,
    version,
    media,
    takes: takes.map((each) => ({ ...each })),
    cutFrames: [...cutFrames],
    tracks: tracks.map((track) => ({ ...track, parts: [...track.parts], dispositions: [...track.dispositions] })),
    lines: lines.map((line) => ({ ...line })),
    startTimecode,
    fadeFrames,
    contentKey,
    outputPath,
    warnings: cell.problems.map(({ code, message }) => ({ code, message })),
    software: `Dubwright ${applicationVersion}`,
  };
  const work = { kind: exportKind, resourceClass: "media", labels: { title: titleOf(cell), ...labels } } as const;
  return enqueue(handlerTools, work, order).jobId;
}

const exportJobsOf = ({ current }: HandlerTools): readonly Job[] =>
  current
    .get()
    .scheduler.list({})
    .filter(({ kind }) => kind === exportKind);

type Which = InputOf<"export.list">;

/** Several cells are queued within a millisecond: their place in the batch keeps them in order. */
const placeLabel = (place: number): string => String(place).padStart(6, "0");

/** In the order in which they were queued; of the newest batch when none is named. */
function batchOf(handlerTools: HandlerTools, { batchId, jobIds }: Which): readonly Job[] {
  const placeOf = ({ labels }: Job) => labels["place"] ?? "";
  const jobs = exportJobsOf(handlerTools).toSorted(
    (a, b) => a.createdMs - b.createdMs || placeOf(a).localeCompare(placeOf(b)),
  );
  if (jobIds) return jobs.filter(({ jobId }) => jobIds.includes(jobId));
  const wanted = batchId ?? jobs.at(-1)?.labels["batchId"];
  return jobs.filter(({ labels }) => labels["batchId"] === wanted);
}

function mustHave(jobs: readonly Job[]): readonly Job[] {
  if (jobs.length > 0) return jobs;
  throw refused("export.no-batch", { message: "There is no such batch.", hint: "Start one with export run." });
}

const idOf = (jobs: readonly Job[]): string => jobs[0]?.labels["batchId"] ?? "";

const orderOf = ({ input }: Job): ExportOrder => exportOrderSchema.parse(input);
const resultOf = ({ state, result }: Job): ExportResult | undefined =>
  state === "done" ? exportResultSchema.parse(result) : undefined;

type ListedCell = AnswerOf<"export.list">["cells"][number];

function cellOf(job: Job): Omit<ListedCell, "doneRatio" | "leftMs" | "stage"> {
  const { reel, version, presetId, outputPath, warnings } = orderOf(job);
  const result = resultOf(job);
  return {
    reel: reel.name,
    version: version.name,
    language: version.language,
    preset: presetId,
    path: outputPath,
    jobId: job.jobId,
    state: job.state,
    outcome: result?.outcome ?? null,
    failure: job.error?.message ?? null,
    hint: job.error?.hint ?? null,
    warnings: (result?.warnings ?? warnings).length,
  };
}

type Progress = { readonly doneRatio: number | null; readonly leftMs: number | null; readonly stage: string };

const progressOf = (progress: Progress | null): Progress => ({
  doneRatio: progress?.doneRatio ?? null,
  leftMs: progress?.leftMs ?? null,
  stage: progress?.stage ?? "",
});

async function writeBatchReport(jobs: readonly Job[], madeAt: string): Promise<AnswerOf<"export.report">> {
  const reports: DeliveryReport[] = [];
  const missing: MissingFile[] = [];
  let unchanged = 0;
  for (const job of jobs) {
    const { outputPath } = orderOf(job);
    const result = resultOf(job);
    const report = result ? readReport(await readFile(reportPathOf(outputPath), "utf8").catch(() => "")) : undefined;
    if (result && report?.output.sha256 === result.sha256) {
      reports.push(report);
      unchanged += result.outcome === "unchanged" ? 1 : 0;
    } else missing.push({ title: basename(outputPath), ...whyMissing(job) });
  }
  const [first] = jobs;
  const out = first ? dirname(orderOf(first).outputPath) : "";
  const title = `Dubwright batch of ${jobs.length} files`;
  const [jsonPath, pagePath] = [join(out, "delivery-report.json"), join(out, "delivery-report.html")];
  const summary = { format: 1, batchId: idOf(jobs), madeAt, files: reports, missing };
  await writeFileDurably(jsonPath, `${JSON.stringify(summary, undefined, 2)}\n`);
  await writeFileDurably(pagePath, reportPage({ title, madeAt, reports, missing }));
  return {
    batchId: idOf(jobs),
    jsonPath,
    pagePath,
    made: reports.length - unchanged,
    unchanged,
    missing: missing.length,
    warnings: reports.reduce((sum, { warnings }) => sum + warnings.length, 0),
    toDo: missing.map((each) => ({ ...each })),
  };
}

const whyNot: Readonly<Record<Job["state"], readonly [why: string, hint: string]>> = {
  queued: ["It waits for its turn.", "Go on with jobs watch."],
  running: ["It is being made.", "Wait for it."],
  paused: ["It was paused.", "Let it go on."],
  cancelled: ["It was cancelled.", "Queue it again with export retry."],
  failed: ["It failed.", "Queue it again with export retry."],
  done: ["It was made, and something else is in its place now.", "Export it again."],
};

function whyMissing({ state, error }: Job): Omit<MissingFile, "title"> {
  const [why, hint] = whyNot[state];
  return { state, why: error?.message ?? why, hint: error?.hint ? `${error.hint} ${hint}` : hint };
}
