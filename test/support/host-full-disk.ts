// A process whose core lives on a small disk that fills up while it is asked for things. Tells what came of each round.
// Arguments: a folder on the small disk, a sound file elsewhere. Lines out: one JSON object per round.
import { closeSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DubError } from "../../src/shared/failure/index.ts";
import { openRealCore } from "./real-core.ts";
import type { RealCore } from "./real-core.ts";

const [disk = "", soundPath = ""] = process.argv.slice(2);
const blockBytes = 4096;
const fillerPath = join(disk, "filler");

/** Takes all the space but `freeBlocks` blocks. */
function fillDisk(freeBlocks: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const fillerBytes = Math.max(0, bavail * bsize - freeBlocks * blockBytes);
  const file = openSync(fillerPath, "w");
  const block = new Uint8Array(blockBytes);
  for (let written = 0; written + blockBytes <= fillerBytes; written += blockBytes) writeSync(file, block);
  closeSync(file);
}

/** The code that `work` failed with; "" when it went well. A failure that isn't in our words ends the process. */
async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work();
    return "";
  } catch (error) {
    if (error instanceof DubError) return error.code;
    throw error;
  }
}

async function receive(own: RealCore, name: string): Promise<void> {
  const chunks = async function* () {
    for (let block = 0; block < 8; block++) yield new Uint8Array(blockBytes);
  };
  const sizeBytes = 8 * blockBytes;
  await own.core.uploads.receive({ name, sizeBytes, chunks: chunks(), signal: new AbortController().signal });
}

/** How the first attempt of a job failed; "" when it went well. What the core cannot even note is looked for in vain. */
async function firstFailure({ operations }: RealCore, jobId: string): Promise<string> {
  for (let look = 0; look < 60; look++) {
    const { job } = await operations["jobs.get"]({ jobId });
    if (job.failure) return job.failure.code;
    if (job.state === "done") return "";
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return "";
}

/** Names below a folder that only unfinished work has. */
const halfMade = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.incoming-|\.partial/.test(name));

async function playRound(freeBlocks: number): Promise<void> {
  const problems: string[] = [];
  await using own = await openRealCore({ folder: disk });
  const { operations } = own;
  const { folder } = await operations["project.create"]({ folder: disk, name: "Full" });
  const before = await operations["app.set"]({ theme: "dark" });

  fillDisk(freeBlocks);
  const faults: Record<string, string> = {};
  let jobId = "";
  let theme = before.theme;
  faults["settings"] = await codeOf(async () => ({ theme } = await operations["app.set"]({ theme: "light" })));
  faults["upload"] = await codeOf(() => receive(own, "a.bin"));
  faults["import"] = await codeOf(async () => ({ jobId } = await operations["media.import"]({ path: soundPath })));
  faults["edit"] = await codeOf(() => operations["versions.add"]({ language: "de", name: "Kino" }));
  if (jobId !== "") faults["job"] = await firstFailure(own, jobId);
  rmSync(fillerPath);

  const settings = await operations["app.settings"]({});
  if (settings.theme !== theme) problems.push(`the theme was acknowledged as ${theme} and is ${settings.theme}`);
  const uploaded = readdirSync(join(folder, "media"));
  const expected = faults["upload"] === "" ? ["a.bin"] : [];
  if (uploaded.join() !== expected.join())
    problems.push(`uploads: expected ${expected.join()}, found ${uploaded.join()}`);
  const versions = await operations["record.list"]({ type: "version" });
  if (versions.records.length !== (faults["edit"] === "" ? 1 : 0)) problems.push("an edit was told wrongly");

  if (jobId === "") ({ jobId } = await operations["media.import"]({ path: soundPath }));
  let job = await own.ended(jobId);
  if (job.state === "failed") {
    await operations["jobs.retry"]({ jobId });
    job = await own.ended(jobId);
  }
  if (job.state !== "done") problems.push(`with room the import is ${job.state}: ${job.failure?.message}`);
  const media = await operations["record.list"]({ type: "media" });
  if (media.records.length !== 1) problems.push(`${media.records.length} media came of one import`);
  await operations["project.close"]({});
  const left = halfMade(disk);
  if (left.length > 0) problems.push(`left half made: ${left.join(", ")}`);
  rmSync(folder, { recursive: true });
  writeSync(1, `${JSON.stringify({ freeBlocks, faults, problems })}\n`);
}

for (const freeBlocks of [0, 1, 3, 8, 21, 55]) await playRound(freeBlocks);
