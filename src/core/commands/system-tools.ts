// What every host hands to its core on this machine: folders by the system's custom, ffmpeg, Node for the workers.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
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
    version: applicationVersion(),
    folders: { appData: appDataFolder(process.platform, environment), home: homedir() },
    ffmpegPlaces: ffmpegPlacesOf(environment, delimiter),
    worker: { nodePath, entryPath: fileURLToPath(new URL("worker.ts", import.meta.url)), environment },
    jobs,
    clock: systemClock,
    random: systemRandom,
    logger,
  };
}

/** `DUBWRIGHT_APP_DATA`, or where the system keeps such things. */
export function appDataFolder(platform: NodeJS.Platform, environment: Environment): string {
  const home = homedir();
  const chosen = environment["DUBWRIGHT_APP_DATA"];
  if (chosen !== undefined && chosen !== "") return chosen;
  if (platform === "win32") return join(environment["APPDATA"] ?? join(home, "AppData", "Roaming"), "Dubwright");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Dubwright");
  return join(environment["XDG_CONFIG_HOME"] || join(home, ".config"), "dubwright");
}

export function applicationVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
