// npm test: sets up what is missing, then the static checks and every test. Its last line is `N passed, N failed`.
import { ensureChromium } from "./setup/programs.mjs";
import { runTool, say } from "./setup/shell.mjs";
import { setUp } from "./setup.mjs";
import { runStaticSteps } from "./steps.mjs";
import { countLine, runVitest } from "./vitest-report.mjs";

await runTool(async () => {
  const { isNativeSound } = await setUp();
  const chromium = await ensureChromium();
  const steps = [...(await runStaticSteps()), { name: "native build", isSound: isNativeSound }];
  const tests = await runVitest(process.argv.slice(2), chromium === undefined ? {} : { DUBWRIGHT_CHROMIUM: chromium });

  if (tests.skipped.length > 0) say("\nSkipped, so not checked on this machine:");
  for (const { file, title, reason } of tests.skipped) say(`  ${file}: ${title}: ${reason ?? "no reason given"}`);
  const unsound = steps.filter(({ isSound }) => !isSound).map(({ name }) => name);
  if (unsound.length > 0) say(`\nStatic checks that failed, each counted as one below: ${unsound.join(", ")}`);
  const total = {
    passedCount: tests.passedCount + steps.length - unsound.length,
    failedCount: tests.failedCount + unsound.length,
    skipped: tests.skipped,
  };
  say(`\n${countLine(total)}`);
  return total.failedCount === 0 && tests.passedCount > 0 ? 0 : 1;
});
