// One process owns a project: a second one is told who has it, and a dead one holds nothing.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/index.ts";
import { lockProject } from "./project-lock.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dubwright-lock-"));
  path = join(folder, "project.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockUrl = new URL("project-lock.ts", import.meta.url).href;
const baseUrl = new URL("../../base/index.ts", import.meta.url).href;
// Held by a name: what nothing refers to may be collected, and its lock with it.
const holderSource = `
  import { lockProject } from ${JSON.stringify(lockUrl)};
  import { systemClock } from ${JSON.stringify(baseUrl)};
  globalThis.held = lockProject({ path: process.argv[1], program: "the editor", clock: systemClock });
  console.log("locked");
  setInterval(() => undefined, 1000);
`;

const lock = () => lockProject({ path, program: "a test", clock: systemClock });

test("another process is refused and told who holds it; its death by SIGKILL frees the project at once", async () => {
  const holder = spawn(process.execPath, ["--input-type=module", "-e", holderSource, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(holder, "exit");
  try {
    await once(holder.stdout, "data");
    expect(lock).toThrow(
      expect.objectContaining({
        code: "project.in-use",
        message: expect.stringMatching(new RegExp(`open in the editor \\(process ${holder.pid} on `)),
        details: expect.objectContaining({ program: "the editor", processId: holder.pid }),
      }),
    );
  } finally {
    // A holder that outlived a failed expectation would keep the whole run from ending.
    holder.kill("SIGKILL");
    await gone;
  }
  lock()[Symbol.dispose]();
});

test("the same process is refused a second time, and the first lock is not lost by the attempt", async () => {
  using held = lock();
  expect(held.abandon).toBeDefined();
  expect(lock).toThrow(expect.objectContaining({ code: "project.in-use" }));
  const other = spawn(process.execPath, ["--input-type=module", "-e", holderSource, path], { stdio: "ignore" });
  const [exitCode] = await once(other, "exit");
  expect(exitCode).toBe(1);
});

test("a lock that is abandoned leaves no file that was not there before", () => {
  lock().abandon();
  expect(existsSync(path)).toBe(false);
  lock()[Symbol.dispose]();
  lock().abandon();
  expect(existsSync(path)).toBe(true);
});
