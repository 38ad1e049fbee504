// `dubwright serve`: the editor for browsers of this machine, until Ctrl-C.
import { createInterface } from "node:readline";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { systemRandom } from "../core/base/index.ts";
import { startWebServer } from "../web/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { findProject } from "./find-project.ts";
import { openCore, openProjectFor } from "./open-core.ts";
import type { GlobalOptions } from "./parse-arguments.ts";
import { keptSessionSecret } from "./session-secret.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const rendererFolder = fileURLToPath(new URL("../../dist/renderer/", import.meta.url));

type Serve = GlobalOptions & { readonly port: string | undefined; readonly mayOpen: boolean };

export async function serve(terminal: Terminal, asked: Serve): Promise<number> {
  const port = portOf(asked.port);
  await using own = openCore({ kind: "web", jobs: "run", terminal, isVerbose: asked.isVerbose });
  const { workingFolder } = terminal;
  // A project that is near is opened at once; without one the page begins with the choice.
  if (asked.projectFolder !== undefined || (await findProject(workingFolder)) !== undefined)
    await openProjectFor(own, asked, { workingFolder, need: "required" });
  await using server = await startWebServer({
    core: own.core,
    port,
    rendererFolder,
    logger: own.logger.child("web"),
    random: systemRandom,
    // At a port of one's own choice the page that is open finds a server that was started anew.
    sessionSecret: port === 0 ? undefined : await keptSessionSecret(terminal.environment),
  });
  const announce = () => {
    const url = server.newStartUrl();
    terminal.print(asked.isJson ? JSON.stringify({ url, port: server.port }) : `The editor is at ${url}`);
    return url;
  };
  const url = announce();
  if (!asked.isJson) terminal.say("The address works in one browser. Enter: a new address. Ctrl-C: stop.\n");
  if (asked.mayOpen) terminal.openBrowser(url);
  using listening = new DisposableStack();
  listening.use(onEnter(terminal, announce));
  if (!terminal.interrupted.aborted) await once(terminal.interrupted, "abort");
  terminal.say("Closing …\n");
  return exitCodes.done;
}

function onEnter(terminal: Terminal, act: () => void): Disposable {
  if (!terminal.input.isTTY) return { [Symbol.dispose]: () => undefined };
  const lines = createInterface({ input: terminal.input });
  lines.on("line", act);
  return { [Symbol.dispose]: () => lines.close() };
}

function portOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new UsageError(`--port is a number up to 65535; found "${text}".`);
  return port;
}
