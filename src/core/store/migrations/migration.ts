// What a migration is, and how a database is brought from its version to a later one.
import { killPoint } from "../../base/index.ts";
import type { Connection } from "../connection.ts";

export type Migration = {
  /** 1, 2, 3 ...: `user_version` afterwards. */
  readonly number: number;
  readonly says: string;
  /**
   * Text and no file, so that a bundle carries it. Once released it is never edited; a test holds its hash. One that
   * changes what a record looks like also rewrites or empties `edit_step`, whose diffs are records of the old look.
   */
  readonly sql: string;
};

export const schemaVersionOf = (connection: Connection): number =>
  Number(connection.pragma("user_version", { simple: true }));

/** Brings the database to the last migration, each in one transaction of its own: a crash leaves a whole version. */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const startVersion = schemaVersionOf(connection);
  for (const migration of migrations) {
    if (migration.number <= startVersion) continue;
    connection.exec("BEGIN EXCLUSIVE");
    try {
      connection.exec(migration.sql);
      connection.pragma(`user_version = ${migration.number}`);
      killPoint("store.migration.written");
      connection.exec("COMMIT");
    } catch (error) {
      if (connection.inTransaction) connection.exec("ROLLBACK");
      throw error;
    }
    killPoint("store.migration.committed");
  }
}
