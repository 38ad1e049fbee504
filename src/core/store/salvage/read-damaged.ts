// Reads what can still be read of a damaged table, around the pages that cannot.
import { anyRecordSchema } from "../../../shared/project/index.ts";
import type { AnyRecord, RecordType } from "../../../shared/project/index.ts";
import type { Connection } from "../connection.ts";
import { decodeRow, selectedColumns } from "../records/record-rows.ts";
import { recordTables } from "../records/record-tables.ts";
import { sqliteCodeOf } from "../sqlite-failure.ts";

export type SalvagedTable = {
  readonly records: readonly AnyRecord[];
  /** Rows that were read but are no records: their schema refuses them. */
  readonly invalidRows: number;
  /** Places at which pages could not be read; how many rows lay on them cannot be known. */
  readonly unreadablePlaces: number;
};

type Row = Record<string, unknown> & { readonly rowid: number };

/** Never throws for what is wrong with the file; a table that isn't there at all is one unreadable place. */
export function readDamagedTable(connection: Connection, type: RecordType): SalvagedTable {
  const { rows, unreadablePlaces } = readDamagedRows(connection, type);
  const records: AnyRecord[] = [];
  for (const row of rows.values()) {
    const record = toRecord(type, row);
    if (record) records.push(record);
  }
  return { records, invalidRows: rows.size - records.length, unreadablePlaces };
}

function toRecord(type: RecordType, { rowid: _rowid, ...row }: Row): AnyRecord | undefined {
  try {
    return anyRecordSchema.safeParse(decodeRow(type, row)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined; // JSON that is none
    throw error;
  }
}

/** No table comes near this many rows; it only ends the search for the far side of a damaged place. */
const lastRowid = 2 ** 40;

/**
 * Walks forward until a page cannot be read, jumps ever farther until one can, and walks back from there to the damage.
 * Row ids were given in order, so a jump lands on a later page.
 */
function readDamagedRows(connection: Connection, type: RecordType) {
  const rows = new Map<number, Row>();
  const keep = (row: Row) => rows.set(row.rowid, row);
  let unreadablePlaces = 0;
  let place = 0;
  for (;;) {
    const forward = walk(connection, type, { from: place, to: lastRowid, order: "ASC" }, keep);
    if (forward.isWhole) return { rows, unreadablePlaces };
    unreadablePlaces += 1;
    const damaged = Math.max(place, forward.last ?? 0);
    const beyond = firstReadableAfter(connection, type, damaged);
    if (beyond === undefined) return { rows, unreadablePlaces };
    walk(connection, type, { from: damaged, to: beyond, order: "DESC" }, keep);
    place = beyond - 1;
  }
}

type Stretch = { readonly from: number; readonly to: number; readonly order: "ASC" | "DESC" };

/** Rows with `from` < rowid < `to`, until the end or the first that cannot be read. */
function walk(connection: Connection, type: RecordType, { from, to, order }: Stretch, keep: (row: Row) => void) {
  let last: number | undefined;
  const isWhole = readable(() => {
    const sql = `SELECT rowid AS rowid, ${selectedColumns(type)} FROM ${recordTables[type].tableName}
      WHERE rowid > ? AND rowid < ? ORDER BY rowid ${order}`;
    for (const row of connection.prepare<[number, number], Row>(sql).iterate(from, to)) {
      keep(row);
      last = row.rowid;
    }
  });
  return { isWhole, last };
}

function firstReadableAfter(connection: Connection, type: RecordType, rowid: number): number | undefined {
  const sql = `SELECT rowid FROM ${recordTables[type].tableName} WHERE rowid > ? ORDER BY rowid LIMIT 1`;
  for (let jump = 1; rowid + jump < lastRowid; jump *= 2) {
    let found: unknown;
    const isReadable = readable(() => {
      found = connection
        .prepare(sql)
        .pluck()
        .get(rowid + jump);
    });
    if (isReadable) return typeof found === "number" ? found : undefined;
  }
  return undefined;
}

/** False when the file is too damaged for `work`; anything else that goes wrong is thrown. */
function readable(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (sqliteCodeOf(error) === "") throw error;
    return false;
  }
}
