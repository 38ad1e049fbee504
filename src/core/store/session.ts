// Everything that lives and dies with one connection, and the keeper that opens a new one after the disk has failed.
import { z } from "zod";
import type { Logger } from "../base/index.ts";
import type { JobStore } from "../../shared/project/index.ts";
import { openConnection } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { openEditLog } from "./edits/edit-log.ts";
import type { EditLog } from "./edits/edit-log.ts";
import { openJobRows } from "./jobs/job-rows.ts";
import { openRecordRows } from "./records/record-rows.ts";
import type { RecordRows } from "./records/record-rows.ts";
import { breaksConnection, damaged, translateSqliteError } from "./sqlite-failure.ts";
import { openTransactions } from "./transactions.ts";
import type { Transactions } from "./transactions.ts";

export type Session = {
  readonly connection: Connection;
  readonly rows: RecordRows;
  readonly log: EditLog;
  readonly jobs: JobStore;
  readonly transactions: Transactions;
  readonly revision: () => number;
  /** Counts one diff more and answers the new revision. */
  readonly raiseRevision: () => number;
};

export function openSession(path: string): Session {
  const connection = openConnection(path);
  try {
    const transactions = openTransactions(connection);
    const revision = connection.prepare("SELECT revision FROM project_state").pluck();
    const raise = connection.prepare("UPDATE project_state SET revision = revision + 1 RETURNING revision").pluck();
    return {
      connection,
      transactions,
      rows: openRecordRows(connection),
      log: openEditLog(connection),
      jobs: openJobRows(connection, transactions),
      revision: () => z.int().parse(revision.get()),
      raiseRevision: () => z.int().parse(raise.get()),
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

export type SessionKeeper = Disposable & {
  /** Runs `work` on the present session. Errors of SQLite's leave it in our words. */
  readonly use: <Result>(work: (session: Session) => Result) => Result;
};

type KeeperOptions = {
  readonly path: string;
  readonly logger: Logger;
  /** Told after a broken connection was replaced: an edit that failed may turn out to be there, or not. */
  readonly onReopened: (revision: number) => void;
};

export function keepSession({ path, logger, onReopened }: KeeperOptions): SessionKeeper {
  let session: Session | undefined = openSession(path);
  let isClosed = false;
  let depth = 0;

  function reopen(): Session {
    const fresh = openSession(path);
    let revision: number;
    try {
      verifyAfterFailure(fresh.connection, path);
      revision = fresh.revision();
    } catch (error) {
      fresh.connection.close();
      throw error;
    }
    session = fresh;
    logger.warn("The project was opened anew after an error of the disk, and is whole.", { path });
    onReopened(revision);
    return fresh;
  }

  return {
    use: (work) => {
      if (isClosed) throw new Error(`Assertion failed: the project ${path} is used after it was closed`);
      depth += 1;
      try {
        return work(session ?? reopen());
      } catch (error) {
        // The outermost use decides; inner ones may run within a transaction that has yet to be rolled back.
        if (depth > 1) throw error;
        if (breaksConnection(error) && session) {
          session.connection.close();
          session = undefined;
        }
        throw translateSqliteError(path, error);
      } finally {
        depth -= 1;
      }
    },
    [Symbol.dispose]: () => {
      isClosed = true;
      session?.connection.close();
      session = undefined;
    },
  };
}

/**
 * After a failed fsync the kernel may hold pages as clean that never reached the disk. A checkpoint copies the log into
 * the database as fresh writes with their own fsync, so that what is read from now on is also what is stored.
 */
function verifyAfterFailure(connection: Connection, path: string): void {
  const finding = connection.pragma("quick_check(1)", { simple: true });
  if (finding !== "ok") throw damaged(path, String(finding));
  connection.pragma("wal_checkpoint(TRUNCATE)");
}
