// SQLite's errors in our words: what the user can act on, what the disk did, and whether the connection is still to be trusted.
import Database from "better-sqlite3";
import { DubError, failed, refused } from "../../shared/failure/index.ts";

const isSqliteError = (error: unknown): error is InstanceType<typeof Database.SqliteError> =>
  error instanceof Database.SqliteError;

/** "SQLITE_IOERR_FSYNC" for an error of SQLite's, else "". */
export const sqliteCodeOf = (error: unknown): string => (isSqliteError(error) ? error.code : "");

/**
 * After an error of the disk, what SQLite and the kernel hold in memory may differ from what is stored (Rebello et al.,
 * "Can Applications Recover from fsync Failures?", ATC 2020): such a connection is closed and the file opened anew.
 */
export function breaksConnection(error: unknown): boolean {
  const code = sqliteCodeOf(error);
  return ["SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN"].some((prefix) =>
    code.startsWith(prefix),
  );
}

type Translation = (path: string, error: Error) => DubError;

const translations: readonly (readonly [codePrefix: string, translate: Translation])[] = [
  [
    "SQLITE_FULL",
    (path, cause) =>
      failed("disk.full", {
        message: `The disk is full: the change could not be saved in ${path}; nothing of it was kept.`,
        hint: "Free some space, then try again.",
        details: { path },
        cause,
      }),
  ],
  [
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    (path, cause) =>
      refused("project.dangling-reference", {
        message: "The change would leave records that point at something which is not there.",
        hint: "Remove what depends on a record together with it.",
        details: { path },
        cause,
      }),
  ],
  ["SQLITE_CORRUPT", (path, cause) => damaged(path, cause.message, cause)],
  ["SQLITE_NOTADB", (path, cause) => damaged(path, "it is no SQLite database", cause)],
  [
    "SQLITE_BUSY",
    (path, cause) =>
      failed("project.busy", {
        message: `Another program holds the lock of ${path}.`,
        hint: "Close what has the project file open, then try again.",
        details: { path },
        cause,
      }),
  ],
  [
    "SQLITE_READONLY",
    (path, cause) =>
      refused("project.read-only", {
        message: `${path} or its folder may not be written.`,
        hint: "Give yourself the right to write in the project's folder, or copy it to a place of your own.",
        details: { path },
        cause,
      }),
  ],
  [
    "SQLITE_CANTOPEN",
    (path, cause) =>
      failed("project.cannot-open", {
        message: `${path} could not be opened.`,
        hint: "Check that the folder is there and that you may read and write in it.",
        details: { path },
        cause,
      }),
  ],
  [
    "SQLITE_IOERR",
    (path, cause) =>
      failed("disk.failed", {
        message: `The disk refused to read or write ${path} (${sqliteCodeOf(cause)}); the change was not acknowledged.`,
        hint: "Check the disk. The project is opened anew and verified before the next change.",
        details: { path, errno: sqliteCodeOf(cause) },
        cause,
      }),
  ],
];

/** An error of SQLite's as a DubError; any other is given back as it is. */
export function translateSqliteError(path: string, error: unknown): unknown {
  if (!isSqliteError(error)) return error;
  const translation = translations.find(([codePrefix]) => error.code.startsWith(codePrefix));
  return translation ? translation[1](path, error) : error;
}

/** The refusal of a damaged project file; `finding` says what is wrong with it. */
export const damaged = (path: string, finding: string, cause?: unknown): DubError =>
  refused("project.damaged", {
    message: `The project file ${path} is damaged: ${finding}.`,
    hint: "It was not changed. Restore a backup, or salvage what can be read into a new project.",
    details: { path, finding },
    cause,
  });
