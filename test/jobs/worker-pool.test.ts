// Rules of workers, with real processes: warm, one job each, stopped, killed, replaced, never orphaned.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isAlive } from "../support/is-alive.ts";
import { silentLogger, systemClock } from "../../src/core/base/index.ts";
import { createWorkerPool } from "../../src/core/jobs/index.ts";
import type { JobRunner, JsonValue, StoredPiece, WorkerPoolOptions } from "../../src/core/jobs/index.ts";

const entryPath = fileURLToPath(new URL("../support/jobs-worker.ts", import.meta.url));

/** Processes take their time on a busy machine. */
const soon = <Value>(read: () => Value) => expect.poll(read, { timeout: 30_000 });

let folder = "";
let pool: JobRunner;
let runCount = 0;

const openPool = (options: Partial<WorkerPoolOptions> = {}) =>
  createWorkerPool({
    command: { nodePath: process.execPath, entryPath, environment: process.env },
    clock: systemClock,
    logger: silentLogger,
    times: { stopGraceMs: 300, endGraceMs: 300 },
    ...options,
  });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-pool-"));
  pool = openPool();
});
afterEach(async () => {
  await pool[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a job and remembers all that its run says. */
function start(kind: string, order: { input?: JsonValue; resourceClass?: string; pieces?: StoredPiece[] } = {}) {
  runCount += 1;
  const said: string[] = [];
  const pieces: StoredPiece[] = [];
  const run = pool.start(
    {
      runId: `run-${runCount}`,
      jobId: "job-1",
      kind,
      input: order.input ?? null,
      resourceClass: order.resourceClass ?? "cpu",
      attempt: 1,
      fenceToken: runCount,
      tempFolder: join(folder, "tmp"),
      contentFolder: join(folder, "content"),
      pieces: order.pieces ?? [],
    },
    {
      onProgress: (progress) => said.push(`${progress.done}/${progress.total} ${progress.unit}`),
      onLog: (_, message) => said.push(message),
      onPiece: (piece) => void pieces.push(piece),
    },
  );
  return { ...run, said, pieces };
}

const pidsIn = (line: string): readonly number[] => [...line.matchAll(/"\w*[pP]id":(\d+)/g)].map((m) => Number(m[1]));

describe("a worker", () => {
  test("stays warm for the next job of its class, and only of its class", async () => {
    const first = await start("test.pid").ended;
    const second = await start("test.pid").ended;
    const other = await start("test.pid", { resourceClass: "gpu" }).ended;
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test("does one job at a time", async () => {
    const [left, right] = await Promise.all([start("test.pid").ended, start("test.pid").ended]);
    expect(left).toMatchObject({ type: "done" });
    expect(left).not.toEqual(right);
  });

  test("draws the same random numbers in every attempt at a job", async () => {
    expect(await start("test.random").ended).toEqual(await start("test.random").ended);
  });

  test("commits pieces, keeps those it is given and reports progress", async () => {
    const first = start("test.parts", { input: 3 });
    expect(await first.ended).toMatchObject({ type: "done" });
    expect(first.pieces.map((piece) => piece.key)).toEqual(["part-0", "part-1", "part-2"]);
    const file = first.pieces[2]?.files[0];
    const stored = await readFile(
      join(folder, "content", file?.sha256.slice(0, 2) ?? "", `${file?.sha256}.txt`),
      "utf8",
    );
    expect(stored).toContain("job-1 part-2");
    const second = start("test.parts", { input: 4, pieces: first.pieces });
    expect(await second.ended).toMatchObject({ type: "done" });
    expect(second.pieces.map((piece) => piece.key)).toEqual(["part-3"]);
    expect(second.said.at(-1)).toBe("4/4 parts");
  });

  test("adopts what an earlier attempt had stored but nobody had committed", async () => {
    const first = start("test.parts", { input: 2 });
    await first.ended;
    const second = start("test.parts", { input: 2 });
    expect(await second.ended).toEqual(await first.ended);
    expect(second.said.filter((line) => line.startsWith("Adopted"))).toHaveLength(2);
  });
});

describe("failures", () => {
  test("cross as they were thrown, with code, hint and details", async () => {
    expect(await start("test.refuse").ended).toMatchObject({
      type: "failed",
      error: { kind: "refused", code: "test.no", hint: "Ask again.", details: { n: 1 } },
    });
    expect(await start("test.bug").ended).toMatchObject({
      error: { code: "internal", message: "x is not a function" },
    });
    expect(await start("test.unheard").ended).toMatchObject({ error: { code: "jobs.unknown-kind" } });
  });

  test("of the process are told with its signal and last words, and the next job gets a new one", async () => {
    expect(await start("test.crash").ended).toMatchObject({
      type: "failed",
      error: {
        kind: "failed",
        code: "jobs.worker-died",
        details: { signal: "SIGSEGV", stderr: expect.stringContaining("about to crash") },
      },
    });
    expect(await start("test.pid").ended).toMatchObject({ type: "done" });
  });

  test("to start are told with their cause", async () => {
    const command = { nodePath: join(folder, "no-node"), entryPath, environment: {} };
    await using broken = openPool({ command });
    const order = { runId: "r", jobId: "j", kind: "k", resourceClass: "cpu", input: null, attempt: 1, fenceToken: 1 };
    const ears = { onProgress: () => undefined, onLog: () => undefined, onPiece: () => undefined };
    const run = broken.start({ ...order, tempFolder: folder, contentFolder: folder, pieces: [] }, ears);
    expect(await run.ended).toMatchObject({
      error: { code: "jobs.no-worker", message: expect.stringContaining("ENOENT") },
    });
  });

  test("to speak properly end the worker", async () => {
    expect(await start("test.nonsense").ended).toMatchObject({ error: { code: "jobs.worker-nonsense" } });
  });
});

describe("stopping", () => {
  test("lets a job that listens end by itself, its worker staying warm", async () => {
    const before = await start("test.pid").ended;
    const run = start("test.helper");
    await soon(() => run.said).toHaveLength(1);
    run.stop("lunch");
    expect(await run.ended).toMatchObject({
      error: { code: "jobs.stopped", message: expect.stringContaining("lunch") },
    });
    expect(await start("test.pid").ended).toEqual(before);
  });

  test("kills a job that is deaf in native code", async () => {
    const run = start("test.block");
    await soon(() => run.said.length).toBeGreaterThan(0);
    const [pid = 0] = pidsIn(run.said[0] ?? "");
    run.stop("enough");
    expect(await run.ended).toMatchObject({ error: { code: "jobs.worker-died", details: { signal: "SIGTERM" } } });
    expect(isAlive(pid)).toBe(false);
  });

  test("before the worker is up needs no kill", async () => {
    const run = start("test.pid");
    run.stop("at once");
    expect(await run.ended).toMatchObject({ error: { code: "jobs.stopped" } });
    expect(await start("test.pid").ended).toMatchObject({ type: "done" });
  });
});

describe("nothing outlives", () => {
  test("the pool: its workers end with all they have started", async () => {
    const run = start("test.helper");
    await soon(() => run.said).toHaveLength(1);
    const pids = pidsIn(run.said[0] ?? "");
    expect(pids.map(isAlive)).toEqual([true, true]);
    await pool[Symbol.asyncDispose]();
    expect(await run.ended).toMatchObject({ type: "failed" });
    await soon(() => pids.map(isAlive)).toEqual([false, false]);
  });

  test("a worker that is killed: its helpers die with it", async () => {
    const run = start("test.helper");
    await soon(() => run.said).toHaveLength(1);
    const [helperPid = 0, workerPid = 0] = pidsIn(run.said[0] ?? "");
    process.kill(workerPid, "SIGKILL");
    expect(await run.ended).toMatchObject({ error: { details: { signal: "SIGKILL" } } });
    await soon(() => isAlive(helperPid)).toBe(false);
  });

  test("a host that is killed: workers notice and take their helpers along", async () => {
    const hostPath = fileURLToPath(new URL("../support/jobs-orphan-host.ts", import.meta.url));
    const host = spawn(process.execPath, [hostPath, entryPath, folder], { stdio: ["ignore", "pipe", "inherit"] });
    const line = await new Promise<string>((resolve) => host.stdout.once("data", (data) => resolve(String(data))));
    const pids = pidsIn(line);
    expect(pids.map(isAlive)).toEqual([true, true]);
    host.kill("SIGKILL");
    await soon(() => pids.map(isAlive)).toEqual([false, false]);
  });

  test("its idle time", async () => {
    await pool[Symbol.asyncDispose]();
    pool = openPool({ times: { keepIdleMs: 20, endGraceMs: 300 } });
    const first = await start("test.pid").ended;
    const pid = first.type === "done" && typeof first.result === "number" ? first.result : 0;
    await soon(() => isAlive(pid)).toBe(false);
    expect(await start("test.pid").ended).not.toEqual(first);
  });
});
