// The core host as the desktop shell starts it, with a worker whose imports are quick. argv: folder for application data,
// worker entry.
import { delimiter } from "node:path";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createCore, ipcEndOf, serveOverIpc } from "../../src/core/commands/index.ts";

const [appData = "", entryPath = ""] = process.argv.slice(2);
const core = createCore({
  host: "desktop",
  version: "0.0.0",
  folders: { appData, home: appData },
  ffmpegPlaces: { searchPath: (process.env["PATH"] ?? "").split(delimiter) },
  worker: {
    nodePath: process.execPath,
    entryPath,
    environment: process.env,
  },
  jobs: "run",
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
});

await serveOverIpc(ipcEndOf(process), core, silentLogger);
await core[Symbol.asyncDispose]();
process.exit(0);
