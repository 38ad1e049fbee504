// Rules of migrations: complete, never edited once released, whole or not at all, agreeing with the record tables.
import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { recordTypes, references } from "../../../shared/project/index.ts";
import { openConnection, openMemoryConnection } from "../connection.ts";
import { columnOf, recordTables } from "../records/record-tables.ts";
import { allMigrations, latestSchemaVersion } from "./all-migrations.ts";
import { migrate, schemaVersionOf } from "./migration.ts";
import type { Migration } from "./migration.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * What each migration was when it was released. Before the first release of a number its hash may follow the text;
 * afterwards projects out there have run it, and a change belongs into the next number.
 */
const hashes: Readonly<Record<number, string>> = {
  1: "9438301029eaec5bdd952948cdbfd9150760e8d001baed3e9dd51e9a6acea2f8",
  2: "5ffb3c99ac8c5e61162bb56260e563aadbcc26ef69803a6929d71eda13c9c95b",
  3: "993f3099fc1481e8e25fba3804107377d3b8527396f4a8f1eb3d83b24a35c782",
};

test("no migration differs from what was released", () => {
  const found = Object.fromEntries(allMigrations.map(({ number, sql }) => [number, sha256(sql)]));
  expect(found).toEqual(hashes);
});

test("the list of migrations is what the folder holds, numbered without gap", () => {
  const files = readdirSync(import.meta.dirname).filter((name) => /^migration-\d{4}-.*(?<!\.test)\.ts$/.test(name));
  expect(files.map((name) => Number(name.slice(10, 14))).toSorted((a, b) => a - b)).toEqual(
    allMigrations.map(({ number }) => number),
  );
  expect(allMigrations.map(({ number }) => number)).toEqual(allMigrations.map((_, index) => index + 1));
});

test("every migration has a test of its own", () => {
  const files = readdirSync(import.meta.dirname);
  for (const { number } of allMigrations) {
    const stem = `migration-${String(number).padStart(4, "0")}-`;
    expect(files.some((name) => name.startsWith(stem) && name.endsWith(".test.ts"))).toBe(true);
  }
});

describe("the latest schema", () => {
  const connection = openMemoryConnection();
  migrate(connection, allMigrations);
  const affinities = { text: "TEXT", json: "TEXT", integer: "INTEGER", boolean: "INTEGER", real: "REAL" } as const;

  test.each(recordTypes)("has a column of the right kind for every field of %s, and no other", (type) => {
    const { tableName, fields } = recordTables[type];
    const columns = z
      .array(z.object({ name: z.string(), type: z.string() }))
      .parse(connection.pragma(`table_info(${tableName})`));
    const expected = Object.entries(fields).map(([field, kind]) => [columnOf(field), affinities[kind]]);
    expect(Object.fromEntries(columns.map((column) => [column.name, column.type]))).toEqual(
      Object.fromEntries([["id", "TEXT"], ...expected]),
    );
  });

  test("has a foreign key for every reference between records, and each is waited for until the commit", () => {
    const keys = recordTypes.flatMap((type) =>
      z
        .array(z.object({ from: z.string(), table: z.string() }))
        .parse(connection.pragma(`foreign_key_list(${recordTables[type].tableName})`))
        .map(({ from, table }) => `${recordTables[type].tableName}.${from} -> ${table}`),
    );
    const expected = references.map(
      ({ from, field, to }) => `${recordTables[from].tableName}.${columnOf(field)} -> ${recordTables[to].tableName}`,
    );
    expect(keys.toSorted()).toEqual(expected.toSorted());
    const tables = connection.prepare("SELECT sql FROM sqlite_schema WHERE name NOT LIKE 'job_%'").pluck().all();
    expect(tables.join("").match(/REFERENCES/g)).toHaveLength(
      tables.join("").match(/DEFERRABLE INITIALLY DEFERRED/g)?.length ?? 0,
    );
  });

  test("has STRICT tables only", () => {
    const loose = connection
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    expect(loose).toEqual([]);
  });

  test.each([
    ["segment", "reel_id = 'r'", "segment_by_reel"],
    ["segment", "version_id = 'v'", "segment_by_version"],
    ["take", "segment_id = 's'", "take_by_number"],
    ["face_track", "reel_id = 'r'", "face_track_by_reel"],
    ["shot", "reel_id = 'r'", "shot_by_reel"],
    ["audio_track", "version_id = 'v'", "audio_track_by_version"],
    ["audio_track", "media_id = 'm'", "audio_track_by_media"],
    ["reel", "media_id = 'm'", "reel_by_media"],
  ])("finds %s by %s through an index", (table, condition, index) => {
    const plan = z
      .array(z.object({ detail: z.string() }))
      .parse(connection.prepare(`EXPLAIN QUERY PLAN SELECT * FROM ${table} WHERE ${condition}`).all());
    expect(plan.map(({ detail }) => detail).join()).toContain(`USING INDEX ${index}`);
  });
});

describe("migrate", () => {
  const steps: readonly Migration[] = [
    { number: 1, says: "a table", sql: "CREATE TABLE t (a INTEGER) STRICT; INSERT INTO t VALUES (1);" },
    { number: 2, says: "a column", sql: "ALTER TABLE t ADD COLUMN b INTEGER; UPDATE t SET b = a + 1;" },
  ];
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "dubwright-migrate-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("runs only what is missing", () => {
    const connection = openMemoryConnection();
    migrate(connection, steps.slice(0, 1));
    migrate(connection, steps);
    migrate(connection, steps);
    expect(schemaVersionOf(connection)).toBe(2);
    expect(connection.prepare("SELECT a, b FROM t").all()).toEqual([{ a: 1, b: 2 }]);
  });

  test("a migration that fails leaves the version before it, whole", () => {
    const connection = openMemoryConnection();
    const broken: Migration = { number: 2, says: "breaks", sql: "DELETE FROM t; SELECT no_such_function();" };
    expect(() => migrate(connection, [...steps.slice(0, 1), broken])).toThrow(/no_such_function/);
    expect(schemaVersionOf(connection)).toBe(1);
    expect(connection.prepare("SELECT a FROM t").all()).toEqual([{ a: 1 }]);
  });

  test.each([
    ["store.migration.written:1", 0],
    ["store.migration.committed:1", 1],
    ["store.migration.written:2", 1],
    ["store.migration.committed:2", 2],
  ])("killed at %s it leaves version %i and goes on from there", (killAt, version) => {
    const path = join(folder, "project.sqlite");
    const source = `
      import { openConnection } from ${JSON.stringify(new URL("../connection.ts", import.meta.url).href)};
      import { migrate } from ${JSON.stringify(new URL("migration.ts", import.meta.url).href)};
      migrate(openConnection(process.argv[1]), JSON.parse(process.argv[2]));`;
    const args = ["--input-type=module", "-e", source, path, JSON.stringify(steps)];
    const { signal } = spawnSync(process.execPath, args, { env: { ...process.env, DUBWRIGHT_KILL_AT: killAt } });
    expect(signal).toBe("SIGKILL");
    const connection = openConnection(path);
    expect(schemaVersionOf(connection)).toBe(version);
    migrate(connection, steps);
    expect(connection.prepare("SELECT a, b FROM t").all()).toEqual([{ a: 1, b: 2 }]);
    connection.close();
  });
});

test("the latest version is the last migration's number", () => {
  expect(latestSchemaVersion).toBe(allMigrations.at(-1)?.number);
});
