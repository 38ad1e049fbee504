// The backups of an open project: made by the clock while it changes, listed, and restored as a project of their own.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Logger, Random } from "../../base/index.ts";
import { toFailureData } from "../../../shared/failure/index.ts";
import type { ProjectPaths } from "../project-folder.ts";
import type { SessionKeeper } from "../session.ts";
import { dueTier, surplusBackups } from "./backup-plan.ts";
import type { BackupTier } from "./backup-plan.ts";
import { makeBackup } from "./make-backup.ts";
import { listBackups, restoreBackup } from "./stored-backups.ts";
import type { Backup } from "./stored-backups.ts";

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
  const list = () => listBackups(paths);
  async function makeDue(): Promise<BackupTier | undefined> {
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
  }

  // One after the other: the clock and a closing may ask at once, and the second then finds nothing due.
  let latest: Promise<unknown> = Promise.resolve();
  return {
    list,
    makeDue: () => {
      const making = latest.then(makeDue, makeDue);
      latest = making;
      return making;
    },
    restore: (name) => restoreBackup({ paths, name, random }),
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
