// The backups of an open project: made by the clock while it changes, listed, and restored as a project of their own.
import { readdir, rm, stat, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock, Logger, Random } from "../../base/index.ts";
import { refused, toFailureData } from "../../../shared/failure/index.ts";
import { inspectDatabase } from "../files/inspect-database.ts";
import { linkTree } from "../files/link-tree.ts";
import { freeFolderName, makeProjectFolder } from "../files/new-folder.ts";
import { allMigrations } from "../migrations/all-migrations.ts";
import { projectNameOf } from "../project-folder.ts";
import type { ProjectPaths } from "../project-folder.ts";
import type { SessionKeeper } from "../session.ts";
import { dueTier, parseBackupFileName, surplusBackups } from "./backup-plan.ts";
import type { BackupFacts, BackupTier } from "./backup-plan.ts";
import { makeBackup } from "./make-backup.ts";

export type Backup = BackupFacts & {
  /** File name in the project's `backups` folder. */
  readonly name: string;
  readonly sizeBytes: number;
};

export type ProjectBackups = {
  /** Newest first. */
  readonly list: () => Promise<readonly Backup[]>;
  /** Makes the one that is due now, drops what the scheme no longer keeps; undefined when none was due. */
  readonly makeDue: () => Promise<BackupTier | undefined>;
  /** Restores one as a new project beside the open one, which is not touched; answers its folder. */
  readonly restore: (name: string) => Promise<string>;
};

type Options = {
  readonly keeper: SessionKeeper;
  readonly paths: ProjectPaths;
  readonly clock: Clock;
  readonly random: Random;
};

export function openBackups({ keeper, paths, clock, random }: Options): ProjectBackups {
  const list = async (): Promise<readonly Backup[]> => {
    const backups: Backup[] = [];
    for (const name of await readdir(paths.backups)) {
      const facts = parseBackupFileName(name);
      if (facts) backups.push({ ...facts, name, sizeBytes: (await stat(join(paths.backups, name))).size });
    }
    return backups.toSorted((a, b) => b.madeMs - a.madeMs || b.revision - a.revision);
  };

  return {
    list,
    makeDue: async () => {
      const nowMs = clock.nowMs();
      const { revision, connection } = keeper.use((session) => ({
        revision: session.revision(),
        connection: session.connection,
      }));
      const tier = dueTier({ nowMs, revision, existing: await list() });
      if (!tier) return undefined;
      await makeBackup({ connection, folder: paths.backups, tier, nowMs });
      // Only now, with the new one opened and checked, may old ones go.
      for (const { name } of surplusBackups(await list())) await rm(join(paths.backups, name), { force: true });
      return tier;
    },
    restore: async (name) => {
      const facts = parseBackupFileName(name);
      const known = facts && (await list()).find((backup) => backup.name === name);
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
          await linkTree(paths.takes, restored.takes);
          await linkTree(paths.media, restored.media);
        },
      });
      return folder;
    },
  };
}

const lookEveryMs = 60_000;

type Schedule = {
  readonly backups: ProjectBackups;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
};

/** Looks once a minute until aborted. A backup that fails is reported and tried again; the old ones stay meanwhile. */
export async function keepBackingUp({ backups, clock, logger, signal }: Schedule): Promise<void> {
  const isWaitOver = async (): Promise<boolean> => {
    try {
      await clock.sleep(lookEveryMs, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  };
  while (await isWaitOver()) {
    try {
      const tier = await backups.makeDue();
      if (tier) logger.info("A backup was made.", { tier });
    } catch (error) {
      // Closing the project ends a copy that is under way.
      if (signal.aborted) return;
      logger.error("A backup could not be made.", { failure: toFailureData(error) });
    }
  }
}

const noSuchBackup = (name: string) =>
  refused("backup.not-found", {
    message: `The project has no backup named ${name}.`,
    hint: "Look at the list of its backups; old ones go as new ones are made.",
    details: { name },
  });
