// One violation per wall is planted in a copy of the house; the checks must find each, and nothing before it is planted.
// A checker that has silently stopped looking is worse than none: it is what these tests are for.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finding, openTempHouse } from "./support/temp-house.ts";

const HEADER = "// A file planted by the test of the walls.\n";

/** A small sound house: each process has a room, so that every wall has two sides. */
const soundHouse = {
  "src/shared/time/index.ts": `${HEADER}export { framesOf } from "./frames.ts";\n`,
  "src/shared/time/frames.ts": `${HEADER}export const framesOf = (count: number): number => count;\n`,
  "src/core/store/index.ts": `${HEADER}export { open } from "./open.ts";\n`,
  "src/core/store/open.ts": `${HEADER}import { existsSync } from "node:fs";\nexport const open = (path: string): boolean => existsSync(path);\n`,
  "src/core/commands/index.ts": `${HEADER}export { start } from "./start.ts";\n`,
  "src/core/commands/start.ts": `${HEADER}import { open } from "../store/index.ts";\nexport const start = (): boolean => open("a");\n`,
  "src/main/main.ts": `${HEADER}import { start } from "../core/commands/index.ts";\nexport const run = start;\n`,
  "src/preload/bridge.ts": `${HEADER}export const bridge = 1;\n`,
  "src/renderer/view.ts": `${HEADER}import { framesOf } from "../shared/time/index.ts";\nexport const title = (): string => document.title + String(framesOf(1));\n`,
  "test/support/clips.ts": `${HEADER}export const clip = 1;\n`,
};

type LintPlant = { readonly wall: string; readonly rule: string; readonly file: string; readonly code: string };

const lintPlants: readonly LintPlant[] = [
  {
    wall: "an import up the shelves",
    rule: "house/layers",
    file: "src/core/tensor/up.ts",
    code: 'export { start } from "../commands/index.ts";\n',
  },
  {
    wall: "an import along the shelf",
    rule: "house/layers",
    file: "src/core/jobs/sideways.ts",
    code: 'export { open } from "../store/index.ts";\n',
  },
  {
    wall: "an import past the door",
    rule: "house/layers",
    file: "src/core/faces/window.ts",
    code: 'export { open } from "../store/open.ts";\n',
  },
  {
    wall: "the renderer reaching into the core",
    rule: "house/layers",
    file: "src/renderer/reach.ts",
    code: 'export { open } from "../core/store/index.ts";\n',
  },
  {
    wall: "a host reaching past core/commands",
    rule: "house/layers",
    file: "src/web/reach.ts",
    code: 'export { open } from "../core/store/index.ts";\n',
  },
  {
    wall: "electron outside main and preload",
    rule: "house/layers",
    file: "src/core/jobs/shell.ts",
    code: 'import { app } from "electron";\nexport const name = app.name;\n',
  },
  {
    wall: "SQLite outside the store",
    rule: "house/layers",
    file: "src/core/jobs/rows.ts",
    code: 'import Database from "better-sqlite3";\nexport const db = Database;\n',
  },
  {
    wall: "ONNX Runtime outside core/onnx",
    rule: "house/layers",
    file: "src/core/faces/run.ts",
    code: 'export const ort = () => import("onnxruntime-node");\n',
  },
  {
    wall: "the clock in a room",
    rule: "house/owners",
    file: "src/core/store/clock.ts",
    code: "export const now = (): number => Date.now();\n",
  },
  {
    wall: "chance in a shared room",
    rule: "house/owners",
    file: "src/shared/time/chance.ts",
    code: "export const any = (): number => Math.random();\n",
  },
  {
    wall: "the console in a room",
    rule: "house/owners",
    file: "src/core/store/say.ts",
    code: "export const say = (): void => console.log(1);\n",
  },
  {
    wall: "a file that does not say what it is for",
    rule: "house/file-header",
    file: "src/core/store/silent.ts",
    code: "export const one = 1;\n",
  },
  {
    wall: "a quantity without a unit",
    rule: "house/unit-suffix",
    file: "src/shared/time/bare.ts",
    code: "export type Fade = { readonly duration: number };\n",
  },
  {
    wall: "a swallowed error",
    rule: "house/no-swallow",
    file: "src/core/store/swallow.ts",
    code: "export function close(end: () => void): void {\n  try {\n    end();\n  } catch {}\n}\n",
  },
  {
    wall: "a door without names",
    rule: "house/doors",
    file: "src/core/audio/index.ts",
    code: 'export * from "./mel.ts";\n',
  },
  {
    wall: "a flag without a name",
    rule: "house/no-boolean-parameters",
    file: "src/core/store/flag.ts",
    code: "export const open = (path: string, isNew = true): unknown => [path, isNew];\n",
  },
  {
    wall: "a rule switched off without a reason",
    rule: "house/disable-reason",
    file: "src/core/store/off.ts",
    code: "// oxlint-disable-next-line typescript/no-explicit-any\nexport const a: any = 1;\n",
  },
  {
    wall: "a default export",
    rule: "import/no-default-export",
    file: "src/core/store/default.ts",
    code: "const one = 1;\nexport default one;\n",
  },
  {
    wall: "a circle of imports",
    rule: "import/no-cycle",
    file: "src/core/media/circle.ts",
    code: 'import { round } from "./round.ts";\nexport const circle = (): unknown => round;\n',
  },
  {
    wall: "any",
    rule: "typescript/no-explicit-any",
    file: "src/core/store/any.ts",
    code: "export const a: any = 1;\n",
  },
  {
    wall: "a promise nobody waits for (needs types: proves the type-aware linter runs)",
    rule: "typescript/no-floating-promises",
    file: "src/core/store/floating.ts",
    code: "const later = async (): Promise<void> => {};\nexport function start(): void {\n  later();\n}\n",
  },
  {
    wall: "a switch with a case missing (needs types)",
    rule: "typescript/switch-exhaustiveness-check",
    file: "src/core/store/switch.ts",
    code: 'export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n  }\n  return 2;\n}\n',
  },
  {
    wall: "a file name two systems cannot tell apart",
    rule: "unicorn/filename-case",
    file: "src/core/store/OpenProject.ts",
    code: "export const one = 1;\n",
  },
  {
    wall: "a file too long to be read",
    rule: "eslint/max-lines",
    file: "src/core/store/long.ts",
    code: Array.from({ length: 401 }, (_, index) => `export const n${index} = ${index};\n`).join(""),
  },
  {
    wall: "a function too long to be read",
    rule: "eslint/max-lines-per-function",
    file: "src/core/store/long-function.ts",
    code: `export function f(x: number): number {\n${"  x += 1;\n".repeat(81)}  return x;\n}\n`,
  },
];

