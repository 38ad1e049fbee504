// Transactions of one connection: nested ones are savepoints, and what is to be announced waits for the outermost commit.
import { killPoint } from "../base/index.ts";
import type { Connection } from "./connection.ts";

export type Transactions = {
  /** Runs `work` in a write transaction, or in a savepoint when one is open. Throws what `work` throws, nothing kept. */
  readonly transact: <Result>(work: () => Result) => Result;
  /** Runs `action` once the outermost transaction is on the disk; never, when it or the present savepoint is rolled back. */
  readonly afterCommit: (action: () => void) => void;
};

export function openTransactions(connection: Connection): Transactions {
  const statement = (sql: string) => connection.prepare(sql);
  const begin = statement("BEGIN IMMEDIATE");
  const commit = statement("COMMIT");
  const rollback = statement("ROLLBACK");
  const save = statement("SAVEPOINT nested");
  const release = statement("RELEASE nested");
  const rollbackToSave = statement("ROLLBACK TO nested");
  let waiting: (() => void)[] = [];

  function outermost<Result>(work: () => Result): Result {
    begin.run();
    try {
      killPoint("store.transaction.begun");
      const result = work();
      killPoint("store.transaction.written");
      commit.run();
      killPoint("store.transaction.committed");
      return result;
    } catch (error) {
      waiting = [];
      // SQLite has rolled back by itself after the gravest errors.
      if (connection.inTransaction) rollback.run();
      throw error;
    }
  }

  function nested<Result>(work: () => Result): Result {
    const waitingBefore = waiting.length;
    save.run();
    try {
      const result = work();
      release.run();
      return result;
    } catch (error) {
      waiting.length = waitingBefore;
      if (connection.inTransaction) {
        rollbackToSave.run();
        release.run();
      }
      throw error;
    }
  }

  return {
    transact: (work) => {
      if (connection.inTransaction) return nested(work);
      const result = outermost(work);
      const actions = waiting;
      waiting = [];
      for (const action of actions) action();
      return result;
    },
    afterCommit: (action) => {
      if (connection.inTransaction) waiting.push(action);
      else action();
    },
  };
}
