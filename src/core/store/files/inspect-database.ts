// Looks at a project file without changing a byte of it, and refuses what is foreign, damaged, newer or tampered with.
import { closeSync, existsSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { DubError, failed, refused } from "../../../shared/failure/index.ts";
import { applicationId, openMemoryConnection, openInspectingConnection } from "../connection.ts";
import type { Connection } from "../connection.ts";
import { migrate, schemaVersionOf } from "../migrations/migration.ts";
import type { Migration } from "../migrations/migration.ts";
import { damaged, sqliteCodeOf, translateSqliteError } from "../sqlite-failure.ts";

const headerBytes = 100;

/**
 * Reads the file's header only (sqlite.org/fileformat.html section 1.3). Must not be called while this process has the
 * database open: closing a handle of it would drop SQLite's locks.
 */
export function inspectHeader(path: string): void {
  const header = readHeader(path);
  const magic = "SQLite format 3\0";
  if (header.length < headerBytes || header.toString("latin1", 0, magic.length) !== magic)
    throw foreign(path, header.length === 0 ? "it is empty" : "it is no SQLite database");
  const foundId = header.readUInt32BE(68);
  if (foundId !== applicationId)
    throw foreign(path, `its application id is ${foundId} where ${applicationId} is expected`);
}

function readHeader(path: string): Buffer {
  try {
    if (!statSync(path).isFile()) throw foreign(path, "it is no file");
    const file = openSync(path, "r");
    try {
      const header = Buffer.alloc(headerBytes);
      return header.subarray(0, readSync(file, header, 0, headerBytes, 0));
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    if (cause instanceof DubError) throw cause;
    throw cannotRead(path, cause);
  }
}

/**
 * Reads the whole database through a connection that does not write: its version, its schema, its every page, and what a
 * write-ahead log left by a crash adds to it. The caller holds the project's lock. Answers the schema's version.
 */
export function inspectDatabase(path: string, migrations: readonly Migration[]): number {
  const sidecars = [`${path}-wal`, `${path}-shm`].filter((sidecar) => !existsSync(sidecar));
  let connection: Connection | undefined;
  try {
    connection = openInspectingConnection(path);
    inspectVersion(connection, path, migrations.length);
    inspectSchema(connection, path, migrations);
    inspectPages(connection, path);
    return schemaVersionOf(connection);
  } catch (error) {
    if (sqliteCodeOf(error) === "SQLITE_CANTOPEN") throw cannotRead(path, error);
    throw translateSqliteError(path, error);
  } finally {
    connection?.close();
    // A reading connection makes these (an empty log and its index) and is not allowed to take them away again.
    for (const sidecar of sidecars) rmSync(sidecar, { force: true });
  }
}

function inspectVersion(connection: Connection, path: string, latestVersion: number): void {
  const version = schemaVersionOf(connection);
  if (version > latestVersion)
    throw refused("project.newer", {
      message: `The project ${path} was made by a newer version of Dubwright (its schema is ${version}, this one knows ${latestVersion}).`,
      hint: "Update Dubwright to open it. It was not changed.",
      details: { path, foundVersion: version, latestVersion },
    });
  if (version < 1) throw damaged(path, `its schema version is ${version}`);
}

type SchemaObject = { readonly type: string; readonly name: string; readonly sql: string | null };

const schemaOf = (connection: Connection): ReadonlyMap<string, SchemaObject> =>
  new Map(
    connection
      .prepare<[], SchemaObject>("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
      .all()
      .map((object) => [`${object.type} ${object.name}`, object]),
  );

// Enough to know whose hand it was; a hostile file can hold a million.
const maxDifferencesTold = 8;

/** The schema must be, to the letter, what the migrations make: no trigger, view or virtual table can hide in it. */
function inspectSchema(connection: Connection, path: string, migrations: readonly Migration[]): void {
  const version = schemaVersionOf(connection);
  const model = openMemoryConnection();
  try {
    migrate(model, migrations.slice(0, version));
    const expected = schemaOf(model);
    const found = schemaOf(connection);
    const unexpected = [...found.keys()].filter((key) => found.get(key)?.sql !== expected.get(key)?.sql);
    const missing = [...expected.keys()].filter((key) => !found.has(key));
    if (unexpected.length === 0 && missing.length === 0) return;
    const differences = [...unexpected, ...missing.map((key) => `${key} is missing`)];
    const told = differences.slice(0, maxDifferencesTold).map((text) => text.slice(0, 100));
    throw refused("project.foreign-schema", {
      message: `The project ${path} holds other tables than Dubwright makes: ${told.join(", ")}.`,
      hint: "Another program has changed it. It was not opened; restore a backup, or salvage it into a new project.",
      details: { path, differences: told, differenceCount: differences.length },
    });
  } finally {
    model.close();
  }
}

function inspectPages(connection: Connection, path: string): void {
  const findings = connection.prepare<[], string>("PRAGMA quick_check(5)").pluck().all();
  if (findings.length !== 1 || findings[0] !== "ok") throw damaged(path, findings.join("; "));
}

const foreign = (path: string, finding: string) =>
  refused("project.foreign", {
    message: `${path} is no project of Dubwright: ${finding}.`,
    hint: "The file was not changed. If it was your project, one of its backups may still open.",
    details: { path, finding },
  });

function cannotRead(path: string, cause: unknown): DubError {
  const errno = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
  if (errno === "ENOENT")
    return refused("project.not-found", {
      message: `There is no project file at ${path}.`,
      hint: "Choose a folder whose name ends in .dubwright.",
      details: { path },
    });
  return failed("project.cannot-open", {
    message: `The project file ${path} could not be read (${errno}).`,
    hint: "Check that you may read the file and write in its folder.",
    details: { path, errno },
    cause,
  });
}
