// Creating and opening a project.
import { join, resolve } from "node:path";
import type { Clock, Logger, Random } from "../base/index.ts";
import { projectRecordId } from "../../shared/project/index.ts";
import type { Project } from "../../shared/project/index.ts";
import { inspectDatabase, inspectHeader } from "./files/inspect-database.ts";
import { makeProjectFolder, writeNewDatabase } from "./files/new-folder.ts";
import { lockProject, refuseIfHeldHere } from "./files/project-lock.ts";
import { allMigrations } from "./migrations/all-migrations.ts";
import { projectFolderName, projectPaths } from "./project-folder.ts";
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

export type OpenProject = ProjectRecords & Disposable & { readonly paths: ProjectPaths };

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
    inspectDatabase(paths.database, allMigrations);
    const closing = new DisposableStack();
    closing.use(lock);
    const records = closing.use(openProjectRecords({ path: paths.database, ...surroundings }));
    return {
      ...records,
      get revision() {
        return records.revision;
      },
      paths,
      [Symbol.dispose]: () => closing.dispose(),
    };
  } catch (error) {
    lock.abandon();
    throw error;
  }
}
