// What is no healthy project of ours is refused with a clear reason, and not a byte of it changes.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { diffAdding, renameProject } from "../../../shared/project/index.ts";
import { randomFrom, silentLogger, systemClock } from "../../base/index.ts";
import { createProject, openProject } from "../project.ts";
import { projectSubfolders } from "../project-folder.ts";
import { sampleRecords, sampleTake } from "../../../../test/support/sample-records.ts";

const surroundings = { clock: systemClock, random: randomFrom(1), logger: silentLogger, program: "a test" };

let parent = "";
let folder = "";
let database = "";
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "dubwright-refusals-"));
  using project = await createProject({ folder: parent, name: "Whole", ...surroundings });
  const takes = Array.from({ length: 300 }, (_, index) => sampleTake(`t${index}`, index + 2));
  project.apply("fill", () => diffAdding(...sampleRecords(), ...takes));
  folder = project.paths.folder;
  database = project.paths.database;
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** Names and contents of everything in the project's folder, but of the lock only that it is there. */
function fingerprint(): Record<string, string> {
  const entries = readdirSync(folder).filter((name) => !projectSubfolders.some((known) => known === name));
  return Object.fromEntries(
    entries.map((name) => {
      const path = join(folder, name);
      if (name === "project.lock") return [name, "lock"];
      return [name, statSync(path).isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "folder"];
    }),
  );
}

async function expectRefusal(code: string, message: RegExp): Promise<void> {
  const before = fingerprint();
  await expect(openProject({ folder, ...surroundings })).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
  expect(fingerprint()).toEqual(before);
}

/** Changes the closed database as another program would. */
function tamper(sql: string): void {
  const connection = new Database(database);
  connection.exec(sql);
  connection.close();
}

describe("a project is refused and stays as it is", () => {
  test("when the file is empty", async () => {
    truncateSync(database, 0);
    await expectRefusal("project.foreign", /it is empty/);
  });

  test("when the file is no database", async () => {
    writeFileSync(database, "RIFF....WAVEfmt ".repeat(100));
    await expectRefusal("project.foreign", /no SQLite database/);
  });

  test("when it is another program's database", async () => {
    tamper("PRAGMA application_id = 1234");
    await expectRefusal("project.foreign", /application id is 1234/);
  });

  test("when a folder stands in the file's place", async () => {
    rmSync(database);
    mkdirSync(database);
    await expectRefusal("project.foreign", /no file/);
  });

  test("when there is no file", async () => {
    rmSync(database);
    await expectRefusal("project.not-found", /no project file/);
  });

  test("when it was made by a newer version", async () => {
    tamper("PRAGMA user_version = 999");
    await expectRefusal("project.newer", /newer version/);
  });

  test.each([
    ["a trigger", "CREATE TRIGGER evil AFTER INSERT ON shot BEGIN DELETE FROM take; END", /trigger evil/],
    ["a view", "CREATE VIEW evil AS SELECT 1", /view evil/],
    ["a virtual table", "CREATE VIRTUAL TABLE evil USING fts5(x)", /table evil/],
    ["another table", "CREATE TABLE evil (x)", /table evil/],
    ["a column more", "ALTER TABLE shot ADD COLUMN evil TEXT", /table shot/],
    ["an index less", "DROP INDEX take_by_place", /take_by_place is missing/],
  ])("when it has %s", async (_what, sql, message) => {
    tamper(sql);
    await expectRefusal("project.foreign-schema", message);
  });

  test.each([0.1, 0.5, 0.9, 0.99])("when it was cut off at %d of its length", async (ratio) => {
    truncateSync(database, Math.floor(statSync(database).size * ratio));
    await expectRefusal("project.damaged", /damaged/);
  });

  test("when pages are overwritten", async () => {
    const bytes = readFileSync(database);
    for (let page = 4; page * 4096 < bytes.length; page += 3) bytes.fill(0xa5, page * 4096, page * 4096 + 512);
    writeFileSync(database, bytes);
    await expectRefusal("project.damaged", /damaged/);
  });

  test("when rows break the rules of their table", async () => {
    tamper("PRAGMA ignore_check_constraints = ON; UPDATE take SET stars = 17 WHERE id = 'take:t3'");
    await expectRefusal("project.damaged", /CHECK constraint failed in take/);
  });

  test("when the system cannot read it", async () => {
    rmSync(database);
    symlinkSync(database, database);
    await expect(openProject({ folder, ...surroundings })).rejects.toMatchObject({
      code: "project.cannot-open",
      message: expect.stringMatching(/could not be read \(ELOOP\)/),
    });
  });
});

test("the log that a crash left behind is taken up, and is refused untouched when the file under it is foreign", async () => {
  const open = await openProject({ folder, ...surroundings });
  open.edit("rename", (view) => renameProject(view, "In the log"));
  // As a crash leaves it: database and log copied while the project is open.
  const crashed = join(parent, "Crashed.dubwright");
  mkdirSync(crashed);
  for (const name of ["project.sqlite", "project.sqlite-wal"]) copyFileSync(join(folder, name), join(crashed, name));
  for (const name of projectSubfolders) mkdirSync(join(crashed, name));
  open[Symbol.dispose]();
  expect(statSync(join(crashed, "project.sqlite-wal")).size).toBeGreaterThan(0);

  folder = crashed;
  database = join(crashed, "project.sqlite");
  const healthy = readFileSync(database);
  const torn = Buffer.from(healthy);
  for (let page = 4; page * 4096 < torn.length; page += 3) torn.fill(0xa5, page * 4096, page * 4096 + 512);
  writeFileSync(database, torn);
  await expectRefusal("project.damaged", /damaged/);

  writeFileSync(database, healthy);
  using recovered = await openProject({ folder: crashed, ...surroundings });
  expect(recovered.view.list("project")[0]?.name).toBe("In the log");
  expect(existsSync(join(crashed, "project.lock"))).toBe(true);
});
