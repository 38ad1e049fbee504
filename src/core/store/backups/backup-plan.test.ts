// Rules of the backup scheme, over days of simulated work.
import { expect, test } from "vitest";
import { backupFileName, dueTier, parseBackupFileName, surplusBackups } from "./backup-plan.ts";
import type { BackupFacts } from "./backup-plan.ts";

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 20, 9, 0, 0);

/** Looks every minute, as the scheduler does; `revisionAt` tells how far the work is at a minute. */
function simulate(minutes: number, revisionAt: (minute: number) => number): BackupFacts[] {
  let existing: BackupFacts[] = [];
  for (let minute = 0; minute <= minutes; minute++) {
    const situation = { nowMs: startMs + minute * minuteMs, revision: revisionAt(minute) + 1, existing };
    const tier = dueTier(situation);
    if (!tier) continue;
    existing.push({ tier, madeMs: situation.nowMs, revision: situation.revision });
    const surplus = surplusBackups(existing);
    existing = existing.filter((backup) => !surplus.includes(backup));
  }
  return existing;
}

const countOf = (backups: readonly BackupFacts[], tier: string) => backups.filter((each) => each.tier === tier).length;

test("a week of steady work ends with 6 ten-minute, 8 hourly and 5 daily backups", () => {
  const backups = simulate(7 * 24 * 60, (minute) => minute);
  expect([countOf(backups, "ten-minutes"), countOf(backups, "hourly"), countOf(backups, "daily")]).toEqual([6, 8, 5]);
});

test("nothing is made while the project is as its newest backup holds it", () => {
  const worked = simulate(60, (minute) => minute);
  const idled = simulate(7 * 24 * 60, (minute) => Math.min(minute, 60));
  expect(idled).toEqual(worked);
});

test("the newest backup is never older than ten minutes while work goes on", () => {
  for (let minutes = 1; minutes < 300; minutes++) {
    const newestMs = Math.max(...simulate(minutes, (minute) => minute).map((backup) => backup.madeMs));
    expect(startMs + minutes * minuteMs - newestMs).toBeLessThan(10 * minuteMs);
  }
});

test("a clock that was set back does not stop backups", () => {
  const future: BackupFacts = { tier: "daily", madeMs: startMs + 365 * 24 * 60 * minuteMs, revision: 3 };
  expect(dueTier({ nowMs: startMs, revision: 4, existing: [future] })).toBe("daily");
});

test("a backup before a migration neither counts as a scheduled one nor is pushed out by one", () => {
  const before: BackupFacts = { tier: "before-migration", madeMs: startMs, revision: 3 };
  expect(dueTier({ nowMs: startMs + minuteMs, revision: 4, existing: [before] })).toBe("daily");
  expect(surplusBackups([before])).toEqual([]);
});

test("a file name carries tier, time and revision, and other files are not taken for backups", () => {
  const facts: BackupFacts = { tier: "ten-minutes", madeMs: startMs, revision: 12 };
  expect(backupFileName(facts)).toBe("20261120T090000Z-ten-minutes-r12.sqlite");
  expect(parseBackupFileName(backupFileName(facts))).toEqual(facts);
  for (const name of [
    "notes.txt",
    "20261120T090000Z-weekly-r1.sqlite",
    "20261399T090000Z-daily-r1.sqlite",
    ".partial-1",
  ])
    expect(parseBackupFileName(name)).toBeUndefined();
});
