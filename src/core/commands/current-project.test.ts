// A project that cannot be closed in order does not keep the next one from being opened, now or later.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../base/index.ts";
import { keepCurrentProject } from "./current-project.ts";
import { createEventHub } from "./event-hub.ts";
import { systemTools } from "./system-tools.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dubwright-current-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("when closing the one before fails, the next is let go of, and can be opened afterwards", async () => {
  const environment = { ...process.env, DUBWRIGHT_APP_DATA: folder };
  const host = { kind: "cli", environment, logger: silentLogger, nodePath: process.execPath, jobs: "keep" } as const;
  const events = createEventHub();
  const heard: string[] = [];
  events.subscribe(({ type }) => heard.push(type));
  let isDiskGone = true;
  await using current = keepCurrentProject({
    tools: systemTools(host),
    events,
    onClosed: () => {
      if (isDiskGone) throw new Error("the disk is gone");
    },
  });
  await current.create({ folder, name: "A" });
  await expect(current.create({ folder, name: "B" })).rejects.toThrow("the disk is gone");
  expect(current.find()).toBeUndefined();
  isDiskGone = false;
  await current.open(join(folder, "B.dubwright"));
  expect(heard).toEqual(["project-opened", "project-closed", "project-opened"]);
});
