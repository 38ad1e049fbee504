// Every house rule finds its bad example and leaves its good one alone. All examples are linted in one run.
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Finding, openTempHouse, repositoryRoot } from "./support/temp-house.ts";

type Example = { readonly file: string; readonly code: string };
type Case = {
  readonly rule: string;
  readonly states: string;
  readonly bad: Example;
  /** What the message must teach. */
  readonly teaches: RegExp;
  readonly good: Example;
};

const HEADER = "// An example which stands only in this test of the rules.\n";
const at = (file: string, code: string): Example => ({ file, code: HEADER + code });

const cases: readonly Case[] = [
  {
    rule: "house/layers",
    states: "a room imports rooms on lower shelves, never higher ones",
    bad: at("src/core/onnx/up.ts", 'export { a } from "../autodiff/index.ts";\n'),
    teaches: /higher shelf/,
    good: at("src/core/autodiff/down.ts", 'export { a } from "../onnx/index.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "a room does not import its own shelf, but its tests may",
    bad: at("src/core/jobs/sideways.ts", 'export { a } from "../store/index.ts";\n'),
    teaches: /same shelf/,
    good: at("src/core/jobs/sideways.test.ts", 'export { a } from "../store/index.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "a room is entered through its door",
    bad: at("src/core/faces/window.ts", 'export { a } from "../onnx/internal.ts";\n'),
    teaches: /src\/core\/onnx\/index\.ts/,
    good: at("src/core/faces/inside.ts", 'export { a } from "./internal.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "tests which span rooms use doors, too",
    bad: at("test/contract/window.test.ts", 'export { a } from "../../src/core/store/rows.ts";\n'),
    teaches: /through the door/,
    good: at("test/contract/door.test.ts", 'export { a } from "../../src/core/store/index.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "a test beside its file takes from test/ only what test/support offers",
    bad: at("src/core/media/golden.test.ts", 'export { a } from "../../../test/golden/pictures.ts";\n'),
    teaches: /test\/support/,
    good: at("src/core/media/support.test.ts", 'export { a } from "../../../test/support/clips.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "the renderer sees shared rooms only",
    bad: at("src/renderer/core.ts", 'export { a } from "../core/store/index.ts";\n'),
    teaches: /through the contract/,
    good: at("src/renderer/shared.ts", 'export { a } from "../shared/time/index.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "a host sees core/commands, not single rooms",
    bad: at("src/cli/room.ts", 'export { a } from "../core/media/index.ts";\n'),
    teaches: /core\/commands offer/,
    good: at("src/cli/commands.ts", 'export { a } from "../core/commands/index.ts";\n'),
  },
  {
    rule: "house/layers",
    states: "a package belongs to its owner, under each of its names",
    bad: at("src/core/export/spawn.ts", 'import { spawn } from "child_process";\nexport const run = spawn;\n'),
    teaches: /belongs to core\/media/,
    good: at("src/core/media/spawn.ts", 'import { spawn } from "node:child_process";\nexport const run = spawn;\n'),
  },
  {
    rule: "house/layers",
    states: "electron stays in main and preload",
    bad: at("src/core/commands/shell.ts", 'export const load = () => import("electron");\n'),
    teaches: /belongs to main, preload/,
    good: at("src/main/shell.ts", 'export const load = () => import("electron");\n'),
  },
  {
    rule: "house/layers",
    states: "threads are used nowhere",
    bad: at("src/core/jobs/thread.ts", 'import { Worker } from "node:worker_threads";\nexport const T = Worker;\n'),
    teaches: /nowhere/,
    good: at("src/core/jobs/process.ts", 'import { fork } from "node:child_process";\nexport const f = fork;\n'),
  },
  {
    rule: "house/layers",
    states: "shared rooms use the schema library and no other package",
    bad: at("src/shared/project/left.ts", 'import left from "left-pad";\nexport const l = left;\n'),
    teaches: /may use only zod/,
    good: at("src/shared/project/schema.ts", 'import { z } from "zod";\nexport const Id = z.string();\n'),
  },
  {
    rule: "house/layers",
    states: "every room is on the table",
    bad: at("src/core/utils/things.ts", "export const one = 1;\n"),
    teaches: /not on the table/,
    good: at("src/core/tensor/things.ts", "export const one = 1;\n"),
  },
  {
    rule: "house/layers",
    states: "source never imports tools",
    bad: at("src/core/audio/tool.ts", 'export { a } from "../../../tools/bench/peaks.ts";\n'),
    teaches: /not shipped/,
    good: at("tools/bench/audio.ts", 'export { a } from "../../src/core/audio/index.ts";\n'),
  },
  {
    rule: "house/owners",
    states: "the core takes a clock",
    bad: at("src/core/store/clock.ts", "export const stamp = () => Date.now();\n"),
    teaches: /clock\.nowMs/,
    good: at("src/core/base/clock-here.ts", "export const stamp = () => Date.now();\n"),
  },
  {
    rule: "house/owners",
    states: "a fresh Date is the clock, too; a given one is not",
    bad: at("src/core/store/date.ts", "export const stamp = () => new Date();\n"),
    teaches: /clock\.nowMs/,
    good: at("src/core/store/date-of.ts", "export const dateOf = (atMs: number) => new Date(atMs);\n"),
  },
  {
    rule: "house/owners",
    states: "shared rooms take their random numbers",
    bad: at("src/shared/project/chance.ts", "export const id = () => Math.random();\n"),
    teaches: /take a Random/,
    good: at("src/shared/project/root.ts", "export const root = (x: number) => Math.sqrt(x);\n"),
  },
  {
    rule: "house/owners",
    states: "the console belongs to the command line",
    bad: at("src/core/media/say.ts", "export const say = () => console.log(1);\n"),
    teaches: /take a Logger/,
    good: at("src/cli/say.ts", "export const say = () => console.log(1);\n"),
  },
  {
    rule: "house/owners",
    states: "the command line's arguments belong to the command line",
    bad: at("src/web/args.ts", "export const args = () => process.argv;\n"),
    teaches: /as an argument/,
    good: at("src/cli/args.ts", "export const args = () => process.argv;\n"),
  },
  {
    rule: "house/owners",
    states: "the network belongs to the model store; a fetch handed in is nobody's business",
    bad: at("src/core/faces/net.ts", 'export const get = () => fetch("https://example.org");\n'),
    teaches: /leave the network alone/,
    good: at(
      "src/core/faces/net-of.ts",
      "export type Net = { readonly fetch: (url: string) => void };\nexport const get = (net: Net, fetch: Net['fetch']) => ({ fetch, a: net.fetch('x'), b: fetch('x') });\n",
    ),
  },
  {
    rule: "house/file-header",
    states: "a file says what it is for",
    bad: { file: "src/core/tensor/silent.ts", code: "export const one = 1; // one\n" },
    teaches: /what it is for/,
    good: { file: "src/core/tensor/script.ts", code: `#!/usr/bin/env node\n${HEADER}export const two = 2;\n` },
  },
  {
    rule: "house/unit-suffix",
    states: "a quantity carries its unit",
    bad: at("src/core/audio/fade.ts", "export type Fade = { readonly fadeDuration: number };\n"),
    teaches: /fadeDurationFrames/,
    good: at("src/core/audio/fade-ms.ts", "export type Fade = { readonly fadeDurationMs: number };\n"),
  },
  {
    rule: "house/unit-suffix",
    states: "a bare offset is refused as a parameter, a branded one is not",
    bad: at("src/core/audio/shift.ts", "export const shift = (offset = 0) => offset;\n"),
    teaches: /without a unit/,
    good: at("src/core/audio/shift-by.ts", "export const shift = (start: Frame) => start;\ntype Frame = bigint;\n"),
  },
  {
    rule: "house/no-swallow",
    states: "a catch does something about the error",
    bad: at(
      "src/core/store/quiet.ts",
      "export function f(g: () => void) {\n  try { g(); } catch {\n    // not important\n  }\n}\n",
    ),
    teaches: /swallowed/,
    good: at(
      "src/core/store/loud.ts",
      "export function f(g: () => void) {\n  try { g(); } catch (cause) { throw new Error('g', { cause }); }\n}\n",
    ),
  },
  {
    rule: "house/no-swallow",
    states: "writing the error to the log is not handling it",
    bad: at(
      "src/core/store/logged.ts",
      "export function f(g: () => number, log: { warn: (e: unknown) => void }) {\n  try { return g(); } catch (e) { log.warn(e); return undefined; }\n}\n",
    ),
    teaches: /wrap it with failed/,
    good: at(
      "src/core/store/answered.ts",
      "export function isFine(g: () => void) {\n  try { g(); return true; } catch { return false; }\n}\n",
    ),
  },
  {
    rule: "house/no-swallow",
    states: "a rejection is not waved through",
    bad: at("src/core/store/waved.ts", "export const f = (p: Promise<void>) => p.catch(() => undefined);\n"),
    teaches: /rejection/,
    good: at("src/core/store/kept.ts", "export const f = (p: Promise<void>, g: (e: unknown) => void) => p.catch(g);\n"),
  },
  {
    rule: "house/doors",
    states: "a door exports by name",
    bad: at("src/core/weights/index.ts", 'export * from "./a.ts";\n'),
    teaches: /by name/,
    good: at("src/core/models/index.ts", 'export { a } from "./a.ts";\nexport type { B } from "./a.ts";\n'),
  },
  {
    rule: "house/doors",
    states: "a door holds no code",
    bad: at("src/core/diffusion/index.ts", "export const one = 1;\n"),
    teaches: /is a door/,
    good: at("src/core/evaluation/index.ts", 'export { a } from "./a.ts";\n'),
  },
  {
    rule: "house/no-boolean-parameters",
    states: "a flag is named where it is given",
    bad: at(
      "src/core/store/flag.ts",
      "export function open(path: string, create: boolean) {\n  return [path, create];\n}\n",
    ),
    teaches: /options object/,
    good: at(
      "src/core/store/flag-alone.ts",
      "export const pause = (isPaused: boolean) => (path: string, is: boolean) => [isPaused, path, is];\n",
    ),
  },
  {
    rule: "house/disable-reason",
    states: "whoever disables a rule says why",
    bad: at(
      "src/core/jobs/off.ts",
      "// oxlint-disable-next-line typescript/no-explicit-any\nexport const a: any = 1;\n",
    ),
    teaches: /say why/i,
    good: at(
      "src/core/jobs/off-because.ts",
      "// oxlint-disable-next-line typescript/no-explicit-any -- the callers are generated\nexport const a: any = 1;\n",
    ),
  },
];

describe("the house rules", () => {
  const house = openTempHouse();
  let findings: readonly Finding[] = [];

  beforeAll(async () => {
    house.write(
      Object.fromEntries(cases.flatMap(({ bad, good }) => [bad, good]).map(({ file, code }) => [file, code])),
    );
    findings = await house.lint();
  }, 60_000);
  afterAll(() => house[Symbol.dispose]());

  const houseFindingsIn = (file: string) =>
    findings.filter((finding) => finding.file === file && finding.rule.startsWith("house/"));

  for (const { rule, states, bad, good, teaches } of cases) {
    test(`${rule}: ${states}`, () => {
      expect(houseFindingsIn(bad.file)).toEqual([{ file: bad.file, rule, message: expect.stringMatching(teaches) }]);
      expect(houseFindingsIn(good.file)).toEqual([]);
    });
  }

  test("every rule of the plugin has an example here and is switched on", async () => {
    const { default: plugin } = await import(path.join(repositoryRoot, "tools/lint/house.mjs"));
    const configuration = JSON.parse(readFileSync(`${house.root}/.oxlintrc.json`, "utf8"));
    for (const name of Object.keys(plugin.rules)) {
      expect(cases.map(({ rule }) => rule)).toContain(`house/${name}`);
      expect(configuration.rules[`house/${name}`]).toBe("error");
    }
  });
});
