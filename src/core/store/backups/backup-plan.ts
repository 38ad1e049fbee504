// Which backup is due and which old ones may go: ten-minute, hourly and daily ones, decided from names and a clock.

/** From the shortest period to the longest. A longer one also counts as each shorter one. */
export const scheduledTiers = [
  { tier: "ten-minutes", periodMs: 10 * 60_000, keptCount: 6 },
  { tier: "hourly", periodMs: 60 * 60_000, keptCount: 8 },
  { tier: "daily", periodMs: 24 * 60 * 60_000, keptCount: 5 },
] as const;

const beforeMigration = { tier: "before-migration", keptCount: 3 } as const;

export type BackupTier = (typeof scheduledTiers)[number]["tier"] | typeof beforeMigration.tier;

export type BackupFacts = {
  readonly tier: BackupTier;
  /** Wall time, whole seconds. */
  readonly madeMs: number;
  /** The project's revision it holds. */
  readonly revision: number;
};

/** "20261120T103000Z-hourly-r12.sqlite": facts and file name are the same thing. */
export function backupFileName({ tier, madeMs, revision }: BackupFacts): string {
  const stamp = new Date(madeMs).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `${stamp}-${tier}-r${revision}.sqlite`;
}

const tierNames: readonly string[] = [...scheduledTiers, beforeMigration].map(({ tier }) => tier);
const isTier = (name: string): name is BackupTier => tierNames.includes(name);

/** Undefined for a file that is not one of ours; such files are never touched. */
export function parseBackupFileName(name: string): BackupFacts | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-([a-z-]+)-r(\d+)\.sqlite$/.exec(name);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, tier = "", revision] = match;
  const madeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!isTier(tier) || Number.isNaN(madeMs)) return undefined;
  return { tier, madeMs, revision: Number(revision) };
}

type Situation = { readonly nowMs: number; readonly revision: number; readonly existing: readonly BackupFacts[] };

/**
 * The longest tier that is due, if any. Nothing is due while the project is as its newest backup holds it, so that
 * idling pushes no good backup out, and nothing of a project that was never changed. A backup from the future (the clock was set back) counts as none.
 */
export function dueTier({ nowMs, revision, existing }: Situation): BackupTier | undefined {
  const past = existing.filter(({ madeMs }) => madeMs <= nowMs);
  if (revision === 0 || past.some((backup) => backup.revision === revision)) return undefined;
  const isDue = ({ periodMs }: (typeof scheduledTiers)[number], index: number) => {
    const counting = scheduledTiers.slice(index).map(({ tier }): string => tier);
    const madeMs = past.filter(({ tier }) => counting.includes(tier)).map((backup) => backup.madeMs);
    return madeMs.every((each) => nowMs - each >= periodMs);
  };
  return scheduledTiers.findLast((tier) => isDue(tier, scheduledTiers.indexOf(tier)))?.tier;
}

/** Those beyond what each tier keeps, oldest first. */
export function surplusBackups<Backup extends BackupFacts>(existing: readonly Backup[]): readonly Backup[] {
  return [...scheduledTiers, beforeMigration].flatMap(({ tier, keptCount }) => {
    const ofTier = existing.filter((backup) => backup.tier === tier).toSorted((a, b) => a.madeMs - b.madeMs);
    return ofTier.slice(0, Math.max(0, ofTier.length - keptCount));
  });
}
