// Torn and overwritten project files: a torn log gives back whole edits, a damaged database is refused or read, never worse.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DubError } from "../../src/shared/failure/index.ts";
import { recordTypes } from "../../src/shared/project/index.ts";
import { randomFrom, silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createProject, openProject, projectPaths } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import { countEdits, editOnce, checkWhole, prepareForEdits } from "../support/counted-edits.ts";
import { faultReport } from "../support/fault-report.ts";

const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a test" };
const editCount = 40;

let parent = "";
let crashed = "";
let closed = "";

/** Two copies of one project: as a crash leaves it, with its log, and as a clean exit does. */
beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "dubwright-store-torn-"));
  const project = await createProject({ folder: parent, name: "Whole", ...surroundings });
  prepareForEdits(project);
  for (let edit = 0; edit < editCount; edit++) editOnce(project);
  crashed = copyOf(project.paths.folder, "Crashed");
  project[Symbol.dispose]();
  closed = copyOf(project.paths.folder, "Closed");
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const filesOf = (folder: string) => {
  const { database } = projectPaths(folder);
  return [database, `${database}-wal`].filter((path) => statSync(path, { throwIfNoEntry: false }));
};

function copyOf(source: string, name: string): string {
  const folder = join(parent, `${name}.dubwright`);
  rmSync(folder, { recursive: true, force: true });
  for (const subfolder of ["takes", "cache", "exports", "backups", "media"])
    mkdirSync(join(folder, subfolder), { recursive: true });
  for (const path of filesOf(source)) copyFileSync(path, path.replace(source, folder));
  return folder;
}

/** The opened project, or the code it was refused with. Anything but a DubError is a bug and fails the test. */
async function tryOpen(folder: string): Promise<OpenProject | string> {
  try {
    return await openProject({ folder, ...surroundings });
  } catch (error) {
    if (error instanceof DubError) return error.code;
    throw error;
  }
}

test("a log that is cut off anywhere gives back the edits that were whole in it, and no other", async () => {
  const report = faultReport("store, log cut off");
  const walBytes = statSync(`${projectPaths(crashed).database}-wal`).size;
  const random = randomFrom(5);
  let lastCount = editCount;
  const lengths = Array.from({ length: 60 }, () => Math.floor(random.uniform() * walBytes)).toSorted((a, b) => b - a);
  for (const length of lengths) {
    const folder = copyOf(crashed, "Cut");
    truncateSync(`${projectPaths(folder).database}-wal`, length);
    report.round("log cut");
    const opened = await tryOpen(folder);
    if (typeof opened === "string") {
      report.check(false, `cut to ${length} bytes it is refused with ${opened}`);
      continue;
    }
    const count = countEdits(opened);
    report.check(count <= lastCount, `cut to ${length} bytes it has ${count} edits, more than a longer log had`);
    checkWhole(report, opened, `cut to ${length} bytes`);
    lastCount = count;
    opened[Symbol.dispose]();
  }
  report.check(lastCount < editCount / 2, `the shortest log still gave ${lastCount} edits`);
  report.finish();
});

test("bytes overwritten in the log end it there, whole edits before them stay", async () => {
  const report = faultReport("store, log overwritten");
  const random = randomFrom(6);
  for (let round = 0; round < 40; round++) {
    const folder = copyOf(crashed, "Overwritten");
    const walPath = `${projectPaths(folder).database}-wal`;
    const bytes = readFileSync(walPath);
    const position = Math.floor(random.uniform() * bytes.length);
    bytes.set(random.bytes(16), position);
    writeFileSync(walPath, bytes);
    report.round("log overwritten");
    const opened = await tryOpen(folder);
    if (typeof opened === "string") {
      report.check(false, `overwritten at ${position} it is refused with ${opened}`);
      continue;
    }
    checkWhole(report, opened, `overwritten at ${position}`);
    opened[Symbol.dispose]();
  }
  report.finish();
});

test("a database with overwritten bytes is refused untouched, or opens and answers every question", async () => {
  const report = faultReport("store, database overwritten");
  const random = randomFrom(7);
  const codes = new Set(["project.damaged", "project.foreign", "project.foreign-schema", "project.newer"]);
  let refusedCount = 0;
  for (let round = 0; round < 60; round++) {
    const folder = copyOf(closed, "Damaged");
    const { database } = projectPaths(folder);
    const bytes = readFileSync(database);
    const position = Math.floor(random.uniform() * bytes.length);
    bytes.set(random.bytes(64), position);
    writeFileSync(database, bytes);
    report.round("database overwritten");
    const opened = await tryOpen(folder);
    if (typeof opened === "string") {
      refusedCount += 1;
      report.check(codes.has(opened), `overwritten at ${position} it is refused with ${opened}`);
      report.check(bytes.equals(readFileSync(database)), `overwritten at ${position} it was changed by looking at it`);
      report.check(filesOf(folder).length === 1, `overwritten at ${position} looking at it left a log`);
      continue;
    }
    for (const type of recordTypes) report.check(Array.isArray(opened.view.list(type)), `${type} is listed`);
    opened[Symbol.dispose]();
  }
  expect(refusedCount).toBeGreaterThan(5);
  report.finish();
});
