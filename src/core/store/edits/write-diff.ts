// Writes a diff to the tables, after checking that it was made from what is stored (rule D3 of shared/project).
import { conflict, diffSchema, isSameRecord } from "../../../shared/project/index.ts";
import type { AnyRecord, Diff } from "../../../shared/project/index.ts";
import { assert } from "../../../shared/failure/index.ts";
import type { RecordRows } from "../records/record-rows.ts";

/** The diff as its schema reads it. An edit that yields anything else is a bug of ours, not the user's mistake. */
export function checkDiff(name: string, diff: Diff): Diff {
  const parsed = diffSchema.safeParse(diff);
  assert(parsed.success, `${name} yields records of their schema: ${parsed.error?.message ?? ""}`);
  return parsed.data;
}

/** Refused as "project.conflict", with nothing lost, when a record is not as the diff found it. Runs in a transaction. */
export function writeDiff(rows: RecordRows, diff: Diff): void {
  const mustBe = (record: AnyRecord, expected: AnyRecord | undefined) => {
    if (!isSameRecord(rows.get(record.type, record.id), expected)) throw conflict(record.id);
  };
  for (const record of diff.removed) {
    mustBe(record, record);
    rows.remove(record);
  }
  for (const [from, to] of diff.changed) {
    mustBe(from, from);
    rows.replace(to);
  }
  for (const record of diff.added) {
    mustBe(record, undefined);
    rows.insert(record);
  }
}
