// Runs Vitest and reads what it reports: how many passed, how many failed, what was skipped and why.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { node24 } from "./setup/packages.mjs";
import { root, runAttached } from "./setup/shell.mjs";

const reportFile = path.join(root, "test-results", "vitest.json");
const skipFile = path.join(root, "test-results", "skipped.json");
const vitest = path.join(root, "node_modules", "vitest", "vitest.mjs");

/** Passed and failed tests of a report. A file that does not load counts as one failure: its tests never ran. */
export function countTests(report) {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passedCount: tests.filter(({ status }) => status === "passed").length,
    failedCount: tests.filter(({ status }) => status === "failed").length + broken.length,
  };
}

/** Runs Vitest with the terminal attached: `{ passedCount, failedCount, skipped: [{ file, title, reason? }] }`. */
export async function runVitest(args, env = {}) {
  mkdirSync(path.dirname(reportFile), { recursive: true });
  for (const file of [reportFile, skipFile]) rmSync(file, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const exitCode = await runAttached(
    node24,
    [vitest, "run", ...reporters, `--reporter=${path.join(root, "tools", "skip-reporter.mjs")}`, ...args],
    { ...env, DUBWRIGHT_SKIP_REPORT: skipFile },
  );
  if (!existsSync(reportFile) || !existsSync(skipFile)) return { passedCount: 0, failedCount: 1, skipped: [] };
  const counts = countTests(JSON.parse(readFileSync(reportFile, "utf8")));
  const skipped = JSON.parse(readFileSync(skipFile, "utf8"));
  // An unhandled error outside every test fails the run with all tests passed; it counts.
  const failedCount = exitCode !== 0 ? Math.max(1, counts.failedCount) : counts.failedCount;
  return { ...counts, failedCount, skipped };
}

/** The one line which machines read. */
export function countLine({ passedCount, failedCount, skipped }) {
  const skippedPart = skipped.length > 0 ? `, ${skipped.length} skipped` : "";
  return `${passedCount} passed, ${failedCount} failed${skippedPart}`;
}
