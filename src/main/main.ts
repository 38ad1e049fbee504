// Entry of the desktop application: finds the parts beside it, in the package or in the checkout, and starts the shell.
import * as electron from "electron";
import { appendFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { collectingLogger, logLine, systemClock } from "../core/base/index.ts";
import { startCoreProcess } from "./core-process.ts";
import { trimLog } from "./log-file.ts";
import { placesOf } from "./places.ts";
import { startShell } from "./shell.ts";

const { app } = electron;
const places = placesOf({
  isPackaged: app.isPackaged,
  resourcesPath: process.resourcesPath,
  builtMainFolder: import.meta.dirname,
  platform: process.platform,
  arch: process.arch,
});

const logFolder = app.getPath("logs");
mkdirSync(logFolder, { recursive: true });
const mainLog = path.join(logFolder, "main.log");
trimLog(mainLog);
const logger = collectingLogger("main", (entry) => appendFileSync(mainLog, logLine(entry, systemClock.nowMs())));

await startShell(electron, {
  rendererFolder: places.rendererFolder,
  preloadPath: places.preloadPath,
  platform: process.platform,
  startCore: () =>
    startCoreProcess({
      ...places,
      appDataFolder: app.getPath("userData"),
      logPath: path.join(logFolder, "core.log"),
      clock: systemClock,
      logger,
    }),
  logger,
});
