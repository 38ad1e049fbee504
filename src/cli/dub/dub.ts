// The main job in one command: a film and another dialogue in, a film whose lips speak it out, through a real project.
import { mkdtemp, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fromFailureData, refused } from "../../shared/failure/index.ts";
import type { Client, JobResultOf, JobSummary } from "../../shared/contract/index.ts";
import { contract } from "../../shared/contract/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { openCore } from "../open-core.ts";
import type { OwnCore } from "../open-core.ts";
import type { GlobalOptions } from "../parse-arguments.ts";
import { countText } from "../present/layout.ts";
import { runJobs } from "../run-jobs.ts";
import type { Terminal } from "../terminal.ts";
import { dubAsked } from "./dub-asked.ts";
import type { DubAsked } from "./dub-asked.ts";
import { findOrImport, findOrLayDialogue, segmentFor, whoseFace } from "./dub-records.ts";

type Asked = GlobalOptions & { readonly values: Parameters<typeof dubAsked>[0] };

/** Ctrl-C ends the command here; a kept project goes on from the last finished window next time. */
class Interrupted extends Error {}

export async function dub(terminal: Terminal, asked: Asked): Promise<number> {
  const order = dubAsked(asked.values, terminal.workingFolder);
  await requireFree(order);
  await using closing = new AsyncDisposableStack();
  const projectFolder = await projectFolderFor(order, asked, { terminal, closing });
  const own = closing.use(openCore({ kind: "cli", jobs: "run", terminal, isVerbose: asked.isVerbose }));
  try {
    await openOrCreate(own.client, projectFolder);
    const report = await dubThrough(own, order, { terminal, asked });
    if (asked.isJson) terminal.print(JSON.stringify(report));
    else terminal.print(`${report.output}: ${countText(report.frames)} frames, the lips of ${report.takes} take made.`);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    return exitCodes.interrupted;
  }
}

/** Before an hour of work, not after it. */
async function requireFree({ out, overwrite }: DubAsked): Promise<void> {
  if (overwrite || !(await exists(out))) return;
  throw refused("render.file-exists", {
    message: `There is a file at ${out} already.`,
    hint: "Name another one, or say --overwrite.",
    details: { path: out },
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return false;
    throw error;
  }
}

const extension = ".dubwright";

/** The one that is to be kept; else one beside the output, on whose disk there must be room anyway, gone at the end. */
async function projectFolderFor(
  { out }: DubAsked,
  { projectFolder }: GlobalOptions,
  { terminal, closing }: { readonly terminal: Terminal; readonly closing: AsyncDisposableStack },
): Promise<string> {
  if (projectFolder !== undefined) {
    const folder = resolve(terminal.workingFolder, projectFolder);
    return folder.endsWith(extension) ? folder : folder + extension;
  }
  const temporary = await mkdtemp(join(dirname(out), ".dub-"));
  closing.defer(() => rm(temporary, { recursive: true, force: true }));
  return join(temporary, `Dub${extension}`);
}

async function openOrCreate({ operations }: Client, folder: string): Promise<void> {
  if (await exists(folder)) await operations["project.open"]({ folder });
  else await operations["project.create"]({ folder: dirname(folder), name: basename(folder, extension) });
}

type Surroundings = { readonly terminal: Terminal; readonly asked: Asked };

export type DubReport = {
  readonly output: string;
  readonly frames: number;
  readonly segments: number;
  readonly takes: number;
  /** What was measured of the take; sync confidence is null where no sync network is installed. */
  readonly score: JobResultOf<"takes.score">["scores"][number] | null;
  readonly seconds: Readonly<Record<string, number>>;
};

async function dubThrough(own: OwnCore, order: DubAsked, surroundings: Surroundings): Promise<DubReport> {
  const { operations } = own.client;
  const jobs = stepRunner(own, surroundings);
  const media = await findOrImport(own.client, order.video, (start) => jobs.run("import", "media.import", start));
  const isTracked = (await operations["faces.list"]({ reelId: media.reelId })).tracks.length > 0;
  if (!isTracked) await jobs.run("analyse", "faces.track", () => operations["faces.track"]({ reelId: media.reelId }));
  const versionId = await findOrLayDialogue(own.client, order, media.reelId);
  const characterId = await whoseFace(own.client, order.face, media.reelId);
  const segmentId = await segmentFor(own.client, { versionId, characterId, reel: media, range: order.range });
  const made = await jobs.run("generate", "segments.generate", () =>
    operations["segments.generate"]({ ...order.generate, segmentIds: [segmentId] }),
  );
  const takeIds = made.takes.map(({ takeId }) => takeId);
  const { scores } = await jobs.run("score", "takes.score", () => operations["takes.score"]({ takeIds }));
  const rendered = await jobs.run("render", "render.range", () =>
    operations["render.range"]({
      versionId,
      reelId: media.reelId,
      path: order.out,
      sound: ["dialogue"],
      overwrite: order.overwrite,
      ...(order.range !== undefined && { range: order.range }),
    }),
  );
  const seconds = { ...jobs.seconds(), ...inside("generate", made.seconds) };
  return {
    output: rendered.path,
    frames: rendered.frames,
    segments: 1,
    takes: takeIds.length,
    score: scores[0] ?? null,
    seconds,
  };
}

/** Seconds of a job's own stages: "generate.denoise". */
const inside = (step: string, seconds: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(seconds).map(([stage, value]) => [`${step}.${stage}`, rounded(value)]));

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

type JobName = "media.import" | "faces.track" | "segments.generate" | "takes.score" | "render.range";

/** A render or a score of an earlier dub may have been another's. */
const isGoneOnWith: { readonly [Name in JobName]: boolean } = {
  "media.import": true,
  "faces.track": true,
  "segments.generate": true,
  "takes.score": false,
  "render.range": false,
};

/** Runs one job after another, each with its line; one that an earlier dub has left unfinished in the project is gone on with. */
function stepRunner({ client }: OwnCore, { terminal, asked }: Surroundings) {
  const taken: Record<string, number> = {};
  return {
    seconds: () => taken,
    run: async <Name extends JobName>(
      step: string,
      name: Name,
      start: () => Promise<{ readonly jobId: string }>,
    ): Promise<JobResultOf<Name>> => {
      const begunMs = performance.now();
      const unfinished = isGoneOnWith[name] ? await leftOver(client, name) : undefined;
      const { jobId } = unfinished ?? (await start());
      const isOurs = (job: JobSummary) => job.jobId === jobId;
      const code = await runJobs({ client, terminal, isJson: asked.isJson, isOurs });
      if (code === exitCodes.interrupted) throw new Interrupted();
      const { job } = await client.operations["jobs.get"]({ jobId });
      taken[step] = rounded((performance.now() - begunMs) / 1000);
      if (job.failure !== null) throw fromFailureData(job.failure);
      return contract[name].output.parse(job.result) as JobResultOf<Name>;
    },
  };
}

async function leftOver({ operations }: Client, kind: JobName): Promise<JobSummary | undefined> {
  const { jobs } = await operations["jobs.list"]({ states: ["queued", "running"], limit: 1000 });
  return jobs.find((job) => job.kind === kind);
}
