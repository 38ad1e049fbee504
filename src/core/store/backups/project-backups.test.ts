// Backups of a real project: made while it changes, checked, dropped only for better ones, restored beside it.
import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock } from "../../base/index.ts";
import { renameProject } from "../../../shared/project/index.ts";
import { openConnection } from "../connection.ts";
import { bringUpToDate } from "../migrations/bring-up-to-date.ts";
import { allMigrations } from "../migrations/all-migrations.ts";
import { openProject } from "../project.ts";
import type { OpenProject } from "../project.ts";
import { makeTempProject } from "../../../../test/support/temp-project.ts";

const minuteMs = 60_000;
const surroundings = { clock: systemClock, random: randomFrom(3), logger: silentLogger, program: "a test" };

const rename = (project: OpenProject, name: string) => project.edit("rename", (view) => renameProject(view, name));

test("while a project changes, the clock alone makes its backups, and none while it idles", async () => {
  await using temp = await makeTempProject();
  const { project, clock } = temp;
  const expectTiers = async (...tiers: readonly string[]) => {
    await expect.poll(async () => (await project.backups.list()).map(({ tier }) => tier)).toEqual(tiers);
    await clock.settle();
  };
  await clock.advance(2 * minuteMs);
  await expectTiers();
  rename(project, "One");
  await clock.advance(2 * minuteMs);
  await expectTiers("daily");
  await clock.advance(30 * minuteMs);
  await expectTiers("daily");
  rename(project, "Two");
  await clock.advance(2 * minuteMs);
  await expectTiers("ten-minutes", "daily");
});

test("a backup is one whole file, and is restored as a project beside the open one with its takes and media", async () => {
  await using temp = await makeTempProject();
  const { project } = temp;
  await mkdir(join(project.paths.takes, "ab"));
  writeFileSync(join(project.paths.takes, "ab", "crops.mkv"), "crops");
  writeFileSync(join(project.paths.media, "dropped.wav"), "sound");
  rename(project, "Backed up");
  expect(await project.backups.makeDue()).toBe("daily");
  rename(project, "Later");
  const [backup] = await project.backups.list();
  expect(backup).toMatchObject({ tier: "daily", revision: 1, madeMs: temp.clock.nowMs() });
  expect(readdirSync(project.paths.backups)).toEqual([backup?.name]);

  const restoredFolder = await project.backups.restore(backup?.name ?? "");
  expect(restoredFolder).toBe(join(temp.parent, "Night Train (2026-11-20 10.00).dubwright"));
  using restored = await openProject({ folder: restoredFolder, ...surroundings });
  expect(restored.view.list("project")[0]?.name).toBe("Backed up");
  expect(readFileSync(join(restored.paths.takes, "ab", "crops.mkv"), "utf8")).toBe("crops");
  expect(readFileSync(join(restored.paths.media, "dropped.wav"), "utf8")).toBe("sound");
  expect(restored.undo()?.revision).toBe(2);
  expect(project.view.list("project")[0]?.name).toBe("Later");

  const second = await project.backups.restore(backup?.name ?? "");
  expect(second).toBe(join(temp.parent, "Night Train (2026-11-20 10.00) 2.dubwright"));
});

test("a backup that is damaged is not restored, and names from outside the folder are no backups", async () => {
  await using temp = await makeTempProject();
  const { project } = temp;
  rename(project, "One");
  await project.backups.makeDue();
  const [backup] = await project.backups.list();
  const path = join(project.paths.backups, backup?.name ?? "");
  truncateSync(path, statSync(path).size / 2);
  await expect(project.backups.restore(backup?.name ?? "")).rejects.toMatchObject({ code: "project.damaged" });
  for (const name of ["../project.sqlite", "20200101T000000Z-daily-r1.sqlite"])
    await expect(project.backups.restore(name)).rejects.toMatchObject({ code: "backup.not-found" });
  expect(readdirSync(temp.parent)).toEqual(["Night Train.dubwright"]);
});

test("a backup that fails drops none of the old ones and leaves nothing half made", async () => {
  await using temp = await makeTempProject();
  const { project, clock } = temp;
  for (let round = 0; round < 8; round++) {
    rename(project, `Round ${round}`);
    await project.backups.makeDue();
    await clock.advance(10 * minuteMs);
  }
  const before = (await project.backups.list()).map(({ name }) => name);
  rename(project, "Dangling");
  const other = new Database(project.paths.database);
  other.exec("PRAGMA foreign_keys = OFF; INSERT INTO shot VALUES ('shot:x', 'reel:none', 0, 1, 'cut', 'editor')");
  other.close();
  await expect(project.backups.makeDue()).rejects.toMatchObject({ code: "project.damaged" });
  expect((await project.backups.list()).map(({ name }) => name)).toEqual(before);
  expect(readdirSync(project.paths.backups).filter((name) => name.startsWith("."))).toEqual([]);
});

test("asked twice at once, a backup is made once", async () => {
  await using temp = await makeTempProject();
  const { backups } = temp.project;
  rename(temp.project, "One");
  expect(await Promise.all([backups.makeDue(), backups.makeDue()])).toEqual(["daily", undefined]);
  expect(await backups.list()).toHaveLength(1);
});

test("closing a project in the middle of a backup ends it and leaves no backup that isn't whole", async () => {
  await using temp = await makeTempProject();
  const { project } = temp;
  rename(project, "x".repeat(200));
  const making = project.backups.makeDue();
  // The copy has begun by the time the folder holds it.
  await expect.poll(() => readdirSync(project.paths.backups).length > 0, { interval: 1 }).toBe(true);
  project[Symbol.dispose]();
  const [outcome] = await Promise.allSettled([making]);
  const made = (await project.backups.list()).length;
  expect(made).toBe(outcome.status === "fulfilled" ? 1 : 0);
  const names = readdirSync(project.paths.backups);
  for (const name of names) expect(name.startsWith(".")).toBe(false);
});

test("an older project is backed up before it is migrated", async () => {
  await using temp = await makeTempProject();
  const { project } = temp;
  const { paths } = project;
  rename(project, "Old");
  project[Symbol.dispose]();
  const future = { number: allMigrations.length + 1, says: "a table", sql: "CREATE TABLE later (a TEXT) STRICT" };
  await bringUpToDate({ paths, clock: temp.clock, migrations: [...allMigrations, future] });
  const [name = ""] = readdirSync(paths.backups);
  expect(name).toMatch(/-before-migration-r1\.sqlite$/);
  const backup = openConnection(join(paths.backups, name));
  expect(backup.pragma("user_version", { simple: true })).toBe(allMigrations.length);
  backup.close();
  expect(existsSync(`${join(paths.backups, name)}-wal`)).toBe(false);
  await expect(openProject({ folder: paths.folder, ...surroundings })).rejects.toMatchObject({ code: "project.newer" });
});
