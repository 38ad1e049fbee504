// Migration 2 gives takes a place for their scores: none at first, and a history without steps of the old look.
import { expect, test } from "vitest";
import { openMemoryConnection } from "../connection.ts";
import { migration0001 } from "./migration-0001-records.ts";
import { migration0002 } from "./migration-0002-take-score.ts";
import { migrate } from "./migration.ts";

test("takes that were there have no score yet, and steps that hold takes of the old look are let go", () => {
  const connection = openMemoryConnection();
  migrate(connection, [migration0001]);
  connection.exec("PRAGMA foreign_keys = OFF");
  connection.exec(
    `INSERT INTO take VALUES ('take:a', 'segment:a', 1, '{}', '${"c".repeat(64)}', 0, 24, 6.5, 0, 'now', 0, 0, '')`,
  );
  connection.exec("INSERT INTO edit_step VALUES (1, 'takes.rate', 'now', '{}', 0, 2)");
  migrate(connection, [migration0001, migration0002]);
  expect(connection.prepare("SELECT sync_confidence, score FROM take").all()).toEqual([
    { sync_confidence: 6.5, score: null },
  ]);
  expect(connection.prepare("SELECT count(*) FROM edit_step").pluck().get()).toBe(0);
  expect(() => connection.exec("UPDATE take SET score = 'no json'")).toThrow(/CHECK/);
});
