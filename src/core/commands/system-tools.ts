// What every host hands to its core on this machine: folders by the system's custom, ffmpeg, Node for the workers.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import packageFacts from "../../../package.json" with { type: "json" };
import { systemClock, systemRandom } from "../base/index.ts";
import type { Logger } from "../base/index.ts";
import type { CoreTools, HostKind } from "./core-tools.ts";
import { ffmpegPlacesOf } from "./ffmpeg-finder.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export type Host = {
  readonly kind: HostKind;
  readonly environment: Environment;
  readonly logger: Logger;
  /** A plain Node binary for workers; this process's own when it is one. */
  readonly nodePath: string;
  /** Whether queued jobs are worked on, or only kept. */
  readonly jobs: CoreTools["jobs"];
};

export function systemTools({ kind, environment, logger, nodePath, jobs }: Host): CoreTools {
  return {
    host: kind,
    version: applicationVersion,
    folders: { appData: appDataFolder(process.platform, environment), home: homedir() },
    ffmpegPlaces: ffmpegPlacesOf(environment, delimiter),
    worker: { nodePath, entryPath: workerEntryPath, environment },
    models: {
      alternativeBase: environment["DUBWRIGHT_MODELS_URL"] || undefined,
      manifest: listAt(environment["DUBWRIGHT_MODELS_LIST"]),
    },
    jobs,
    clock: systemClock,
    random: systemRandom,
    logger,
  };
}

/** A studio may offer a list of models of its own; it is checked like ours. */
const listAt = (path: string | undefined): unknown =>
  path === undefined || path === "" ? undefined : JSON.parse(readFileSync(path, "utf8"));

/** `DUBWRIGHT_APP_DATA`, or where the system keeps such things. */
export function appDataFolder(platform: NodeJS.Platform, environment: Environment): string {
  const home = homedir();
  const chosen = environment["DUBWRIGHT_APP_DATA"];
  if (chosen !== undefined && chosen !== "") return chosen;
  if (platform === "win32") return join(environment["APPDATA"] ?? join(home, "AppData", "Roaming"), "Dubwright");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Dubwright");
  return join(environment["XDG_CONFIG_HOME"] || join(home, ".config"), "dubwright");
}

export const applicationVersion: string = packageFacts.version;

/** Beside this module, which is TypeScript here and one bundle with others in a packaged application. */
const workerEntryPath = fileURLToPath(new URL(`worker${extname(import.meta.url)}`, import.meta.url));
