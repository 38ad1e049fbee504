// npm run -s dubwright -- SUBJECT VERB: the command line under Node 24, after the packages it needs are there.
import path from "node:path";
import { ensureNode24, ensurePackages, node24 } from "./setup/packages.mjs";
import { root, runAttached, runTool } from "./setup/shell.mjs";

await runTool(async () => {
  await ensurePackages();
  ensureNode24();
  return runAttached(node24, [path.join(root, "src", "cli", "main.ts"), ...process.argv.slice(2)]);
});
