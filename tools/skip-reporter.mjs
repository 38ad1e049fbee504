// A Vitest reporter that writes down each skipped test with its reason, which the JSON report leaves out.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

export default class SkipReporter {
  onTestRunEnd(testModules) {
    const skipped = [];
    for (const testModule of testModules) {
      for (const testCase of testModule.children.allTests("skipped")) {
        const { note } = testCase.result();
        skipped.push({ file: testModule.relativeModuleId, title: testCase.fullName, ...(note && { reason: note }) });
      }
    }
    const file = process.env.DUBWRIGHT_SKIP_REPORT;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(skipped, undefined, 2));
  }
}
