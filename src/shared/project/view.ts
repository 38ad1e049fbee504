// How edits see the project: a synchronous reader of records. The store implements it over SQLite.
import { refused } from "../failure/index.ts";
import type { RecordId, RecordType } from "./ids.ts";
import type { RecordOf } from "./records.ts";

export type ProjectView = {
  readonly get: <Type extends RecordType>(type: Type, id: RecordId<Type>) => RecordOf<Type> | undefined;
  /** In the order of the record's own place: `order`, else start frame, else id. */
  readonly list: <Type extends RecordType>(type: Type, filter?: Partial<RecordOf<Type>>) => readonly RecordOf<Type>[];
};

/** The record, or a refusal that names it. */
export function mustGet<Type extends RecordType>(view: ProjectView, type: Type, id: RecordId<Type>): RecordOf<Type> {
  const record = view.get(type, id);
  if (record) return record;
  throw refused("project.no-such-record", {
    message: `The project has no ${type} with the id ${id}.`,
    hint: "It may have been removed; undo brings it back.",
    details: { type, id },
  });
}
