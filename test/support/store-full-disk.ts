// A process that fills a small disk under a project, at every fill level of a sweep, and tells what came of it.
// Arguments: a folder on the small disk. Lines out: one JSON object per round.
import { closeSync, existsSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DubError } from "../../src/shared/failure/index.ts";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import { countEdits, editOnce, findTornEdits, prepareForEdits } from "./counted-edits.ts";

const [disk = ""] = process.argv.slice(2);
const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a full disk's test" };
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

const emptyDisk = () => rmSync(fillerPath, { force: true });

/** The code that `work` failed with; undefined when it went well. A failure that isn't in our words ends the process. */
async function codeOf(work: () => unknown): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof DubError) return error.code;
    throw error;
  }
}

const say = (round: object) => writeSync(1, `${JSON.stringify(round)}\n`);

/** Fills the disk while a project is open, edits until it refuses, makes room, and edits on. */
async function fillWhileEditing(freeBlocks: number): Promise<void> {
  const problems: string[] = [];
  let project: OpenProject = await createProject({ folder: disk, name: "Full", ...surroundings });
  prepareForEdits(project);
  const { folder, backups } = project.paths;
  fillDisk(freeBlocks);
  let acknowledged = 0;
  let fault: string | undefined;
  for (let edit = 0; edit < 400 && fault === undefined; edit++)
    fault = await codeOf(() => {
      acknowledged = editOnce(project);
    });
  // A backup finds no room either, and leaves nothing half made.
  const backupFault = await codeOf(() => project.backups.makeDue());
  if (readdirSync(backups).some((name) => name.startsWith("."))) problems.push("half a backup was left");
  // Every other time the project is closed before there is room: what is in the log cannot be carried over then.
  if (freeBlocks % 4 === 0) {
    project[Symbol.dispose]();
    emptyDisk();
    project = await openProject({ folder, ...surroundings });
  } else emptyDisk();
  const afterwards = await codeOf(() => {
    acknowledged = editOnce(project);
  });
  if (afterwards !== undefined) problems.push(`after room was made an edit failed with ${afterwards}`);
  project[Symbol.dispose]();
  project = await openProject({ folder, ...surroundings });
  const stored = countEdits(project);
  if (stored !== acknowledged) problems.push(`${acknowledged} edits acknowledged, ${stored} stored`);
  problems.push(...findTornEdits(project));
  project[Symbol.dispose]();
  rmSync(folder, { recursive: true });
  say({ what: "edit", freeBlocks, fault, backupFault, problems });
}

/** Creates a project on a disk that is nearly full: it is there whole or not at all. */
async function createWhileFull(freeBlocks: number): Promise<void> {
  const problems: string[] = [];
  fillDisk(freeBlocks);
  const fault = await codeOf(async () => {
    const project = await createProject({ folder: disk, name: "New", ...surroundings });
    project[Symbol.dispose]();
  });
  const folder = join(disk, "New.dubwright");
  const left = readdirSync(disk).filter((name) => name !== "filler" && name !== "New.dubwright");
  if (left.length > 0) problems.push(`${left.join(", ")} was left`);
  emptyDisk();
  if (existsSync(folder)) {
    const opening = await codeOf(async () => {
      const project = await openProject({ folder, ...surroundings });
      project[Symbol.dispose]();
    });
    if (opening !== undefined) problems.push(`the project that is there fails to open: ${opening}`);
    rmSync(folder, { recursive: true });
  } else if (fault === undefined) problems.push("the project that was acknowledged is not there");
  say({ what: "create", freeBlocks, fault, problems });
}

for (let freeBlocks = 0; freeBlocks <= 60; freeBlocks += 2) await fillWhileEditing(freeBlocks);
for (let freeBlocks = 0; freeBlocks <= 150; freeBlocks += 6) await createWhileFull(freeBlocks);
