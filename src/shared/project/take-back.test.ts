// D4: undo on a project that has moved on since the edit.
import { expect, test } from "vitest";
import { applyDiff, diffAdding, diffChanging, diffRemoving, emptyDiff, reverseDiff, takeBack } from "./index.ts";
import type { AnyRecord, Diff, ProjectView, Segment } from "./index.ts";
import {
  sampleRecords,
  sampleReel,
  sampleSegment,
  sampleShot,
  sampleTake,
} from "../../../test/support/sample-records.ts";

type Records = ReadonlyMap<string, AnyRecord>;

const recordsOf = (records: readonly AnyRecord[]): Records => new Map(records.map((record) => [record.id, record]));

/** A view over plain records, typed by what each record says of itself. */
function viewOf(records: Records): ProjectView {
  const matches = (record: AnyRecord, filter: object) =>
    Object.entries(filter).every(([field, value]) => Reflect.get(record, field) === value);
  const list = (type: string, filter: object = {}) =>
    [...records.values()].filter((record) => record.type === type && matches(record, filter));
  return { get: (_type: string, id: string) => records.get(id), list } as unknown as ProjectView;
}

/** What is there after `diff` was taken back from `records`. */
const after = (records: Records, diff: Diff): Records => applyDiff(records, takeBack(viewOf(records), diff));

const base = recordsOf(sampleRecords());
const segment = sampleSegment();

test("D4 right after a diff, taking it back is its reverse", () => {
  const diffs: readonly Diff[] = [
    diffAdding(sampleShot("b", 48)),
    diffChanging<Segment>(segment, { ...segment, note: "closer" }),
    diffRemoving(sampleTake()),
    emptyDiff,
  ];
  for (const diff of diffs) {
    const changed = applyDiff(base, diff);
    expect(takeBack(viewOf(changed), diff)).toEqual(reverseDiff(diff));
    expect(after(changed, diff)).toEqual(base);
  }
});

test("D4 fields that the edit did not touch keep what has come since", () => {
  const edit = diffChanging<Segment>(segment, { ...segment, note: "closer" });
  const edited = applyDiff(base, edit);
  const machine = diffChanging<Segment>(
    { ...segment, note: "closer" },
    { ...segment, note: "closer", selectedTakeId: sampleTake().id },
  );
  expect(after(applyDiff(edited, machine), edit).get(segment.id)).toEqual({
    ...segment,
    selectedTakeId: sampleTake().id,
  });
});

test("D4 a field that was changed again since still gets the value it had before the edit", () => {
  const edit = diffChanging<Segment>(segment, { ...segment, note: "one" });
  const later = diffChanging<Segment>({ ...segment, note: "one" }, { ...segment, note: "two" });
  expect(after(applyDiff(applyDiff(base, edit), later), edit).get(segment.id)).toEqual(segment);
});

test("D4 what has come to stand on an added record goes with it, and taking that back brings all of it again", () => {
  const added = sampleSegment("new", 60);
  const take = { ...sampleTake("new", 1), segmentId: added.id };
  const edit = diffAdding(added);
  const withTake = applyDiff(applyDiff(base, edit), diffAdding(take));
  const undone = takeBack(viewOf(withTake), edit);
  expect(undone.removed.map((record) => record.id).toSorted()).toEqual([added.id, take.id].toSorted());
  const gone = applyDiff(withTake, undone);
  expect(after(gone, undone)).toEqual(withTake);
});

test("D4 records that point at an added one only if they like are kept without it", () => {
  const take = sampleTake("b", 2);
  const edit = diffAdding(take);
  const selected = { ...segment, selectedTakeId: take.id };
  const moved = applyDiff(applyDiff(base, edit), diffChanging<Segment>(segment, selected));
  expect(after(moved, edit)).toEqual(base);
});

test("D4 a record that is gone since is passed over", () => {
  const edit = diffChanging<Segment>(segment, { ...segment, note: "one" });
  const gone = new Map(applyDiff(base, edit));
  gone.delete(sampleTake().id);
  gone.delete(segment.id);
  expect(takeBack(viewOf(gone), edit)).toEqual(emptyDiff);
});

test("D4 a whole reel taken back takes shots, tracks, segments and takes, each once", () => {
  const removed = takeBack(viewOf(base), diffAdding(sampleReel())).removed.map((record) => record.type);
  expect(removed.toSorted()).toEqual(["audio-track", "face-track", "reel", "segment", "shot", "take"]);
});
