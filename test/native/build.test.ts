// The addon's build: it builds once, again only for changed sources, and tells a missing compiler from a failing one.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const hasCompiler = ["c++", "g++", "clang++"].some((command) => spawnSync(command, ["--version"]).status === 0);
if (!hasCompiler) console.warn("NOT CHECKED: the addon's build. This machine has no C++ compiler.");

let copy = "";

/** A checkout of its own, so that the real one keeps its addon. */
beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), "dubwright-native-"));
  cpSync(path.join(checkout, "native", "src"), path.join(copy, "native", "src"), { recursive: true });
  cpSync(path.join(checkout, "tools", "build-native.mjs"), path.join(copy, "tools", "build-native.mjs"));
  symlinkSync(path.join(checkout, "node_modules"), path.join(copy, "node_modules"));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function build(env: NodeJS.ProcessEnv = process.env) {
  const done = spawnSync(process.execPath, [path.join(copy, "tools", "build-native.mjs")], { encoding: "utf8", env });
  return { exitCode: done.status, output: done.stdout };
}

const addonBytes = () => readFileSync(path.join(copy, "native", "build", "dubwright.node"));

test("without a compiler the build says so, leaves nothing and is no failure", () => {
  const { exitCode, output } = build({ PATH: "/nowhere" });
  expect([exitCode, output.split("\n").length]).toEqual([0, 2]);
  expect(output).toContain("no C++ compiler found");
  expect(addonBytes).toThrow("ENOENT");
});

describe.skipIf(!hasCompiler)("with a compiler", () => {
  test("the first build builds and the second finds it up to date", () => {
    expect(build()).toMatchObject({ exitCode: 0, output: expect.stringContaining("native: built") });
    expect(build()).toMatchObject({ exitCode: 0, output: expect.stringContaining("up to date") });
  });

  test("a changed source is built again, and one that does not compile fails and leaves the old addon", () => {
    const source = path.join(copy, "native", "src", "polyphase-plan.hpp");
    const text = readFileSync(source, "utf8");
    writeFileSync(source, `${text}// changed\n`);
    expect(build().output).toContain("native: built");
    const before = addonBytes();
    writeFileSync(source, "this is no C++\n");
    const { exitCode, output } = build();
    expect(exitCode).toBe(1);
    expect(output).toContain("polyphase-plan.hpp");
    expect(addonBytes().equals(before)).toBe(true);
    writeFileSync(source, `${text}// changed\n`);
    expect(build().output).toContain("up to date");
  });
});
