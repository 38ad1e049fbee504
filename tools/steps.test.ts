// What `npm run check` says of each step must be what the step found.
import { expect, test } from "vitest";
import { staticSteps, verdicts } from "./steps.mjs";

function verdictOf(exitCode: number, output: string) {
  const lint = staticSteps.find(({ name }) => name === "lint");
  if (lint === undefined) throw new Error("there is no step named lint");
  return Object.fromEntries(verdicts(lint, { exitCode, output }).map(({ name, isSound }) => [name, isSound]));
}

const layerFinding = "src/core/a.ts:1:1: core/a may not import core/b [Error/house(layers)]";
const lintFinding = "src/core/a.ts:2:1: Unexpected any [Error/typescript(no-explicit-any)]";

test("the linter's run answers for lint and for layers", () => {
  expect(verdictOf(0, "")).toEqual({ lint: true, layers: true });
  expect(verdictOf(1, layerFinding)).toEqual({ lint: true, layers: false });
  expect(verdictOf(1, lintFinding)).toEqual({ lint: false, layers: true });
  expect(verdictOf(1, `${layerFinding}\n${lintFinding}`)).toEqual({ lint: false, layers: false });
});

test("a linter that fails without a finding has checked nothing, so nothing is sound", () => {
  expect(verdictOf(1, "Failed to parse configuration file")).toEqual({ lint: false, layers: false });
});

test("any other step is as sound as its exit code says", () => {
  expect(verdicts({ name: "types" }, { exitCode: 2, output: "" })).toEqual([{ name: "types", isSound: false }]);
});
