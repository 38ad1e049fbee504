// Rules of takes: numbering, showing one, putting aside, deleting.
import { describe, expect, test } from "vitest";
import { addTake, applyDiff, deselectTake, rejectTake, removeTakes, reverseDiff, selectTake } from "./index.ts";
import type { AnyRecord, Diff, Segment } from "./index.ts";
import { sampleSegment, sampleTake } from "../../../test/support/sample-records.ts";
import { viewOf } from "../../../test/support/view-of.ts";

const state = (...records: readonly AnyRecord[]) =>
  new Map(records.map((record): [string, AnyRecord] => [record.id, record]));
const after = (before: ReadonlyMap<string, AnyRecord>, edit: (view: ReturnType<typeof viewOf>) => Diff) =>
  applyDiff(before, edit(viewOf(before.values())));
const segment = (change: Partial<Segment> = {}): Segment => ({ ...sampleSegment(), ...change });
const [first, second] = [sampleTake("a", 1), sampleTake("b", 2)];

describe("a new take", () => {
  test("gets the next number, and is shown where none was chosen", () => {
    const { takeNumber: _number, ...take } = sampleTake("c");
    const made = after(state(segment({ state: "proposed" }), first, second), (view) => addTake(view, take));
    expect(made.get(take.id)).toMatchObject({ takeNumber: 3 });
    expect(made.get(segment().id)).toMatchObject({ selectedTakeId: take.id, state: "to-do" });
  });

  test("does not push aside the one that a person chose", () => {
    const { takeNumber: _number, ...take } = sampleTake("c");
    const approved = segment({ selectedTakeId: first.id, state: "approved" });
    expect(after(state(approved, first), (view) => addTake(view, take)).get(approved.id)).toEqual(approved);
  });
});

describe("choosing", () => {
  test("another take ends an approval, which was of the one before; the same take keeps it", () => {
    const approved = segment({ selectedTakeId: first.id, state: "approved" });
    const before = state(approved, first, second);
    expect(after(before, (view) => selectTake(view, second.id)).get(approved.id)).toMatchObject({
      selectedTakeId: second.id,
      state: "to-do",
    });
    expect(after(before, (view) => selectTake(view, first.id))).toEqual(before);
  });

  test("a rejected take takes it back in; rejecting the shown one shows the source", () => {
    const before = state(segment({ selectedTakeId: first.id }), first);
    const rejected = after(before, (view) => rejectTake(view, first.id, "rejected"));
    expect(rejected.get(first.id)).toMatchObject({ isRejected: true });
    expect(rejected.get(segment().id)).toMatchObject({ selectedTakeId: null });
    expect(after(rejected, (view) => selectTake(view, first.id))).toEqual(before);
  });

  test("the source again ends an approval", () => {
    const before = state(segment({ selectedTakeId: first.id, state: "approved" }), first);
    expect(after(before, (view) => deselectTake(view, segment().id)).get(segment().id)).toMatchObject({
      selectedTakeId: null,
      state: "to-do",
    });
  });
});

describe("deleting", () => {
  test("the shown take shows the source, and undo brings back both", () => {
    const before = state(segment({ selectedTakeId: first.id }), first, second);
    const diff = removeTakes(viewOf(before.values()), [first.id]);
    const deleted = applyDiff(before, diff);
    expect([deleted.has(first.id), deleted.has(second.id)]).toEqual([false, true]);
    expect(deleted.get(segment().id)).toMatchObject({ selectedTakeId: null });
    expect(applyDiff(deleted, reverseDiff(diff))).toEqual(before);
  });

  test("an approved take is refused", () => {
    const view = viewOf([segment({ selectedTakeId: first.id, state: "approved" }), first]);
    expect(() => removeTakes(view, [first.id])).toThrow(expect.objectContaining({ code: "take.approved" }));
  });
});
