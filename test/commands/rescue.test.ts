// A project that no longer opens is rescued through the contract: its backups are listed and restored, the rest is salvaged.
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createCore } from "../../src/core/commands/index.ts";
import type { Core } from "../../src/core/commands/index.ts";
import { dispatch } from "../../src/shared/contract/index.ts";
import type { AnswerOf, OperationName } from "../../src/shared/contract/index.ts";

let home = "";
let core: Core;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "dubwright-rescue-"));
  core = createCore({
    host: "cli",
    version: "0.0.0",
    folders: { appData: join(home, "app"), home },
    ffmpegPlaces: { searchPath: [] },
    worker: { nodePath: process.execPath, entryPath: "none.ts", environment: {} },
    jobs: "keep",
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  });
});
afterEach(async () => {
  await core[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

const ask = async <Name extends OperationName>(name: Name, input: object) =>
  (await dispatch(core.handlers, { name, input, signal: new AbortController().signal })) as AnswerOf<Name>;

test("a project changed in one short session has a backup, and is rescued by it when its file is cut off", async () => {
  const { folder } = await ask("project.create", { folder: home, name: "Night" });
  await ask("project.rename", { name: "Day" });
  await ask("project.close", {});
  await truncate(join(folder, "project.sqlite"), 5000);
  await expect(ask("project.open", { folder })).rejects.toMatchObject({ code: "project.damaged" });

  const { backups } = await ask("rescue.list", { folder });
  expect(backups).toMatchObject([{ tier: "daily" }]);
  const restored = await ask("rescue.restore", { folder, name: backups[0]?.name ?? "" });
  expect(await ask("project.open", restored)).toMatchObject({ name: "Day", folder: restored.folder });

  const salvaged = await ask("rescue.salvage", { folder });
  expect(salvaged).toMatchObject({
    folder: join(home, "Night (salvaged).dubwright"),
    kept: { project: 1 },
    filledFrom: backups[0]?.name,
  });
  expect(await ask("project.open", { folder: salvaged.folder })).toMatchObject({ name: "Day" });
});
