// A process that serves the double over its IPC channel, as the core host serves the real core to the desktop shell. It
// serves many tests, each after the word "anew".
import { silentLogger } from "../../src/core/base/index.ts";
import { ipcEndOf, serveOverIpc } from "../../src/core/commands/index.ts";
import { createCoreDouble } from "./core-double.ts";

const core = createCoreDouble();
const end = ipcEndOf(process);
const onMessage: typeof end.onMessage = (listener) =>
  end.onMessage((message) => (message === "anew" ? core.forget() : listener(message)));

await serveOverIpc({ ...end, onMessage }, core, silentLogger);
process.exit(0);
