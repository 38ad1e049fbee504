// A project in a folder of its own for one test, with a clock that stands still until it is moved.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import { fakeClock } from "./fake-clock.ts";
import type { FakeClock } from "./fake-clock.ts";

export type TempProject = AsyncDisposable & {
  /** Where the project's folder lies. */
  readonly parent: string;
  readonly clock: FakeClock;
  readonly project: OpenProject;
  /** Closes it, and opens what is on the disk. */
  readonly reopen: () => Promise<OpenProject>;
};

export async function makeTempProject(): Promise<TempProject> {
  const parent = mkdtempSync(join(tmpdir(), "dubwright-store-"));
  const clock = fakeClock(Date.UTC(2026, 10, 20, 10, 0, 0));
  const surroundings = { clock, random: randomFrom(7), logger: silentLogger, program: "a test" };
  let project = await createProject({ folder: parent, name: "Night Train", ...surroundings });
  return {
    parent,
    clock,
    get project() {
      return project;
    },
    reopen: async () => {
      project[Symbol.dispose]();
      project = await openProject({ folder: project.paths.folder, ...surroundings });
      return project;
    },
    [Symbol.asyncDispose]: async () => {
      project[Symbol.dispose]();
      rmSync(parent, { recursive: true, force: true });
    },
  };
}
