// A shell that starts the core host and lives until it is killed. Prints the host's process id and one answer of it.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createClient } from "../../src/shared/contract/index.ts";
import { ipcEndOf, linkToHost } from "../../src/core/commands/index.ts";

const entry = fileURLToPath(new URL("../../src/core/commands/core-host.ts", import.meta.url));
const child = fork(entry, [], { execArgv: [] });
const link = linkToHost(ipcEndOf(child));
await link.whenReady();
const info = await createClient(link.connect()).operations["app.info"]({});
process.stdout.write(`${JSON.stringify({ hostPid: child.pid, info })}\n`);
// An open channel keeps this process alive.
