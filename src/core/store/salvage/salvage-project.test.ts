// Salvage brings back everything that can be read, mends what points at losses, and leaves the damaged project as it was.
import { createHash } from "node:crypto";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { diffAdding, renameProject } from "../../../shared/project/index.ts";
import { randomFrom, silentLogger, systemClock } from "../../base/index.ts";
import { openProject } from "../project.ts";
import { salvageProject } from "./salvage-project.ts";
import { sampleRecords, sampleTake } from "../../../../test/support/sample-records.ts";
import { makeTempProject } from "../../../../test/support/temp-project.ts";
import type { TempProject } from "../../../../test/support/temp-project.ts";

const surroundings = { clock: systemClock, random: randomFrom(3), logger: silentLogger, program: "a test" };
const takeCount = 2000;

async function filledProject(): Promise<TempProject> {
  const temp = await makeTempProject();
  const takes = Array.from({ length: takeCount - 1 }, (_, index) => sampleTake(`t${index}`, index + 2));
  temp.project.apply("fill", () => diffAdding(...sampleRecords(), ...takes));
  writeFileSync(join(temp.project.paths.takes, "crops.mkv"), "crops");
  return temp;
}

const hashOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

/** Overwrites some leaf pages of one table with nonsense; answers how many. */
function damagePages(database: string, table: string, pageCount: number): void {
  const connection = new Database(database);
  const pages = connection
    .prepare("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno")
    .pluck()
    .all(table) as number[];
  connection.close();
  const bytes = readFileSync(database);
  const step = Math.floor(pages.length / (pageCount + 1));
  for (let index = 1; index <= pageCount; index++)
    bytes.fill(0xa5, ((pages[index * step] ?? 1) - 1) * 4096, (pages[index * step] ?? 1) * 4096);
  writeFileSync(database, bytes);
}

const salvage = (temp: TempProject) =>
  salvageProject({
    damagedFolder: temp.project.paths.folder,
    newFolder: join(temp.parent, "Saved.dubwright"),
    ...surroundings,
  });

test("all rows but those on damaged pages come back, with the takes on the disk, and the damaged file is not changed", async () => {
  await using temp = await filledProject();
  temp.project[Symbol.dispose]();
  const { database } = temp.project.paths;
  damagePages(database, "take", 3);
  const before = hashOf(database);
  await expect(openProject({ folder: temp.project.paths.folder, ...surroundings })).rejects.toMatchObject({
    code: "project.damaged",
  });
  const report = await salvage(temp);
  expect(hashOf(database)).toBe(before);
  expect(report).toMatchObject({ incompleteTypes: ["take"], filledFrom: undefined, kept: { segment: 1, reel: 1 } });
  // A page holds a handful of takes.
  expect(report.kept.take).toBeGreaterThan(takeCount - 60);
  expect(report.kept.take).toBeLessThan(takeCount);
  using saved = await openProject({ folder: report.folder, ...surroundings });
  expect(saved.counts()).toEqual(report.kept);
  expect(readFileSync(join(saved.paths.takes, "crops.mkv"), "utf8")).toBe("crops");
});

test("what is missing of a damaged table is filled from the newest backup that can be read", async () => {
  await using temp = await filledProject();
  await temp.project.backups.makeDue();
  temp.project.edit("rename", (view) => renameProject(view, "After the backup"));
  temp.project[Symbol.dispose]();
  damagePages(temp.project.paths.database, "take", 3);
  const report = await salvage(temp);
  expect(report).toMatchObject({ kept: { take: takeCount }, incompleteTypes: ["take"], droppedRecords: 0 });
  expect(report.filledFrom).toMatch(/-daily-r1\.sqlite$/);
  using saved = await openProject({ folder: report.folder, ...surroundings });
  expect(saved.view.list("project")[0]?.name).toBe("After the backup");
});

test("records that stand on lost ones go, those that only mention them stay, and both are counted", async () => {
  await using temp = await filledProject();
  temp.project[Symbol.dispose]();
  const other = new Database(temp.project.paths.database);
  other.exec("PRAGMA foreign_keys = OFF; DELETE FROM character; DELETE FROM reel");
  other.close();
  const report = await salvage(temp);
  expect(report.kept).toMatchObject({ media: 1, version: 1, reel: 0, segment: 0, take: 0, adapter: 0 });
  expect(report.droppedRecords).toBe(1 + 1 + 1 + 1 + takeCount + 1);
});

test("a file of which nothing can be read is refused unless a backup can", async () => {
  await using temp = await filledProject();
  await temp.project.backups.makeDue();
  temp.project[Symbol.dispose]();
  writeFileSync(temp.project.paths.database, "nothing at all");
  expect(await salvage(temp)).toMatchObject({ kept: { take: takeCount, segment: 1 } });

  const [backup] = await temp.project.backups.list();
  truncateSync(join(temp.project.paths.backups, backup?.name ?? ""), 0);
  await expect(
    salvageProject({
      damagedFolder: temp.project.paths.folder,
      newFolder: join(temp.parent, "Nothing.dubwright"),
      ...surroundings,
    }),
  ).rejects.toMatchObject({ code: "project.nothing-to-salvage" });
});

test("a project that is open is not salvaged", async () => {
  await using temp = await makeTempProject();
  await expect(salvage(temp)).rejects.toMatchObject({ code: "project.in-use" });
});
