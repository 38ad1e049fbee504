// The page's copy of the project's records: read in pages, kept up to date by diffs. Pure functions over values.
import type { AnyRecord, Diff, RecordOf, RecordType } from "../../shared/project/index.ts";

/** Records of one type in their own order: by place, else by start frame, else by id. */
export type RecordShelf<Type extends RecordType = RecordType> = {
  readonly status: "loading" | "ready";
  readonly list: readonly RecordOf<Type>[];
};

export type RecordShelves = { readonly [Type in RecordType]?: RecordShelf<Type> };

type DiffAt = { readonly revision: number; readonly diff: Diff };

export const loadingShelf: RecordShelf<never> = { status: "loading", list: [] };

/** Shelves that hold none of the diff's records stay the same value, so that nothing redraws for them. */
export function applyToShelves(shelves: RecordShelves, diff: Diff): RecordShelves {
  const touched = new Set(recordsOf(diff).map((record) => record.type));
  const entries = [...touched].flatMap((type) => {
    const shelf = shelves[type];
    return shelf?.status === "ready" ? [[type, { status: "ready", list: applyToList(shelf.list, type, diff) }]] : [];
  });
  return entries.length === 0 ? shelves : { ...shelves, ...Object.fromEntries(entries) };
}

/**
 * Pages are read one after the other while edits go on. Diffs newer than the first page are applied in order on top;
 * a diff carries whole records, so that applying one a later page already holds changes nothing in the end.
 */
export function shelfFromPages(
  type: RecordType,
  pages: readonly (readonly AnyRecord[])[],
  missed: { readonly firstPageRevision: number; readonly diffs: readonly DiffAt[] },
): RecordShelf {
  const newer = missed.diffs.filter((each) => each.revision > missed.firstPageRevision);
  const list = newer.reduce<readonly AnyRecord[]>(
    (records, { diff }) => applyToList(records, type, diff),
    uniqueById(pages.flat()),
  );
  return { status: "ready", list };
}

function applyToList(list: readonly AnyRecord[], type: RecordType, diff: Diff): readonly AnyRecord[] {
  const byId = new Map<string, AnyRecord>(list.map((record) => [record.id, record]));
  for (const record of diff.removed) byId.delete(record.id);
  for (const record of diff.added) if (record.type === type) byId.set(record.id, record);
  for (const [, to] of diff.changed) if (to.type === type) byId.set(to.id, to);
  return [...byId.values()].toSorted(compareRecords);
}

const recordsOf = (diff: Diff): readonly AnyRecord[] => [
  ...diff.added,
  ...diff.changed.map(([, to]) => to),
  ...diff.removed,
];

const uniqueById = (records: readonly AnyRecord[]): readonly AnyRecord[] => [
  ...new Map(records.map((record) => [record.id, record])).values(),
];

function placeOf(record: AnyRecord): number {
  if ("order" in record) return record.order;
  if ("startFrame" in record) return record.startFrame;
  return 0;
}

export const compareRecords = (left: AnyRecord, right: AnyRecord): number =>
  placeOf(left) - placeOf(right) || (left.id < right.id ? -1 : Number(left.id > right.id));
