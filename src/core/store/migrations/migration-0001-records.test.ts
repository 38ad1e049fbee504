// Migration 1 makes an empty project at revision 0, and its tables refuse what the records forbid.
import { expect, test } from "vitest";
import { openMemoryConnection } from "../connection.ts";
import { migration0001 } from "./migration-0001-records.ts";
import { migrate, schemaVersionOf } from "./migration.ts";

const shot = (values: string) =>
  `INSERT INTO shot (id, reel_id, start_frame, duration_frames, opens_with, decided_by) VALUES (${values})`;

test("it makes an empty project at revision 0", () => {
  const connection = openMemoryConnection();
  migrate(connection, [migration0001]);
  expect(schemaVersionOf(connection)).toBe(1);
  expect(connection.prepare("SELECT revision FROM project_state").pluck().all()).toEqual([0]);
  expect(connection.prepare("SELECT count(*) FROM edit_step").pluck().get()).toBe(0);
});

test.each([
  ["a negative frame", shot("'shot:a', 'reel:a', -1, 10, 'cut', 'editor'"), /CHECK/],
  ["a range without frames", shot("'shot:a', 'reel:a', 0, 0, 'cut', 'editor'"), /CHECK/],
  ["text where a frame belongs", shot("'shot:a', 'reel:a', 'x', 10, 'cut', 'editor'"), /cannot store TEXT/],
  ["a shot of no reel", shot("'shot:a', 'reel:a', 0, 10, 'cut', 'editor'"), /FOREIGN KEY/],
  ["a second project", "INSERT INTO project VALUES ('project:other', 'x', 'y', NULL)", /CHECK/],
  ["facts that are no JSON", "INSERT INTO media VALUES ('media:a', '/a', '{}', '{', 'now')", /CHECK/],
  ["a second revision", "INSERT INTO project_state VALUES (2, 5)", /CHECK/],
])("it refuses %s", (_what, sql, message) => {
  const connection = openMemoryConnection();
  migrate(connection, [migration0001]);
  expect(() => connection.exec(sql)).toThrow(message);
});
