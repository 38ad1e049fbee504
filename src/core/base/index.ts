// The door of core/base: what every room of the core is handed instead of reaching for globals.
export { systemClock } from "./clock.ts";
export type { Clock } from "./clock.ts";
export {
  diskFailure,
  fsyncFile,
  fsyncFolder,
  isMissingFile,
  makeFolderDurably,
  renameDurably,
  sha256OfFile,
  writeFileDurably,
} from "./durable-files.ts";
export { killPoint } from "./kill-points.ts";
export { logLine } from "./log-line.ts";
export { collectingLogger, silentLogger } from "./logger.ts";
export type { LogEntry, Logger, LogLevel } from "./logger.ts";
export { randomFrom, systemRandom } from "./random.ts";
export type { Random } from "./random.ts";
export type { Progress } from "./progress.ts";
