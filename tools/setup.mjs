// Set-up of a bare machine: npm packages, Node 24, ffmpeg, native kernels. Runs on Node 20, needs nothing installed, and
// is quick when nothing is to be done. Every other command calls it; `node tools/setup.mjs` runs it alone.
import { fileURLToPath } from "node:url";
import { buildNative } from "./setup/native.mjs";
import { ensureNode24, ensurePackages } from "./setup/packages.mjs";
import { ensureFfmpeg } from "./setup/programs.mjs";
import { runTool, say, SetupError } from "./setup/shell.mjs";

const OLDEST_NODE_MAJOR = 20;

/** What a tool may want to know afterwards: whether the native kernels stand (or this machine has no compiler). */
export async function setUp() {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE_MAJOR) {
    throw new SetupError(`Node ${OLDEST_NODE_MAJOR} or newer is needed to begin; this is ${process.version}.`);
  }
  await ensurePackages();
  ensureNode24();
  await ensureFfmpeg();
  return { isNativeSound: await buildNative() };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runTool(async () => {
    await setUp();
    say("set-up: done. npm start opens the editor, npm test runs the tests.");
    return 0;
  });
}
