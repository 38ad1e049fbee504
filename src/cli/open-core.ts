// The core in the command line's own process, asked through the contract like everywhere else.
import { resolve } from "node:path";
import { createClient, linkedTransports, serveContract } from "../shared/contract/index.ts";
import type { Client } from "../shared/contract/index.ts";
import { collectingLogger } from "../core/base/index.ts";
import type { Logger } from "../core/base/index.ts";
import { createCore, systemTools } from "../core/commands/index.ts";
import type { Core, Host } from "../core/commands/index.ts";
import { findProject } from "./find-project.ts";
import type { GlobalOptions } from "./parse-arguments.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export type OwnCore = AsyncDisposable & { readonly core: Core; readonly client: Client; readonly logger: Logger };

type How = Pick<Host, "kind" | "jobs"> & { readonly terminal: Terminal; readonly isVerbose: boolean };

export function openCore({ kind, jobs, terminal, isVerbose }: How): OwnCore {
  const logger = terminalLogger({ terminal, isVerbose });
  const { environment, nodePath } = terminal;
  const core = createCore(systemTools({ kind, jobs, environment, nodePath, logger }));
  const [ours, theirs] = linkedTransports();
  serveContract(theirs, {
    handlers: core.handlers,
    events: core.events,
    onFailure: (name, error) => logger.debug(`${name} failed`, { error }),
  });
  const client = createClient(ours);
  return {
    core,
    client,
    logger,
    [Symbol.asyncDispose]: async () => {
      client.close();
      await core[Symbol.asyncDispose]();
    },
  };
}

function terminalLogger({ terminal, isVerbose }: Pick<How, "terminal" | "isVerbose">): Logger {
  return collectingLogger("core", ({ level, source, message, fields }) => {
    if (!isVerbose && level !== "error") return;
    const details = Object.entries(fields).map(([name, value]) => ` ${name}=${fieldText(value)}`);
    terminal.say(`${level} ${source}: ${message}${details.join("")}\n`);
  });
}

const fieldText = (value: unknown): string =>
  value instanceof Error ? (value.stack ?? value.message) : (JSON.stringify(value) ?? "undefined");

/** Opens the project that a command works on. `isNeeded` makes its lack a mistake of usage. */
export async function openProjectFor(
  { client }: OwnCore,
  { projectFolder }: GlobalOptions,
  place: { readonly workingFolder: string; readonly need: "required" | "optional" },
): Promise<void> {
  const { workingFolder, need } = place;
  const folder = projectFolder === undefined ? await findProject(workingFolder) : resolve(workingFolder, projectFolder);
  if (folder !== undefined) await client.operations["project.open"]({ folder });
  else if (need === "required")
    throw new UsageError(
      `There is no project in ${workingFolder} or above it.`,
      "Name one with --project FOLDER, or make one: dubwright project create NAME.",
    );
}
