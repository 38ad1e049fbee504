// A project in a folder of its own for one test, with a clock that stands still until it is moved.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomFrom, silentLogger } from "../../src/core/base/index.ts";
import type { Clock } from "../../src/core/base/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";

export type TestClock = Clock & { readonly advance: (byMs: number) => void };

export function testClock(): TestClock {
  let nowMs = Date.UTC(2026, 10, 20, 10, 0, 0);
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: (_delayMs, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
    advance: (byMs) => {
      nowMs += byMs;
    },
  };
}

export type TempProject = AsyncDisposable & {
  /** Where the project's folder lies. */
  readonly parent: string;
  readonly clock: TestClock;
  readonly project: OpenProject;
  /** Closes it, and opens what is on the disk. */
  readonly reopen: () => Promise<OpenProject>;
};

export async function makeTempProject(): Promise<TempProject> {
  const parent = mkdtempSync(join(tmpdir(), "dubwright-store-"));
  const clock = testClock();
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
