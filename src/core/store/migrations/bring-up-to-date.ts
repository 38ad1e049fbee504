// Brings a project of an older version to the latest schema, with a backup made first.
import type { Clock } from "../../base/index.ts";
import { makeBackup } from "../backups/make-backup.ts";
import { openConnection } from "../connection.ts";
import type { ProjectPaths } from "../project-folder.ts";
import { translateSqliteError } from "../sqlite-failure.ts";
import { migrate } from "./migration.ts";
import type { Migration } from "./migration.ts";

type Options = {
  readonly paths: ProjectPaths;
  readonly clock: Clock;
  readonly migrations: readonly Migration[];
};

/** A crash leaves it at one version or the next, never between. */
export async function bringUpToDate({ paths, clock, migrations }: Options): Promise<void> {
  const connection = openConnection(paths.database);
  try {
    await makeBackup({ connection, folder: paths.backups, tier: "before-migration", nowMs: clock.nowMs() });
    migrate(connection, migrations);
  } catch (error) {
    throw translateSqliteError(paths.database, error);
  } finally {
    connection.close();
  }
}
