// What an edit yields, and its algebra: reverse for undo, compose for one gesture of many edits.
import { z } from "zod";
import { assert, refused } from "../failure/index.ts";
import { anyRecordSchema } from "./records.ts";
import type { AnyRecord } from "./records.ts";

/** A record that changed, as it was and as it is. Same id, same type. */
export type RecordChange = readonly [from: AnyRecord, to: AnyRecord];

/** An id occurs in at most one of the three lists. */
export type Diff = {
  readonly added: readonly AnyRecord[];
  readonly changed: readonly RecordChange[];
  readonly removed: readonly AnyRecord[];
};

export const diffSchema = z.strictObject({
  added: z.array(anyRecordSchema).readonly(),
  changed: z.array(z.tuple([anyRecordSchema, anyRecordSchema]).readonly()).readonly(),
  removed: z.array(anyRecordSchema).readonly(),
});

export const emptyDiff: Diff = { added: [], changed: [], removed: [] };

export const isEmptyDiff = (diff: Diff): boolean =>
  diff.added.length === 0 && diff.changed.length === 0 && diff.removed.length === 0;

export const diffAdding = (...added: readonly AnyRecord[]): Diff => ({ ...emptyDiff, added });
export const diffRemoving = (...removed: readonly AnyRecord[]): Diff => ({ ...emptyDiff, removed });

/** Empty when nothing differs. */
export function diffChanging<Value extends AnyRecord>(from: Value, to: Value): Diff {
  assert(from.id === to.id && from.type === to.type, `a change keeps id and type: ${from.id}, ${to.id}`);
  return isSameRecord(from, to) ? emptyDiff : { ...emptyDiff, changed: [[from, to]] };
}

/** D1: applying a diff and then its reverse leaves everything as it was. */
export function reverseDiff(diff: Diff): Diff {
  return {
    added: diff.removed,
    changed: diff.changed.map(([from, to]): RecordChange => [to, from]),
    removed: diff.added,
  };
}

type Fate = { readonly from: AnyRecord | undefined; readonly to: AnyRecord | undefined };

/** D2: composing two diffs that follow each other equals applying one after the other. */
export function composeDiffs(first: Diff, second: Diff): Diff {
  const fates = new Map<string, Fate>(fatesOf(first));
  for (const [id, later] of fatesOf(second)) {
    const earlier = fates.get(id);
    fates.set(id, earlier ? { from: earlier.from, to: later.to } : later);
  }
  return diffOfFates(fates.values());
}

function* fatesOf(diff: Diff): Iterable<[string, Fate]> {
  for (const record of diff.added) yield [record.id, { from: undefined, to: record }];
  for (const [from, to] of diff.changed) yield [from.id, { from, to }];
  for (const record of diff.removed) yield [record.id, { from: record, to: undefined }];
}

function diffOfFates(fates: Iterable<Fate>): Diff {
  const added: AnyRecord[] = [];
  const changed: RecordChange[] = [];
  const removed: AnyRecord[] = [];
  for (const { from, to } of fates) {
    if (from && to) {
      if (!isSameRecord(from, to)) changed.push([from, to]);
    } else if (to) added.push(to);
    else if (from) removed.push(from);
  }
  return { added, changed, removed };
}

/** D3: a diff applies only to the state it was made from; otherwise it is refused and nothing changes. */
export function applyDiff(records: ReadonlyMap<string, AnyRecord>, diff: Diff): ReadonlyMap<string, AnyRecord> {
  const result = new Map(records);
  for (const [id, { from, to }] of fatesOf(diff)) {
    if (!isSameRecord(records.get(id), from)) throw conflict(id);
    if (to) result.set(id, to);
    else result.delete(id);
  }
  return result;
}

export const conflict = (id: string) =>
  refused("project.conflict", {
    message: `The change of ${id} was made from another state of the project than the present one.`,
    hint: "Look at the project as it is now and make the change again.",
    details: { id },
  });

/** Deep equality of JSON values, whatever the order of keys. */
export function isSameRecord(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftKeys = Object.keys(left);
  if (leftKeys.length !== Object.keys(right).length) return false;
  return leftKeys.every(
    (key) => Object.hasOwn(right, key) && isSameRecord(Reflect.get(left, key), Reflect.get(right, key)),
  );
}
