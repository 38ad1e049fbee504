// A process that serves the double over its IPC channel, as the core host serves the real core to the desktop shell.
import { silentLogger } from "../../src/core/base/index.ts";
import { ipcEndOf, serveOverIpc } from "../../src/core/commands/index.ts";
import { createCoreDouble } from "./core-double.ts";

await serveOverIpc(ipcEndOf(process), createCoreDouble(), silentLogger);
process.exit(0);
