// npm run -s dubwright -- SUBJECT VERB: the command line under Node 24, after the packages it needs are there.
import path from "node:path";
import { ensureNode24, ensurePackages, node24 } from "./setup/packages.mjs";
import { callersFolder, compileCache, root, runAttached, runTool } from "./setup/shell.mjs";

await runTool(async () => {
  await ensurePackages();
  ensureNode24();
  const args = [path.join(root, "src", "cli", "main.ts"), ...process.argv.slice(2)];
  return runAttached(node24, args, compileCache, callersFolder());
});
