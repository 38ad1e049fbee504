// Makes a project folder whole or not at all: it is filled under a name of its own and renamed when all of it is stored.
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DubError, failed, refused } from "../../../shared/failure/index.ts";
import { diffSchema } from "../../../shared/project/index.ts";
import type { AnyRecord } from "../../../shared/project/index.ts";
import { fsyncFile, fsyncFolder, killPoint, makeFolderDurably } from "../../base/index.ts";
import type { Random } from "../../base/index.ts";
import { applicationId, openConnection } from "../connection.ts";
import { writeDiff } from "../edits/write-diff.ts";
import { allMigrations } from "../migrations/all-migrations.ts";
import { migrate } from "../migrations/migration.ts";
import { projectExtension, projectPaths, projectSubfolders } from "../project-folder.ts";
import type { ProjectPaths } from "../project-folder.ts";
import { openRecordRows } from "../records/record-rows.ts";
import { translateSqliteError } from "../sqlite-failure.ts";

type NewFolder = {
  /** Absolute; nothing may be there yet. */
  readonly folder: string;
  readonly random: Random;
  /** Puts the database at its place; the subfolders are there. */
  readonly fill: (paths: ProjectPaths) => void | Promise<void>;
};

/** "Name", "Name 2", "Name 3" ...: the first project folder of the name that is not there yet. */
export function freeFolderName(parent: string, name: string): string {
  for (let count = 1; ; count++) {
    const folder = join(parent, (count === 1 ? name : `${name} ${count}`) + projectExtension);
    if (!existsSync(folder)) return folder;
  }
}

/** Refused as "project.exists" when there is something of that name. A crash leaves at most a `.partial-` folder. */
export async function makeProjectFolder({ folder, random, fill }: NewFolder): Promise<void> {
  if (existsSync(folder)) throw folderExists(folder);
  const paths = projectPaths(`${folder}.partial-${Buffer.from(random.bytes(4)).toString("hex")}`);
  try {
    for (const name of projectSubfolders) await makeFolderDurably(paths[name]);
    await fill(paths);
    await fsyncFile(paths.database);
    await fsyncFolder(paths.folder);
    killPoint("store.folder.filled");
    await rename(paths.folder, folder);
    killPoint("store.folder.renamed");
    await fsyncFolder(dirname(folder));
  } catch (error) {
    await rm(paths.folder, { recursive: true, force: true });
    if (error instanceof DubError) throw error;
    throw cannotMake(folder, translateSqliteError(paths.database, error));
  }
}

/** A database of the latest schema with these records, closed and without a write-ahead log. */
export function writeNewDatabase(path: string, records: readonly AnyRecord[]): void {
  const connection = openConnection(path);
  try {
    connection.pragma(`application_id = ${applicationId}`);
    migrate(connection, allMigrations);
    connection.transaction(() => {
      const { added } = diffSchema.parse({ added: records, changed: [], removed: [] });
      writeDiff(openRecordRows(connection), { added, changed: [], removed: [] });
    })();
  } finally {
    connection.close();
  }
}

const folderExists = (folder: string) =>
  refused("project.exists", {
    message: `There is already something at ${folder}.`,
    hint: "Choose another name, or open the project that is there.",
    details: { folder },
  });

function cannotMake(folder: string, cause: unknown): unknown {
  if (cause instanceof DubError || !(cause instanceof Error) || !("code" in cause)) return cause;
  return failed("project.cannot-create", {
    message: `The project folder ${folder} could not be made (${String(cause.code)}).`,
    hint: `Check that you may write in ${join(folder, "..")}.`,
    details: { folder, errno: cause.code },
    cause,
  });
}
