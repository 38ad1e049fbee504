// Migration 3 keeps every project and every face track, and says of both what was so before it.
import { expect, test } from "vitest";
import { openMemoryConnection } from "../connection.ts";
import { migration0001 } from "./migration-0001-records.ts";
import { migration0002 } from "./migration-0002-take-score.ts";
import { migration0003 } from "./migration-0003-faces.ts";
import { migrate } from "./migration.ts";

test("a project of before has the usual limits, and its tracks are the detector's", () => {
  const connection = openMemoryConnection();
  migrate(connection, [migration0001]);
  connection.exec(`
    INSERT INTO project (id, name, created_at) VALUES ('project:this', 'Night Train', '2026-01-01T00:00:00Z');
    INSERT INTO media VALUES ('media:a', '/a', '{}', '{}', 'now');
    INSERT INTO reel VALUES ('reel:a', 'R1', 0, 'media:a', '{}', 100, 0, 0);
    INSERT INTO face_track VALUES ('face-track:a', 'reel:a', 0, 10, NULL, '${"a".repeat(64)}', 5, 200.5);
  `);
  migrate(connection, [migration0001, migration0002, migration0003]);
  expect(connection.prepare("SELECT name, eligibility_limits FROM project").raw().all()).toEqual([
    ["Night Train", null],
  ]);
  expect(connection.prepare("SELECT decided_by, eligible_frames FROM face_track").raw().all()).toEqual([
    ["detector", 5],
  ]);
});

test("limits that are no JSON are refused", () => {
  const connection = openMemoryConnection();
  migrate(connection, [migration0001, migration0002, migration0003]);
  const insert =
    "INSERT INTO project (id, name, created_at, eligibility_limits) VALUES ('project:this', 'x', 'y', '{')";
  expect(() => connection.exec(insert)).toThrow(/CHECK/);
});
