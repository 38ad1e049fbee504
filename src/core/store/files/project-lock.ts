// One process owns a project. The lock is SQLite's own, on a small database beside the project's: the system lets go of
// it when the process dies, however it dies, and others can read who holds it.
import { existsSync, realpathSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import Database from "better-sqlite3";
import type { Clock } from "../../base/index.ts";
import { DubError, failed, refused } from "../../../shared/failure/index.ts";
import { sqliteCodeOf, translateSqliteError } from "../sqlite-failure.ts";

export type LockHolder = {
  /** For people: "the editor", "the command line". */
  readonly program: string;
  readonly processId: number;
  readonly machine: string;
  /** ISO 8601. */
  readonly since: string;
};

type LockOptions = { readonly path: string; readonly program: string; readonly clock: Clock };

export type ProjectLock = Disposable & {
  /** Lets go and leaves nothing behind that was not there before: for a project that is refused after all. */
  readonly abandon: () => void;
};

// POSIX drops a process's locks on a file as soon as it closes any handle of it. So within this process a second opening
// is refused here, before the lock file is touched.
const heldHere = new Map<string, LockHolder>();

/** Refuses, without touching a file, what this very process has open. */
export function refuseIfHeldHere(path: string): void {
  const holder = existsSync(path) ? heldHere.get(realpathSync(path)) : undefined;
  if (holder) throw inUse(path, holder);
}

/** Refused as "project.in-use" while another process, or another part of this one, has the project open. */
export function lockProject({ path, program, clock }: LockOptions): ProjectLock {
  const wasThere = existsSync(path);
  const holder: LockHolder = {
    program,
    processId: process.pid,
    machine: hostname(),
    since: new Date(clock.nowMs()).toISOString(),
  };
  refuseIfHeldHere(path);
  const connection = openLock(path, holder);
  const realPath = realpathSync(path);
  heldHere.set(realPath, holder);
  const release = () => {
    heldHere.delete(realPath);
    connection.close();
  };
  return {
    [Symbol.dispose]: release,
    abandon: () => {
      if (!wasThere) rmSync(path, { force: true });
      release();
    },
  };
}

/** The open write transaction is the lock; readers still see the row that was committed before it began. */
function openLock(path: string, holder: LockHolder): Database.Database {
  const connection = new Database(path, { timeout: 0 });
  try {
    connection.pragma("journal_mode = DELETE");
    connection.exec("BEGIN IMMEDIATE");
    connection.exec("CREATE TABLE IF NOT EXISTS holder (program TEXT, processId INTEGER, machine TEXT, since TEXT)");
    connection.exec("DELETE FROM holder");
    connection
      .prepare("INSERT INTO holder VALUES (?, ?, ?, ?)")
      .run(holder.program, holder.processId, holder.machine, holder.since);
    connection.exec("COMMIT");
    // Between these two another process may slip in; then this one fails here, and that one is the owner.
    connection.exec("BEGIN IMMEDIATE");
    return connection;
  } catch (error) {
    const foreign = sqliteCodeOf(error).startsWith("SQLITE_BUSY") ? readHolder(connection) : undefined;
    connection.close();
    if (foreign) throw inUse(path, foreign);
    throw cannotLock(path, error);
  }
}

function readHolder(connection: Database.Database): Partial<LockHolder> {
  try {
    return connection.prepare<[], LockHolder>("SELECT program, processId, machine, since FROM holder").get() ?? {};
  } catch (error) {
    // The holder is just writing its name, or has not come to it yet.
    if (sqliteCodeOf(error) === "SQLITE_BUSY" || sqliteCodeOf(error) === "SQLITE_ERROR") return {};
    throw error;
  }
}

function inUse(path: string, holder: Partial<LockHolder>): DubError {
  const program = holder.program ?? "another program";
  const where = holder.processId === undefined ? "" : ` (process ${holder.processId} on ${holder.machine})`;
  return refused("project.in-use", {
    message: `The project is open in ${program}${where}${holder.since === undefined ? "" : ` since ${holder.since}`}.`,
    hint: "Close it there, or ask that program.",
    details: { path, ...holder },
  });
}

function cannotLock(path: string, cause: unknown): DubError {
  const translated = translateSqliteError(path, cause);
  if (translated instanceof DubError && translated.code.startsWith("disk.")) return translated;
  return failed("project.cannot-lock", {
    message: `The project's lock ${path} could not be taken.`,
    hint: "Check that the folder may be written and lies on a local disk.",
    details: { path, sqlite: sqliteCodeOf(cause) },
    cause,
  });
}
