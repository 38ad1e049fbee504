// The log of edits is bounded by size and lets go of its oldest steps, never of the newest.
import { expect, test } from "vitest";
import { diffAdding } from "../../../shared/project/index.ts";
import { openMemoryConnection } from "../connection.ts";
import { allMigrations } from "../migrations/all-migrations.ts";
import { migrate } from "../migrations/migration.ts";
import { openEditLog } from "./edit-log.ts";
import { sampleShot } from "../../../../test/support/sample-records.ts";

const step = (count: number) => ({
  name: `edit ${count}`,
  editedAt: "2026-11-20T10:00:00.000Z",
  diff: diffAdding(sampleShot(`n${count}`, count)),
});

function logOf(maxBytes: number) {
  const connection = openMemoryConnection();
  migrate(connection, allMigrations);
  const names = () => connection.prepare("SELECT name FROM edit_step ORDER BY step").pluck().all();
  return { log: openEditLog(connection, maxBytes), names };
}

const stepBytes = JSON.stringify(step(1).diff).length;

test("the oldest steps go when the log has outgrown its bound", () => {
  const { log, names } = logOf(stepBytes * 3.5);
  for (let count = 1; count <= 9; count++) log.append(step(count));
  expect(names()).toEqual(["edit 7", "edit 8", "edit 9"]);
});

test("a step larger than the bound is still kept, for it can be undone", () => {
  const { log, names } = logOf(10);
  log.append(step(1));
  log.append(step(2));
  expect(names()).toEqual(["edit 2"]);
  expect(log.lastDone()?.name).toBe("edit 2");
});

test("a step moves to the other side with what was really done, and back", () => {
  const { log } = logOf(1 << 20);
  log.append(step(1));
  log.append(step(2));
  const last = log.lastDone()?.step ?? 0;
  log.move(last, "undone", step(7).diff);
  expect([log.lastDone()?.name, log.firstUndone()?.name]).toEqual(["edit 1", "edit 2"]);
  expect(log.diffOf(last)).toEqual(step(7).diff);
  log.move(last, "done", step(2).diff);
  expect([log.lastDone()?.name, log.firstUndone()]).toEqual(["edit 2", undefined]);
});
