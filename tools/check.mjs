// npm run check: format, types, lint, layers, unused code and the unit tests. Meant to stay under a minute.
import { ensureNode24, ensurePackages } from "./setup/packages.mjs";
import { runTool, say } from "./setup/shell.mjs";
import { runStaticSteps } from "./steps.mjs";
import { countLine, runVitest } from "./vitest-report.mjs";

await runTool(async () => {
  await ensurePackages();
  ensureNode24();
  const steps = await runStaticSteps();
  const unit = await runVitest(["--project", "unit"]);
  const unsound = steps.filter(({ isSound }) => !isSound).map(({ name }) => name);
  say(`unit tests: ${countLine(unit)}`);
  say(unsound.length === 0 ? "static checks: all sound" : `static checks that failed: ${unsound.join(", ")}`);
  return unsound.length === 0 && unit.failedCount === 0 ? 0 : 1;
});
