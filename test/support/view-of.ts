// A view of a project over plain records, for edits tested without a store.
import type { AnyRecord, ProjectView } from "../../src/shared/project/index.ts";

/** Lists answer in the order in which the records are given. */
export function viewOf(records: Iterable<AnyRecord>): ProjectView {
  const all = [...records];
  const matches = (record: AnyRecord, filter: object) =>
    Object.entries(filter).every(([key, value]) => Reflect.get(record, key) === value);
  return {
    get: (type, id) => all.find((record) => record.type === type && record.id === id) as never,
    list: (type, filter = {}) => all.filter((record) => record.type === type && matches(record, filter)) as never,
  };
}
