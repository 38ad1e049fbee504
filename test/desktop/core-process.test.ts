// Rules of the core host as the shell's child: started again however it ends, with its words kept in a file.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { collectingLogger, systemClock } from "../../src/core/base/index.ts";
import { startCoreProcess } from "../../src/main/core-process.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-core-process-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function startHost(nodePath: string, source: string) {
  const [hostEntry, logPath] = [join(folder, "host.mjs"), join(folder, "core.log")];
  await writeFile(hostEntry, source);
  const messages: string[] = [];
  const core = startCoreProcess({
    nodePath,
    hostEntry,
    appDataFolder: folder,
    logPath,
    // Waits are told, not waited for.
    clock: { ...systemClock, sleep: () => systemClock.sleep(1) },
    logger: collectingLogger("main", ({ message }) => messages.push(message)),
  });
  return {
    saidCount: async (text: string) => (await readFile(logPath, "utf8")).split(text).length - 1,
    toldCount: (text: string) => messages.filter((message) => message === text).length,
    [Symbol.dispose]: () => core[Symbol.dispose](),
  };
}

test("a host that dies is started again, and what it said stands in its log", async () => {
  using host = await startHost(process.execPath, 'process.stderr.write("a last word."); process.exit(3);');
  await expect.poll(() => host.saidCount("a last word.")).toBeGreaterThan(1);
});

test("a log that has grown long is begun anew, and the one before is kept", async () => {
  await writeFile(join(folder, "core.log"), Buffer.alloc((8 << 20) + 1, "x"));
  using host = await startHost(process.execPath, 'process.stderr.write("a last word.");');
  await expect.poll(() => host.saidCount("a last word.")).toBeGreaterThan(0);
  expect((await stat(join(folder, "core.log"))).size).toBeLessThan(1 << 20);
  expect((await stat(join(folder, "core.log.old"))).size).toBe((8 << 20) + 1);
});

test("a host that cannot be started at all is tried again", async () => {
  using host = await startHost(join(folder, "no-node"), "");
  await expect.poll(() => host.toldCount("the core host could not be started")).toBeGreaterThan(1);
});
