// What undo does to a project that has moved on: machines go on adding takes and facts after the edit it takes back.
import { isSameRecord } from "./diff.ts";
import type { Diff, RecordChange } from "./diff.ts";
import { references } from "./references.ts";
import type { RecordId, RecordType } from "./ids.ts";
import { anyRecordSchema } from "./records.ts";
import type { AnyRecord } from "./records.ts";
import type { ProjectView } from "./view.ts";

/**
 * D4: the diff that takes `diff` back from the present state. Fields it changed get their old value, others keep what has
 * come since; what it added goes, and with it what now stands on that; what it removed comes back. Records that are gone
 * since are passed over. On the state right after `diff` this is its reverse, and it never finds nothing it can do.
 */
export function takeBack(view: ProjectView, diff: Diff): Diff {
  const draft = createDraft(view);
  for (const record of diff.added) removeWithDependents(draft, record);
  for (const [from, to] of diff.changed) {
    const present = draft.get(from.type, from.id);
    if (present) draft.set(present, withOldFields(present, from, to));
  }
  for (const record of diff.removed) {
    const present = draft.get(record.type, record.id);
    if (!present) draft.set(record, record);
  }
  return draft.diff();
}

type Draft = {
  /** As the draft has it; undefined when it is not there, or not any more. */
  readonly get: (type: RecordType, id: string) => AnyRecord | undefined;
  readonly set: (present: AnyRecord, next: AnyRecord | undefined) => void;
  /** Those that point at `target` through the field. */
  readonly pointingAt: (type: RecordType, field: string, target: string) => readonly AnyRecord[];
  readonly diff: () => Diff;
};

function createDraft(view: ProjectView): Draft {
  const next = new Map<string, { readonly record: AnyRecord; readonly to: AnyRecord | undefined }>();
  const stored = (type: RecordType, id: string) => view.get(type, id as RecordId);
  const get: Draft["get"] = (type, id) => {
    const drafted = next.get(id);
    return drafted ? drafted.to : stored(type, id);
  };
  return {
    get,
    set: (present, to) => {
      next.set(present.id, { record: present, to });
    },
    pointingAt: (type, field, target) =>
      view.list(type, { [field]: target }).flatMap((record) => {
        const drafted = get(type, record.id);
        return drafted && Reflect.get(drafted, field) === target ? [drafted] : [];
      }),
    diff: () => {
      const added: AnyRecord[] = [];
      const changed: RecordChange[] = [];
      const removed: AnyRecord[] = [];
      for (const [id, { record, to }] of next) {
        const from = stored(record.type, id);
        if (from && to) {
          if (!isSameRecord(from, to)) changed.push([from, to]);
        } else if (to) added.push(to);
        else if (from) removed.push(from);
      }
      return { added, changed, removed };
    },
  };
}

function removeWithDependents(draft: Draft, record: AnyRecord): void {
  const present = draft.get(record.type, record.id);
  if (!present) return;
  draft.set(present, undefined);
  for (const { from, field, to, isOptional } of references) {
    if (to !== record.type) continue;
    for (const dependent of draft.pointingAt(from, field, record.id)) {
      if (isOptional) draft.set(dependent, anyRecordSchema.parse({ ...dependent, [field]: null }));
      else removeWithDependents(draft, dependent);
    }
  }
}

/** `present` with the values of `from` in every field in which `from` and `to` differ. */
function withOldFields(present: AnyRecord, from: AnyRecord, to: AnyRecord): AnyRecord {
  const result: Record<string, unknown> = { ...present };
  for (const [field, value] of Object.entries(from))
    if (!isSameRecord(value, Reflect.get(to, field))) result[field] = value;
  return anyRecordSchema.parse(result);
}
