// The algebra of diffs, by random trial: reverse, compose, apply, conflict.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyDiff,
  composeDiffs,
  createId,
  diffAdding,
  diffChanging,
  diffRemoving,
  emptyDiff,
  isEmptyDiff,
  isSameRecord,
  reverseDiff,
} from "./index.ts";
import type { AnyRecord, Diff, Version } from "./index.ts";

const version = (digit: string, name: string): Version => ({
  type: "version",
  id: `version:${digit}` as Version["id"],
  language: "de",
  name,
  order: 0,
});

type Records = ReadonlyMap<string, AnyRecord>;

const someRecords: fc.Arbitrary<Records> = fc
  .uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"))
  .chain((digits) =>
    fc.tuple(...digits.map((digit) => fc.constantFrom("x", "y", "z").map((name) => version(digit, name)))),
  )
  .map((records) => new Map<string, AnyRecord>(records.map((record) => [record.id, record])));

/** The diff that leads from one state to another. */
function diffBetween(from: Records, to: Records): Diff {
  let diff = emptyDiff;
  for (const [id, record] of from) {
    const later = to.get(id);
    diff = composeDiffs(diff, later ? diffChanging(record, later) : diffRemoving(record));
  }
  for (const [id, record] of to) if (!from.has(id)) diff = composeDiffs(diff, diffAdding(record));
  return diff;
}

const plain = (records: Records) => Object.fromEntries(records);

describe("the algebra of diffs", () => {
  test("D1 a diff and then its reverse leave everything as it was", () => {
    fc.assert(
      fc.property(someRecords, someRecords, (before, after) => {
        const diff = diffBetween(before, after);
        expect(plain(applyDiff(before, diff))).toEqual(plain(after));
        expect(plain(applyDiff(applyDiff(before, diff), reverseDiff(diff)))).toEqual(plain(before));
      }),
    );
  });

  test("D2 composing two diffs equals applying one after the other", () => {
    fc.assert(
      fc.property(someRecords, someRecords, someRecords, (first, second, third) => {
        const composed = composeDiffs(diffBetween(first, second), diffBetween(second, third));
        expect(plain(applyDiff(first, composed))).toEqual(plain(third));
      }),
    );
  });

  test("D2 a diff composed with its reverse is empty", () => {
    fc.assert(
      fc.property(someRecords, someRecords, (before, after) => {
        const diff = diffBetween(before, after);
        expect(isEmptyDiff(composeDiffs(diff, reverseDiff(diff)))).toBe(true);
      }),
    );
  });

  test("D3 a diff made from another state is refused", () => {
    const records = new Map<string, AnyRecord>([["version:a", version("a", "x")]]);
    expect(() => applyDiff(records, diffChanging(version("a", "y"), version("a", "z")))).toThrow("another state");
    expect(() => applyDiff(records, diffAdding(version("a", "z")))).toThrow("another state");
    expect(() => applyDiff(records, diffRemoving(version("b", "x")))).toThrow("another state");
  });

  test("records are compared by value, whatever the order of their keys", () => {
    expect(isSameRecord({ a: [1, { b: null }], c: 2 }, { c: 2, a: [1, { b: null }] })).toBe(true);
    expect(isSameRecord({ a: undefined }, {})).toBe(false);
    expect(isSameRecord([], {})).toBe(false);
    expect(isSameRecord(null, {})).toBe(false);
  });
});

describe("ids", () => {
  test("an id names its type and carries eighty random bits", () => {
    expect(createId("reel", (byteCount) => new Uint8Array(byteCount))).toBe("reel:0000000000000000");
    expect(createId("reel", (byteCount) => new Uint8Array(byteCount).fill(255))).toBe("reel:zzzzzzzzzzzzzzzz");
  });
});
