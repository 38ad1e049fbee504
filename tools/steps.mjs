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

function report({ name, also }, { exitCode, output }, time) {
  const results = [{ name, isSound: exitCode === 0, time }];
  if (also !== undefined) {
    const lines = output.split("\n").filter((line) => /\[(?:Error|Warning)\//.test(line));
    const isLayers = (line) => also.found.test(line);
    // A linter that fails without findings (a torn configuration) has checked neither.
    const hasBroken = exitCode !== 0 && lines.length === 0;
    results[0].isSound = exitCode === 0 || (!hasBroken && lines.every(isLayers));
    results.push({ name: also.name, isSound: !hasBroken && !lines.some(isLayers), time });
  }
  for (const { name: title, isSound } of results) say(`${isSound ? "ok    " : "FAILED"}  ${title.padEnd(8)} ${time}`);
  if (exitCode !== 0) say(output.trimEnd().replaceAll(/^/gm, "        "));
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
