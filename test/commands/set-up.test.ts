// The commands of package.json as a person meets them: what they say and how they end when something is missing.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { platformBinary } from "../../tools/setup/packages.mjs";
import { root } from "../../tools/setup/shell.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "dubwright-set-up-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs one of our tools on a machine that has nothing on its PATH but what `env` says. */
function runTool(tool: string, env: Readonly<Record<string, string>>, at = root) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(at, "tools", tool)], {
    encoding: "utf8",
    env: { HOME: folder, PATH: path.join(folder, "empty"), ...env },
  });
  return { exitCode: status, said: stdout + stderr };
}

describe.skipIf(process.platform === "win32")("set-up", () => {
  test("without ffmpeg and without a package manager it ends with one line that says what to do", () => {
    const { exitCode, said } = runTool("setup.mjs", {});
    expect(exitCode).toBe(1);
    expect(said.trim()).toMatch(
      /^ffmpeg 5\.1 or newer is needed: install it .* or set DUBWRIGHT_FFMPEG to its path\.$/,
    );
  });

  test("a DUBWRIGHT_FFMPEG that does not run is refused, not passed over for another", () => {
    const { exitCode, said } = runTool("setup.mjs", {
      DUBWRIGHT_FFMPEG: "/nowhere/ffmpeg",
      PATH: process.env["PATH"] ?? "",
    });
    expect(exitCode).toBe(1);
    expect(said).toMatch(/DUBWRIGHT_FFMPEG is "\/nowhere\/ffmpeg", but no ffmpeg 5\.1 or newer/);
  });

  test("Node 24 is linked from its platform package where npm has not done it", () => {
    const house = path.join(folder, "house");
    const binary = path.join(house, path.relative(root, platformBinary()));
    mkdirSync(path.dirname(binary), { recursive: true });
    mkdirSync(path.join(house, "node_modules/.bin"));
    symlinkSync(process.execPath, binary);
    cpSync(path.join(root, "tools"), path.join(house, "tools"), { recursive: true });
    writeFileSync(path.join(house, "package-lock.json"), "{}");
    const lockHash = createHash("sha256").update("{}").digest("hex");
    writeFileSync(path.join(house, "node_modules/.dubwright-lock-sha256"), lockHash);
    expect(runTool("setup.mjs", {}, house).said).toMatch(/ffmpeg .* is needed/);
    expect(existsSync(path.join(house, "node_modules/.bin/node"))).toBe(true);
  });
});

test("an unknown benchmark is answered with those there are, and the exit code of wrong usage", () => {
  const { status, stdout } = spawnSync(process.execPath, [path.join(root, "tools/bench.mjs"), "nothing"], {
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stdout).toMatch(/There is no benchmark "nothing"\.\nnpm run bench -- NAME\n {2}\w/);
});
