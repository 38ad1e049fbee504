// Electron's binary is a program we are about to run: one with the wrong sum must be refused, whoever serves it.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { root } from "../../tools/setup/shell.mjs";

const installedBinary = path.join(root, "node_modules/electron/path.txt");

test("a forged Electron binary is refused, and the reason is said", async (context) => {
  if (existsSync(installedBinary)) context.skip("Electron's binary is here already, so nothing would be fetched");
  const asked: string[] = [];
  const forger = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("this is no Electron");
  });
  await new Promise<void>((resolve) => {
    forger.listen(0, "127.0.0.1", resolve);
  });
  const { port } = forger.address() as AddressInfo;
  const cache = mkdtempSync(path.join(tmpdir(), "dubwright-electron-"));
  try {
    const code =
      'import("./tools/setup/electron.mjs").then(async (m) => console.log(JSON.stringify(await m.fetchElectron())))';
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
      cwd: root,
      // The attacker's best case: the user's own settings ask for sums from the same place.
      env: {
        ...process.env,
        ELECTRON_MIRROR: `http://127.0.0.1:${port}/`,
        electron_config_cache: cache,
        electron_use_remote_checksums: "1",
      },
    });
    expect(asked.some((url) => /electron-v[\d.]+-\w+-\w+\.zip$/.test(url))).toBe(true);
    expect(asked.some((url) => url.includes("SHASUMS"))).toBe(false);
    expect(stdout).toMatch(/could not be fetched.*(?:checksum|sum)/i);
    expect(existsSync(installedBinary)).toBe(false);
  } finally {
    forger.close();
    rmSync(cache, { recursive: true, force: true });
  }
});
