// A host for tests that starts one helper job in a worker, prints what it logs, and waits to be killed.
import { join } from "node:path";
import { silentLogger, systemClock } from "../../src/core/base/index.ts";
import { createWorkerPool } from "../../src/core/jobs/index.ts";

const [entryPath = "", folder = ""] = process.argv.slice(2);
const pool = createWorkerPool({
  command: { nodePath: process.execPath, entryPath, environment: process.env },
  clock: systemClock,
  logger: silentLogger,
});
const order = { runId: "r", jobId: "j", kind: "test.helper", resourceClass: "cpu", input: null, attempt: 1 };
pool.start(
  { ...order, fenceToken: 1, tempFolder: join(folder, "tmp"), contentFolder: join(folder, "content"), pieces: [] },
  {
    onProgress: () => undefined,
    onLog: (_, message) => process.stdout.write(`${message}\n`),
    onPiece: () => undefined,
  },
);
