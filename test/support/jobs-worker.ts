// A worker for tests: kinds that count, write, hang, crash and start helpers. Its entry is run by the real pool.
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../../src/core/base/index.ts";
import { serveJobs } from "../../src/core/jobs/index.ts";
import type { JobContext, JsonValue } from "../../src/core/jobs/index.ts";
import { refused } from "../../src/shared/failure/index.ts";

const numberOf = (input: JsonValue): number => (typeof input === "number" ? input : 0);

/** Commits `input` pieces "part-0"…; those that are there already are not made again. Answers their hashes. */
async function writeParts(input: JsonValue, context: JobContext): Promise<JsonValue> {
  const partCount = numberOf(input);
  context.log.info("parts", { workerPid: process.pid });
  for (let part = 0; part < partCount; part += 1) {
    const key = `part-${part}`;
    if (!context.pieces.has(key)) {
      const name = `${key}.txt`;
      await writeFile(join(context.folder, name), `${context.jobId} ${key}\n`.repeat(100));
      await context.commitPiece({ key, fileNames: [name], facts: { part } });
    }
    context.progress(part + 1, partCount, "parts");
  }
  return Array.from({ length: partCount }, (_, part) => context.pieces.get(`part-${part}`)?.files[0]?.sha256 ?? null);
}

/** Starts a helper that would outlive it, tells its process id, and waits until it is stopped. */
async function startHelper(context: JobContext): Promise<JsonValue> {
  const helper = spawn("sleep", ["600"], { stdio: "inherit" });
  context.log.info("helper", { pid: helper.pid, workerPid: process.pid });
  await new Promise((_, reject) => context.signal.addEventListener("abort", () => reject(context.signal.reason)));
  return null;
}

serveJobs(
  {
    "test.pid": () => Promise.resolve(process.pid),
    "test.parts": writeParts,
    "test.random": (_, context) => Promise.resolve(context.random.uint32()),
    "test.helper": (_, context) => startHelper(context),
    "test.refuse": () => Promise.reject(refused("test.no", { message: "No.", hint: "Ask again.", details: { n: 1 } })),
    "test.bug": () => Promise.reject(new TypeError("x is not a function")),
    "test.crash": () => {
      process.stderr.write("about to crash\n");
      process.kill(process.pid, "SIGSEGV");
      return new Promise(() => undefined);
    },
    // As a model's run does: the event loop hears nothing.
    "test.block": (_, context) => {
      context.log.info("blocking", { workerPid: process.pid });
      context.progress(0, 1, "runs");
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 50);
      return new Promise(() => undefined);
    },
    "test.nonsense": () => {
      process.send?.({ type: "done", result: 1n });
      return new Promise(() => undefined);
    },
  },
  systemClock,
);
