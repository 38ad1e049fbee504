// Every connection has the settings that keep work safe, whichever it is and whoever opened the file first.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openConnection, openReadConnection } from "./connection.ts";
import type { Connection } from "./connection.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dubwright-connection-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const readBack = (connection: Connection) =>
  Object.fromEntries(
    ["journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "busy_timeout"].map((name) => [
      name,
      connection.pragma(name, { simple: true }),
    ]),
  );

const expected = {
  journal_mode: "wal",
  // 2 is FULL; SQLite's own default in WAL mode, as our library compiles it, would be 1.
  synchronous: 2,
  foreign_keys: 1,
  trusted_schema: 0,
  cell_size_check: 1,
  busy_timeout: 5000,
};

test("the first, a second and a reading connection all read back the same settings", () => {
  const path = join(folder, "project.sqlite");
  const first = openConnection(path);
  first.exec("CREATE TABLE t (a)");
  const second = openConnection(path);
  const reading = openReadConnection(path);
  for (const connection of [first, second, reading]) expect(readBack(connection)).toEqual(expected);
  expect(reading.pragma("query_only", { simple: true })).toBe(1);
  expect(() => reading.exec("INSERT INTO t VALUES (1)")).toThrow(/readonly/);
  for (const connection of [reading, second, first]) connection.close();
});
