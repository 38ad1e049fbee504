// One SQLite connection with the settings that every connection of the product must have, read back before use.
import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { failed } from "../../shared/failure/index.ts";

export type Connection = Database.Database;

/** "DUBW" in ASCII: tells our databases from others' (`file` shows it, too). */
export const applicationId = 0x44554257;

const busyTimeoutMs = 5000;

// Name, the value to set, and what SQLite answers when asked afterwards. Without synchronous=FULL a power cut takes the
// last commits (the library's own default in WAL mode is NORMAL). The last two are sqlite.org/security.html's advice.
const settings = [
  ["busy_timeout", busyTimeoutMs, busyTimeoutMs],
  ["synchronous", "FULL", 2],
  ["foreign_keys", "ON", 1],
  ["trusted_schema", "OFF", 0],
  ["cell_size_check", "ON", 1],
] as const;

const writingSettings = [
  ["journal_mode", "WAL", "wal"],
  // After a checkpoint the log shrinks to this; 16 MiB holds a long session's bursts without growing anew each time.
  ["journal_size_limit", 16 << 20, 16 << 20],
] as const;

/** Opens for reading and writing; the file is created when it is missing, with our `application_id`. */
export function openConnection(path: string): Connection {
  const connection = new Database(path, { timeout: busyTimeoutMs });
  return withSettings(connection, [...settings, ...writingSettings]);
}

/** Opens an existing file for reading only: no byte of it or of its write-ahead log changes. */
export function openReadConnection(path: string): Connection {
  const connection = new Database(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  return withSettings(connection, [...settings, ["query_only", "ON", 1]]);
}

/**
 * Opens an existing file for looking at it. SQLite checks the rules of rows (CHECK) only through a handle that could
 * write; but such a handle, closing, carries a log left by a crash into the database. So where there is one, the handle
 * is a reading one.
 */
export function openInspectingConnection(path: string): Connection {
  if (isLogLeft(path)) return openReadConnection(path);
  const connection = new Database(path, { fileMustExist: true, timeout: busyTimeoutMs });
  return withSettings(connection, [...settings, ["query_only", "ON", 1]]);
}

const isLogLeft = (path: string): boolean => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** A database without a file, for finding out what a schema looks like. */
export const openMemoryConnection = (): Connection => withSettings(new Database(":memory:"), settings);

type Setting = readonly [name: string, value: string | number, expected: string | number];

function withSettings(connection: Connection, wanted: readonly Setting[]): Connection {
  try {
    for (const [name, value, expected] of wanted) {
      connection.pragma(`${name} = ${value}`);
      const found = connection.pragma(name, { simple: true });
      if (found !== expected)
        throw failed("project.bad-setting", {
          message: `SQLite's setting ${name} is ${String(found)} where ${expected} is needed.`,
          hint: "The disk may not support what a project needs (shared memory, locks); move the project to a local disk.",
          details: { name, expected, found },
        });
    }
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
