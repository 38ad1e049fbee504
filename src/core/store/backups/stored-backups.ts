// The backups that lie in a project's folder: listed and restored whether or not the project itself still opens.
import { copyFile, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Random } from "../../base/index.ts";
import { refused } from "../../../shared/failure/index.ts";
import { hasErrno } from "../files/errno.ts";
import { inspectDatabase } from "../files/inspect-database.ts";
import { linkTreeIfThere } from "../files/link-tree.ts";
import { freeFolderName, makeProjectFolder } from "../files/new-folder.ts";
import { allMigrations } from "../migrations/all-migrations.ts";
import { projectNameOf } from "../project-folder.ts";
import type { ProjectPaths } from "../project-folder.ts";
import { parseBackupFileName } from "./backup-plan.ts";
import type { BackupFacts } from "./backup-plan.ts";

export type Backup = BackupFacts & {
  /** File name in the project's `backups` folder. */
  readonly name: string;
  readonly sizeBytes: number;
};

/** Newest first; none when there is no such folder. */
export async function listBackups(paths: ProjectPaths): Promise<readonly Backup[]> {
  const backups: Backup[] = [];
  for (const name of await namesIn(paths.backups)) {
    const facts = parseBackupFileName(name);
    if (facts) backups.push({ ...facts, name, sizeBytes: (await stat(join(paths.backups, name))).size });
  }
  return backups.toSorted((a, b) => b.madeMs - a.madeMs || b.revision - a.revision);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (hasErrno(error, "ENOENT")) return [];
    throw error;
  }
}

type Restoring = { readonly paths: ProjectPaths; readonly name: string; readonly random: Random };

/** Restores one as a new project beside the old one, which is not touched; answers the new folder. */
export async function restoreBackup({ paths, name, random }: Restoring): Promise<string> {
  const known = (await listBackups(paths)).find((backup) => backup.name === name);
  if (!known) throw noSuchBackup(name);
  const backupPath = join(paths.backups, name);
  inspectDatabase(backupPath, allMigrations);
  const stamp = new Date(known.madeMs).toISOString().slice(0, 16).replace("T", " ").replace(":", ".");
  const folder = freeFolderName(dirname(paths.folder), `${projectNameOf(paths.folder)} (${stamp})`);
  await makeProjectFolder({
    folder,
    random,
    fill: async (restored) => {
      await copyFile(backupPath, restored.database);
      // Both hold files that are never changed once they are there.
      await linkTreeIfThere(paths.takes, restored.takes);
      await linkTreeIfThere(paths.media, restored.media);
    },
  });
  return folder;
}

const noSuchBackup = (name: string) =>
  refused("backup.not-found", {
    message: `The project has no backup named ${name}.`,
    hint: "Look at the list of its backups; old ones go as new ones are made.",
    details: { name },
  });