type TypePlant = { readonly wall: string; readonly file: string; readonly code: string; readonly says: RegExp };

const typePlants: readonly TypePlant[] = [
  {
    wall: "the page's document in the core",
    file: "src/core/store/page.ts",
    code: "export const title = (): string => document.title;\n",
    says: /Cannot find name 'document'/,
  },
  {
    wall: "Node's file system in the renderer",
    file: "src/renderer/files.ts",
    code: 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n',
    says: /Cannot find (?:module|name) 'node:fs'/,
  },
  {
    wall: "the core in the renderer",
    file: "src/renderer/core.ts",
    code: 'import { open } from "../core/store/index.ts";\nexport const o = open;\n',
    says: /TS6307/,
  },
  {
    wall: "Node's process in a shared room",
    file: "src/shared/time/platform.ts",
    code: "export const platform = (): string => process.platform;\n",
    says: /Cannot find name 'process'/,
  },
  {
    wall: "the page's document in a shared room",
    file: "src/shared/time/page.ts",
    code: "export const title = (): string => document.title;\n",
    says: /Cannot find name 'document'/,
  },
  {
    wall: "Node's file system in the preload bridge",
    file: "src/preload/files.ts",
    code: 'import { readFileSync } from "node:fs";\nexport const read = readFileSync;\n',
    says: /Cannot find (?:module|name) 'node:fs'/,
  },
];

/** Found by neither linter nor compiler: one file that nobody formats, one that nobody imports. */
const untidyPlants = {
  "src/core/store/untidy.ts": `${HEADER}export   const one=1\n`,
  "src/core/store/orphan.ts": `${HEADER}export const nobody = 1;\n`,
};

const planted = (plants: readonly { readonly file: string; readonly code: string; readonly rule?: string }[]) =>
  Object.fromEntries(plants.map(({ file, code, rule }) => [file, rule === "house/file-header" ? code : HEADER + code]));

describe("the walls of the house", () => {
  const house = openTempHouse();
  type Checks = { findings: readonly Finding[]; types: string; format: string; unused: string };
  let before: Checks;
  let after: Checks;
  const tidiness = async () => ({ format: await house.checkFormat(), unused: await house.findUnused() });

  beforeAll(async () => {
    house.write(soundHouse);
    before = { findings: await house.lint(), types: await house.compile(), ...(await tidiness()) };
    house.write(planted(typePlants));
    const types = await house.compile();
    house.write(planted(lintPlants));
    house.write({
      "src/core/media/round.ts": `${HEADER}import { circle } from "./circle.ts";\nexport const round = (): unknown => circle;\n`,
    });
    house.write(untidyPlants);
    after = { findings: await house.lint(), types, ...(await tidiness()) };
  }, 120_000);
  afterAll(() => house[Symbol.dispose]());

  test("a sound house passes types and lint", () => {
    expect(before).toMatchObject({ findings: [], types: "" });
  });

  for (const { wall, rule, file } of lintPlants) {
    test(`lint stops ${wall}`, () => {
      expect(after.findings.filter((finding) => finding.file === file).map((finding) => finding.rule)).toContain(rule);
    });
  }

  test("the formatter stops a file that nobody formatted, and only that", () => {
    expect(before.format).not.toMatch(/src\//);
    expect(after.format).toMatch(/src\/core\/store\/untidy\.ts/);
  });

  test("knip stops a file that nobody imports, and leaves those alone that are imported", () => {
    expect(before.unused).not.toMatch(/src\/core\/store/);
    expect(after.unused).toMatch(/src\/core\/store\/orphan\.ts/);
    expect(after.unused).not.toMatch(/src\/core\/store\/open\.ts/);
  });

  for (const { wall, file, says } of typePlants) {
    test(`the compiler stops ${wall}`, () => {
      const complaints = after.types.split("\n").filter((line) => line.startsWith(file));
      expect(complaints.join("\n")).toMatch(says);
    });
  }
});
