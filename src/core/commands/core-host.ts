// Entry of the core host: the plain Node process in which the desktop shell runs its core. It ends with its parent.
import { collectingLogger, logLine, systemClock } from "../base/index.ts";
import { createCore } from "./create-core.ts";
import { ipcEndOf } from "./host-protocol.ts";
import { serveOverIpc } from "./host-server.ts";
import { systemTools } from "./system-tools.ts";

// The shell keeps what is written here as its log, one JSON object a line.
const logger = collectingLogger("core", (entry) => void process.stderr.write(logLine(entry, systemClock.nowMs())));
const core = createCore(
  systemTools({ kind: "desktop", environment: process.env, logger, nodePath: process.execPath, jobs: "run" }),
);

await serveOverIpc(ipcEndOf(process), core, logger);
await core[Symbol.asyncDispose]();
process.exit(0);
