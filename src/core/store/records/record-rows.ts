// Reading and writing records as rows, with every statement derived from the table of record tables.
import type BetterSqlite3 from "better-sqlite3";
import { assert, refused } from "../../../shared/failure/index.ts";
import { recordTypes } from "../../../shared/project/index.ts";
import type { AnyRecord, ProjectView, RecordOf, RecordType } from "../../../shared/project/index.ts";
import type { Connection } from "../connection.ts";
import { columnOf, recordTables } from "./record-tables.ts";
import type { ColumnKind } from "./record-tables.ts";

export type RecordFilter<Type extends RecordType> = Partial<RecordOf<Type>>;

export type PageRequest<Type extends RecordType> = {
  /** The last record of the page before; undefined for the first page. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly filter?: RecordFilter<Type> | undefined;
};

export type RecordPage<Type extends RecordType> = {
  readonly records: readonly RecordOf<Type>[];
  /** Pass as `after` for the next page; undefined on the last. */
  readonly next: string | undefined;
};

/** Reads and writes rows; transactions, checks of diffs and the log are others' work. */
export type RecordRows = ProjectView & {
  readonly page: <Type extends RecordType>(type: Type, request: PageRequest<Type>) => RecordPage<Type>;
  readonly count: (type: RecordType) => number;
  readonly insert: (record: AnyRecord) => void;
  readonly replace: (record: AnyRecord) => void;
  readonly remove: (record: AnyRecord) => void;
};

type Row = Record<string, unknown>;
type Statement = BetterSqlite3.Statement;

export function openRecordRows(connection: Connection): RecordRows {
  const tables = new Map(recordTypes.map((type) => [type, openTable(connection, type)]));
  const tableOf = (type: RecordType): Table => {
    const table = tables.get(type);
    assert(table, `there is a table for ${type}`);
    return table;
  };
  // Rows come from STRICT tables that only this room writes, after a check by schema: their shape is the record's.
  const trust = <Type extends RecordType>(row: Row): RecordOf<Type> => row as unknown as RecordOf<Type>;

  return {
    get: (type, id) => {
      const row = tableOf(type).get(id);
      return row && trust(row);
    },
    list: (type, filter = {}) =>
      tableOf(type)
        .select({ filter })
        .map((row) => trust(row)),
    page: (type, { after, limit, filter = {} }) => {
      // One more than asked for tells whether there is a next page.
      const rows = tableOf(type).select({ filter, after, limit: limit + 1 });
      const records = rows.slice(0, limit).map((row) => trust<typeof type>(row));
      return { records, next: rows.length > limit ? records.at(-1)?.id : undefined };
    },
    count: (type) => tableOf(type).count(),
    insert: (record) => tableOf(record.type).insert(record),
    replace: (record) => tableOf(record.type).replace(record),
    remove: (record) => tableOf(record.type).remove(record.id),
  };
}

export const countsOf = (rows: RecordRows): Readonly<Record<RecordType, number>> => ({
  project: rows.count("project"),
  media: rows.count("media"),
  reel: rows.count("reel"),
  version: rows.count("version"),
  "audio-track": rows.count("audio-track"),
  shot: rows.count("shot"),
  character: rows.count("character"),
  "face-track": rows.count("face-track"),
  segment: rows.count("segment"),
  take: rows.count("take"),
  adapter: rows.count("adapter"),
});

type Selection = {
  readonly filter: Readonly<Row>;
  readonly after?: string | undefined;
  readonly limit?: number;
};

type Table = {
  readonly get: (id: string) => Row | undefined;
  readonly select: (selection: Selection) => Row[];
  readonly count: () => number;
  readonly insert: (record: Readonly<Row>) => void;
  readonly replace: (record: Readonly<Row>) => void;
  readonly remove: (id: string) => void;
};

const fieldKinds: ReadonlyMap<RecordType, readonly [field: string, kind: ColumnKind][]> = new Map(
  recordTypes.map((type) => [type, Object.entries(recordTables[type].fields)]),
);

/** `id, "media_id" AS "mediaId", ...`: every column under the name of its field. */
export function selectedColumns(type: RecordType): string {
  const fields = Object.keys(recordTables[type].fields);
  return ["id", ...fields.map((field) => `${quoted(field)} AS "${field}"`)].join(", ");
}

const quoted = (field: string): string => `"${columnOf(field)}"`;

