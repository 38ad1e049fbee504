// Creating and opening a project.
import { readdir, realpath, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { makeFolderDurably } from "../base/index.ts";
import type { Clock, Logger, Random } from "../base/index.ts";
import { refused } from "../../shared/failure/index.ts";
import { projectRecordId } from "../../shared/project/index.ts";
import type { Project } from "../../shared/project/index.ts";
import { isPartialBackup } from "./backups/make-backup.ts";
import { keepBackingUp, openBackups } from "./backups/project-backups.ts";
import type { ProjectBackups } from "./backups/project-backups.ts";
import { warnOfFolder } from "./files/folder-warnings.ts";
import type { FolderWarning } from "./files/folder-warnings.ts";
import { inspectDatabase, inspectHeader } from "./files/inspect-database.ts";
import { makeProjectFolder, writeNewDatabase } from "./files/new-folder.ts";
import { lockProject, refuseIfHeldHere } from "./files/project-lock.ts";
import { allMigrations, latestSchemaVersion } from "./migrations/all-migrations.ts";
import { bringUpToDate } from "./migrations/bring-up-to-date.ts";
import { projectFolderName, projectPaths, projectSubfolders } from "./project-folder.ts";
import type { ProjectPaths } from "./project-folder.ts";
import { openProjectRecords } from "./project-records.ts";
import type { ProjectRecords } from "./project-records.ts";

/** What a project is handed instead of reaching for globals. */
export type ProjectSurroundings = {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Who holds the project open, as others who try are told: "the editor", "the command line". */
  readonly program: string;
};

export type OpenProject = ProjectRecords &
  Disposable & {
    readonly paths: ProjectPaths;
    readonly backups: ProjectBackups;
    /** What should be known about where it lies. */
    readonly warnings: readonly FolderWarning[];
  };

type CreateOptions = ProjectSurroundings & {
  /** The folder in which `Name.dubwright` is made. */
  readonly folder: string;
  readonly name: string;
};

/** Makes a project, whole or not at all, and opens it. */
export async function createProject({ folder, name, ...surroundings }: CreateOptions): Promise<OpenProject> {
  const projectFolder = join(resolve(folder), projectFolderName(name));
  const project: Project = {
    type: "project",
    id: projectRecordId,
    name: name.trim(),
    createdAt: new Date(surroundings.clock.nowMs()).toISOString(),
    originalLanguage: null,
    eligibilityLimits: null,
  };
  await makeProjectFolder({
    folder: projectFolder,
    random: surroundings.random,
    fill: ({ database }) => writeNewDatabase(database, [project]),
  });
  return await openProject({ folder: projectFolder, ...surroundings });
}

type OpenOptions = ProjectSurroundings & {
  /** The `Name.dubwright` folder. */
  readonly folder: string;
};

/**
 * Opens a project, which this process then owns until it is disposed of. What is foreign, damaged, newer, tampered with
 * or open elsewhere is refused, and no byte of it changes. The log that a crash left behind is taken up.
 */
export async function openProject({ folder, ...surroundings }: OpenOptions): Promise<OpenProject> {
  const paths = projectPaths(resolve(folder));
  refuseIfHeldHere(paths.lock);
  inspectHeader(paths.database);
  const lock = lockProject({ path: paths.lock, program: surroundings.program, clock: surroundings.clock });
  try {
    const version = inspectDatabase(paths.database, allMigrations);
    if (version < latestSchemaVersion)
      await bringUpToDate({ paths, clock: surroundings.clock, migrations: allMigrations });
    await readySubfolders(paths);
    const warnings = await warnOfFolder(await realpath(paths.folder));
    return assemble({ paths, lock, warnings, ...surroundings });
  } catch (error) {
    lock.abandon();
    throw error;
  }
}

/** Makes those that someone has removed, and clears away what a crash left of a backup. The lock is held. */
async function readySubfolders(paths: ProjectPaths): Promise<void> {
  for (const name of projectSubfolders) await makeFolderDurably(paths[name]);
  for (const name of await readdir(paths.backups))
    if (isPartialBackup(name)) await rm(join(paths.backups, name), { force: true });
}

type Parts = ProjectSurroundings & {
  readonly paths: ProjectPaths;
  readonly lock: Disposable;
  readonly warnings: readonly FolderWarning[];
};

function assemble({ paths, lock, warnings, clock, random, logger }: Parts): OpenProject {
  const { records, keeper } = openProjectRecords({ path: paths.database, clock, logger });
  const backups = openBackups({ keeper, paths, clock, random });
  const closing = new AbortController();
  void keepBackingUp({ backups, clock, logger, signal: closing.signal });
  return {
    ...records,
    get revision() {
      return records.revision;
    },
    paths,
    backups,
    warnings,
    [Symbol.dispose]: () => {
      if (closing.signal.aborted) return;
      closing.abort(refused("project.closed", { message: "The project was closed." }));
      keeper[Symbol.dispose]();
      lock[Symbol.dispose]();
    },
  };
}
