// What the host hands to the core: everything that would otherwise be reached for.
import type { Clock, Logger, Random } from "../base/index.ts";
import type { FfmpegPlaces } from "../media/index.ts";
import type { ProjectSurroundings } from "../store/index.ts";

export type HostKind = "cli" | "web" | "desktop";

export type CoreTools = {
  readonly host: HostKind;
  /** Of the application, as package.json has it. */
  readonly version: string;
  readonly folders: {
    /** Settings and recent projects; made when it is missing. */
    readonly appData: string;
    /** Where a file dialog begins. */
    readonly home: string;
  };
  readonly ffmpegPlaces: FfmpegPlaces;
  readonly worker: {
    /** A plain Node binary: jobs run in processes of their own. */
    readonly nodePath: string;
    /** The module that calls `serveJobs`: this room's worker.ts, or a test's own. */
    readonly entryPath: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
  };
  /** Where models are fetched from, when it is not where the manifest says. */
  readonly models?: {
    /** Answers for every file in place of its publisher; a setting of the application says it when this doesn't. */
    readonly alternativeBase?: string | undefined;
    /** In place of the list that comes with the application. */
    readonly manifest?: unknown;
  };
  /** "run": queued jobs are worked on while their project is open. "keep": they are queued and kept for another host. */
  readonly jobs: "run" | "keep";
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
};

/** Who holds a project open, as others who try are told. */
const programNames: Readonly<Record<HostKind, string>> = {
  cli: "the command line",
  web: "the editor in the browser",
  desktop: "the editor",
};

/** What core/store is handed. */
export const surroundingsOf = ({ clock, random, logger, host }: CoreTools): ProjectSurroundings => ({
  clock,
  random,
  logger: logger.child("core/store"),
  program: programNames[host],
});
