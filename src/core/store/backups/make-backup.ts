// Makes one backup: SQLite's online copy under another name, opened and checked, and only then named as a backup.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { fsyncFile, killPoint, makeFolderDurably, renameDurably } from "../../base/index.ts";
import { DubError } from "../../../shared/failure/index.ts";
import { openConnection } from "../connection.ts";
import type { Connection } from "../connection.ts";
import { damaged, translateSqliteError } from "../sqlite-failure.ts";
import { backupFileName } from "./backup-plan.ts";
import type { BackupTier } from "./backup-plan.ts";

const partialPrefix = ".partial-";

/** Of a backup that was never finished, or of its log. */
export const isPartialBackup = (name: string): boolean => name.startsWith(partialPrefix);

type BackupRequest = {
  readonly connection: Connection;
  /** The project's `backups` folder. */
  readonly folder: string;
  readonly tier: BackupTier;
  readonly nowMs: number;
};

/** The backup's file name. Edits made meanwhile through the same connection are in it or not, each whole. */
export async function makeBackup({ connection, folder, tier, nowMs }: BackupRequest): Promise<string> {
  const partialPath = join(folder, `${partialPrefix}${process.pid}.sqlite`);
  try {
    await makeFolderDurably(folder);
    await removeWithSidecars(partialPath);
    await connection.backup(partialPath);
    killPoint("store.backup.copied");
    const revision = checkBackup(partialPath);
    killPoint("store.backup.checked");
    await fsyncFile(partialPath);
    const name = backupFileName({ tier, madeMs: Math.floor(nowMs / 1000) * 1000, revision });
    await renameDurably(partialPath, join(folder, name));
    return name;
  } catch (error) {
    await removeWithSidecars(partialPath);
    if (error instanceof DubError) throw error;
    throw translateSqliteError(partialPath, error);
  }
}

/** Every page, row and reference; answers the revision. The copy becomes one plain file without a log beside it. */
function checkBackup(path: string): number {
  const connection = openConnection(path);
  try {
    const findings = connection.prepare<[], string>("PRAGMA integrity_check(5)").pluck().all();
    if (findings[0] !== "ok") throw damaged(path, findings.join("; "));
    const dangling = connection.prepare("PRAGMA foreign_key_check").all();
    if (dangling.length > 0) throw damaged(path, `${dangling.length} references point at nothing`);
    const revision = z.int().parse(connection.prepare("SELECT revision FROM project_state").pluck().get());
    connection.pragma("journal_mode = DELETE");
    return revision;
  } finally {
    connection.close();
  }
}

async function removeWithSidecars(path: string): Promise<void> {
  for (const suffix of ["", "-wal", "-shm", "-journal"]) await rm(path + suffix, { force: true });
}
