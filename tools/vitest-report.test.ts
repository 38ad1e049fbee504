// What the last line of npm test says.
import { expect, test } from "vitest";
import { countLine, countTests } from "./vitest-report.mjs";

const fileOf = (status: string, ...statuses: readonly string[]) => ({
  status,
  assertionResults: statuses.map((state) => ({ status: state })),
});

test("passed and failed tests of all files are summed; skipped ones are neither", () => {
  const testResults = [fileOf("passed", "passed", "skipped"), fileOf("failed", "passed", "failed", "failed")];
  expect(countTests({ testResults })).toEqual({ passedCount: 2, failedCount: 2 });
});

test("a file that does not load counts as one failure, because its tests never ran", () => {
  const testResults = [fileOf("failed"), fileOf("failed", "passed")];
  expect(countTests({ testResults })).toEqual({ passedCount: 1, failedCount: 2 });
});

test("the count line names skipped tests only when there are any", () => {
  const skip = { file: "a.test.ts", title: "a" };
  expect(countLine({ passedCount: 3, failedCount: 0, skipped: [] })).toBe("3 passed, 0 failed");
  expect(countLine({ passedCount: 3, failedCount: 1, skipped: [skip] })).toBe("3 passed, 1 failed, 1 skipped");
});