function openTable(connection: Connection, type: RecordType): Table {
  const { tableName, fields, orderBy } = recordTables[type];
  const kinds: readonly [field: string, kind: ColumnKind][] = Object.entries(fields);
  const fieldNames = kinds.map(([field]) => field);
  const selectSql = `SELECT ${selectedColumns(type)} FROM ${tableName}`;
  const place = [...orderBy.map(quoted), "id"].join(", ");

  const get = connection.prepare(`${selectSql} WHERE id = ?`);
  const getPlace = connection.prepare(`SELECT ${place} FROM ${tableName} WHERE id = ?`).raw();
  const count = connection.prepare(`SELECT count(*) FROM ${tableName}`).pluck();
  const insert = connection.prepare(
    `INSERT INTO ${tableName} (id, ${fieldNames.map(quoted).join(", ")}) VALUES (?${", ?".repeat(fieldNames.length)})`,
  );
  const update = connection.prepare(
    `UPDATE ${tableName} SET ${fieldNames.map((field) => `${quoted(field)} = ?`).join(", ")} WHERE id = ?`,
  );
  const remove = connection.prepare(`DELETE FROM ${tableName} WHERE id = ?`);
  const selections = new Map<string, Statement>();
  const selection = (tail: string): Statement => {
    const known = selections.get(tail) ?? connection.prepare(`${selectSql} ${tail}`);
    selections.set(tail, known);
    return known;
  };

  const decode = (row: unknown): Row => decodeRow(type, row as Row);
  const values = (record: Readonly<Row>) => kinds.map(([field, kind]) => encodeValue(kind, record[field]));

  return {
    get: (id) => {
      const row = get.get(id);
      return row === undefined ? undefined : decode(row);
    },
    select: ({ filter, after, limit }) => {
      const { conditions, parameters } = conditionsOf(type, filter);
      if (after !== undefined) {
        const anchor = getPlace.get(after);
        if (anchor === undefined) throw pageLost(type, after);
        conditions.push(`(${place}) > (?${", ?".repeat(orderBy.length)})`);
        parameters.push(...(anchor as unknown[]));
      }
      const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
      if (limit !== undefined) parameters.push(limit);
      return selection(`${where} ORDER BY ${place}${limit === undefined ? "" : " LIMIT ?"}`)
        .all(...parameters)
        .map(decode);
    },
    count: () => Number(count.get()),
    insert: (record) => {
      insert.run(record["id"], ...values(record));
    },
    replace: (record) => {
      const { changes } = update.run(...values(record), record["id"]);
      assert(changes === 1, `${String(record["id"])} is there to be changed`);
    },
    remove: (id) => {
      const { changes } = remove.run(id);
      assert(changes === 1, `${id} is there to be removed`);
    },
  };
}

type Conditions = { readonly conditions: string[]; readonly parameters: unknown[] };

/** Equality with every field that is given; null finds null. */
function conditionsOf(type: RecordType, filter: Readonly<Row>): Conditions {
  const kinds: Readonly<Record<string, ColumnKind>> = { ...recordTables[type].fields, id: "text" };
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  for (const [field, value] of Object.entries(filter)) {
    if (field === "type" || value === undefined) continue;
    const kind = kinds[field];
    assert(kind !== undefined && kind !== "json", `${type} can be filtered by its field ${field}`);
    if (value === null) conditions.push(`${quoted(field)} IS NULL`);
    else {
      conditions.push(`${quoted(field)} = ?`);
      parameters.push(encodeValue(kind, value));
    }
  }
  return { conditions, parameters };
}

function encodeValue(kind: ColumnKind, value: unknown): unknown {
  if (value === null) return null;
  if (kind === "json") return JSON.stringify(value);
  return kind === "boolean" ? Number(value) : value;
}

/** Makes a row of `selectedColumns` the record it stands for, in place. */
export function decodeRow(type: RecordType, row: Row): Row {
  row["type"] = type;
  for (const [field, kind] of fieldKinds.get(type) ?? []) {
    const value = row[field];
    if (kind === "json" && typeof value === "string") row[field] = JSON.parse(value);
    else if (kind === "boolean") row[field] = value === 1;
  }
  return row;
}

const pageLost = (type: RecordType, after: string) =>
  refused("project.page-lost", {
    message: `The ${type} ${after}, after which the list was to go on, is no longer there.`,
    hint: "Read the list again from its beginning.",
    details: { type, after },
  });
