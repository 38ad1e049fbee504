// The static checks of the house, as a table: `npm run check` and `npm test` run the same ones.
import { performance } from "node:perf_hooks";
import { runQuietly, say } from "./setup/shell.mjs";

/** The rules of oxlint that hold the shelves; the report shows them as a wall of their own. */
const LAYER_RULES = /house\((?:layers|owners|doors)\)|import\(no-cycle\)/;

/** In pairs that keep two cores busy. `lint` answers for the layers, too: one run, two lines in the report. */
export const staticSteps = [
  { name: "types", command: "tsc", args: ["-b", "--pretty", "false"] },
  { name: "lint", command: "oxlint", args: ["--format", "unix"], also: { name: "layers", found: LAYER_RULES } },
  { name: "format", command: "oxfmt", args: ["--check", "."] },
  { name: "unused", command: "knip", args: ["--no-progress", "--no-config-hints"] },
];

const seconds = (startedMs) => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;

/**
 * What a step's end says: one verdict, or two where the linter answers for the layers as well.
 * @param {{ name: string, also?: { name: string, found: RegExp } }} step
 * @param {{ exitCode: number, output: string }} ended
 */
export function verdicts({ name, also }, { exitCode, output }) {
  if (also === undefined) return [{ name, isSound: exitCode === 0 }];
  const findings = output.split("\n").filter((line) => /\[(?:Error|Warning)\//.test(line));
  // A linter that fails without a finding (a torn configuration) has checked neither.
  const isBroken = exitCode !== 0 && findings.length === 0;
  const isOfLayers = (line) => also.found.test(line);
  return [
    { name, isSound: !isBroken && findings.every(isOfLayers) },
    { name: also.name, isSound: !isBroken && !findings.some(isOfLayers) },
  ];
}

function report(step, ended, time) {
  const results = verdicts(step, ended);
  for (const { name, isSound } of results) say(`${isSound ? "ok    " : "FAILED"}  ${name.padEnd(8)} ${time}`);
  if (ended.exitCode !== 0) say(ended.output.trimEnd().replaceAll(/^/gm, "        "));
  return results;
}

/** Runs the static checks, two at a time; returns `{ name, isSound }` of each. */
export async function runStaticSteps() {
  const waiting = [...staticSteps];
  const results = [];
  const worker = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const startedMs = performance.now();
      const ended = await runQuietly(step.command, step.args);
      results.push(...report(step, ended, seconds(startedMs)));
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}
