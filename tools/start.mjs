// npm start: sets up what is missing and opens the editor in its window; where there can be none, in the browser.
// `npm start -- --web` goes to the browser at once. Everything else is handed to the host.
import path from "node:path";
import { build } from "./build.mjs";
import { ensureElectron } from "./setup/electron.mjs";
import { node24 } from "./setup/packages.mjs";
import { callersFolder, compileCache, root, runAttached, runTool, say } from "./setup/shell.mjs";
import { setUp } from "./setup.mjs";

/** What a program exits with when the system cannot load it: a shared library is missing. */
const CANNOT_LOAD = 127;

await runTool(async () => {
  const args = process.argv.slice(2).filter((arg) => arg !== "--web");
  const wantsBrowser = args.length < process.argv.length - 2;
  await setUp();
  await build(["page"]);

  const electron = wantsBrowser ? { reason: "--web asks for the browser" } : await ensureElectron();
  if (electron.binary !== undefined) {
    await build(["main", "preload"]);
    const exitCode = await runAttached(electron.binary, [root, ...args], compileCache);
    if (exitCode !== CANNOT_LOAD) return exitCode;
    electron.reason = "Electron could not load a library of this system (above)";
  }
  say(`The editor opens in the browser, because ${electron.reason}.`);
  const serving = [path.join(root, "src", "cli", "main.ts"), "serve", "--open", ...args];
  return runAttached(node24, serving, compileCache, callersFolder());
});
