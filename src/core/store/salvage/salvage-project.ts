// Saves what can be read of a damaged project into a new one. The damaged one is looked at through a copy, never changed.
import { copyFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import { refused } from "../../../shared/failure/index.ts";
import { projectRecordId, recordTypes } from "../../../shared/project/index.ts";
import type { AnyRecord, Project, RecordType } from "../../../shared/project/index.ts";
import { listBackups } from "../backups/stored-backups.ts";
import { hasErrno } from "../files/errno.ts";
import { linkTreeIfThere } from "../files/link-tree.ts";
import { makeProjectFolder, writeNewDatabase } from "../files/new-folder.ts";
import { lockProject } from "../files/project-lock.ts";
import { projectNameOf, projectPaths } from "../project-folder.ts";
import type { ProjectPaths } from "../project-folder.ts";
import type { ProjectSurroundings } from "../project.ts";
import { sqliteCodeOf } from "../sqlite-failure.ts";
import { mendReferences } from "./mend-references.ts";
import { readDamagedTable } from "./read-damaged.ts";
import type { SalvagedTable } from "./read-damaged.ts";

export type SalvageReport = {
  /** Of the new project. */
  readonly folder: string;
  readonly kept: Readonly<Record<RecordType, number>>;
  /** Records that were read but had to go: no records by schema, or pointing at what was lost. */
  readonly droppedRecords: number;
  /** Types of which pages could not be read, so that some may be missing. */
  readonly incompleteTypes: readonly RecordType[];
  /** The backup from which missing records of those types were taken; undefined when none was needed or readable. */
  readonly filledFrom: string | undefined;
};

type SalvageOptions = ProjectSurroundings & {
  readonly damagedFolder: string;
  /** The `Name.dubwright` folder to make; nothing may be there yet. */
  readonly newFolder: string;
};

/** History and jobs are not salvaged: records, takes and media are. Refused when there is nothing to read at all. */
export async function salvageProject(options: SalvageOptions): Promise<SalvageReport> {
  const damaged = projectPaths(resolve(options.damagedFolder));
  const lock = lockProject({ path: damaged.lock, program: options.program, clock: options.clock });
  try {
    let report: Omit<SalvageReport, "folder"> | undefined;
    const folder = resolve(options.newFolder);
    await makeProjectFolder({
      folder,
      random: options.random,
      fill: async (paths) => {
        report = await fillFrom(damaged, paths, emptyProject(options));
        await linkTreeIfThere(damaged.takes, paths.takes);
        await linkTreeIfThere(damaged.media, paths.media);
      },
    });
    if (!report) throw new Error("Assertion failed: the new folder was filled");
    return { folder, ...report };
  } finally {
    lock.abandon();
  }
}

const emptyProject = ({ newFolder, clock }: SalvageOptions): Project => ({
  type: "project",
  id: projectRecordId,
  name: projectNameOf(newFolder),
  createdAt: new Date(clock.nowMs()).toISOString(),
  originalLanguage: null,
  eligibilityLimits: null,
});

type Tables = ReadonlyMap<RecordType, SalvagedTable>;

async function fillFrom(
  damaged: ProjectPaths,
  paths: ProjectPaths,
  project: Project,
): Promise<Omit<SalvageReport, "folder">> {
  const tables = await readCopy(damaged.database, join(paths.cache, "salvage.sqlite"));
  const incompleteTypes = recordTypes.filter((type) => tables.get(type)?.unreadablePlaces !== 0);
  const backup = incompleteTypes.length === 0 ? undefined : await newestReadableBackup(damaged, paths);
  const found = recordTypes.flatMap((type) => [
    ...(tables.get(type)?.records ?? []),
    // The salvaged ones come first and win over older ones of the same id.
    ...(incompleteTypes.includes(type) ? (backup?.tables.get(type)?.records ?? []) : []),
  ]);
  if (found.length === 0) throw nothingToSalvage(damaged.folder);
  const records = mendReferences(found, project);
  writeNewDatabase(paths.database, records);
  const invalidRows = [...tables.values()].reduce((sum, table) => sum + table.invalidRows, 0);
  const foundIds = new Set<string>(found.map((record) => record.id));
  const keptCount = records.filter((record) => foundIds.has(record.id)).length;
  return {
    kept: countByType(records),
    droppedRecords: invalidRows + foundIds.size - keptCount,
    incompleteTypes,
    filledFrom: backup?.name,
  };
}

/** Reads through a copy, log and all: opening the damaged file itself could change it. */
async function readCopy(database: string, copyPath: string): Promise<Tables> {
  for (const suffix of ["", "-wal"]) await copyIfThere(database + suffix, copyPath + suffix);
  const connection = new Database(copyPath);
  try {
    connection.pragma("trusted_schema = OFF");
    return new Map(recordTypes.map((type) => [type, readDamagedTable(connection, type)]));
  } catch (error) {
    if (sqliteCodeOf(error) === "") throw error;
    // Not even the first page can be read: every table is one unreadable place.
    return new Map(recordTypes.map((type) => [type, { records: [], invalidRows: 0, unreadablePlaces: 1 }]));
  } finally {
    connection.close();
    for (const suffix of ["", "-wal", "-shm"]) await rm(copyPath + suffix, { force: true });
  }
}

async function newestReadableBackup(damaged: ProjectPaths, paths: ProjectPaths) {
  for (const { name } of await listBackups(damaged)) {
    const tables = await readCopy(join(damaged.backups, name), join(paths.cache, "salvage.sqlite"));
    if ([...tables.values()].every(({ unreadablePlaces }) => unreadablePlaces === 0)) return { name, tables };
  }
  return undefined;
}

function countByType(records: readonly AnyRecord[]): Readonly<Record<RecordType, number>> {
  const counts = Object.fromEntries(recordTypes.map((type) => [type, 0])) as Record<RecordType, number>;
  for (const { type } of records) counts[type] += 1;
  return counts;
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (!hasErrno(error, "ENOENT")) throw error;
    await rm(to, { force: true });
  }
}

const nothingToSalvage = (folder: string) =>
  refused("project.nothing-to-salvage", {
    message: `Nothing of the project ${folder} can be read, and it has no backup that can.`,
    hint: "Its takes and media are files of their own and are still in its folders.",
    details: { folder },
  });
