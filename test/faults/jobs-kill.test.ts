// Jobs under kill -9: of the host and of workers, at every step that has a name and at random moments.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { contentPath } from "../../src/core/jobs/index.ts";
import type { Job, JobStore } from "../../src/core/jobs/index.ts";
import { openProject } from "../../src/core/store/index.ts";
import { faultReport } from "../support/fault-report.ts";
import type { FaultReport } from "../support/fault-report.ts";
import { isAlive } from "../support/is-alive.ts";

const hostPath = fileURLToPath(new URL("../support/jobs-fault-host.ts", import.meta.url));
const entryPath = fileURLToPath(new URL("../support/jobs-worker.ts", import.meta.url));
const randomRounds = Number(process.env["DUBWRIGHT_FAULT_ROUNDS"] ?? 14);
const jobsPerRound = 2;
const partsPerJob = 5;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-faults-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type HostEnd = { readonly lines: readonly string[] };
type Hands = {
  readonly killHost: () => void;
  readonly workerPids: () => readonly number[];
  readonly ended: () => boolean;
};

/** Runs a host for one round until it ends; `during` may do it harm. */
function runHost(
  round: number,
  environment: Record<string, string>,
  during: (hands: Hands) => Promise<void>,
): Promise<HostEnd> {
  const args = [hostPath, folder, entryPath, String(round), String(jobsPerRound), String(partsPerJob)];
  const host = spawn(process.execPath, args, { env: { ...process.env, ...environment } });
  let output = "";
  host.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  host.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const workerPids = () => [...output.matchAll(/"workerPid":(\d+)/g)].map((match) => Number(match[1]));
  const ended = () => host.exitCode !== null || host.signalCode !== null;
  const harm = during({ killHost: () => host.kill("SIGKILL"), workerPids, ended });
  return new Promise((resolve) => {
    host.on("close", () => void harm.then(() => resolve({ lines: output.split("\n") })));
  });
}

const wait = (delayMs: number) => systemClock.sleep(delayMs);
const nothing = () => Promise.resolve();

/** Every named step that a host and its workers pass, learnt from a run without faults. */
async function learnSteps(): Promise<readonly string[]> {
  const tracePath = join(folder, "trace.txt");
  const end = await runHost(0, { DUBWRIGHT_KILL_TRACE: tracePath }, nothing);
  expect(end.lines).toContain("all done");
  return [...new Set(readFileSync(tracePath, "utf8").trim().split("\n"))].toSorted();
}

function partHash(jobId: string, part: number): string {
  return createHash("sha256").update(`${jobId} part-${part}\n`.repeat(100)).digest("hex");
}

function checkJob(report: FaultReport, store: JobStore, job: Job, contentFolder: string): void {
  const hashes = Array.from({ length: partsPerJob }, (_, part) => partHash(job.jobId, part));
  report.check(job.state === "done", `${job.jobId} is done, found ${job.state}: ${job.reason}`);
  report.check(JSON.stringify(job.result) === JSON.stringify(hashes), `${job.jobId} has its result`);
  const notes = store.readLog(job.jobId, 10_000).filter((line) => line.message.startsWith("recorded"));
  const expected = ["recorded done", ...hashes.map((_, part) => `recorded piece part-${part}`)];
  const found = notes.map((line) => line.message).toSorted();
  report.check(
    JSON.stringify(found) === JSON.stringify(expected),
    `${job.jobId} is recorded once, found ${found.join()}`,
  );
  for (const [part, sha256] of hashes.entries()) {
    const path = contentPath(contentFolder, { name: "x.txt", sha256 });
    const isWhole = existsSync(path) && createHash("sha256").update(readFileSync(path)).digest("hex") === sha256;
    report.check(isWhole, `part ${part} of ${job.jobId} is whole on the disk`);
  }
}

test("kill -9 of hosts and workers at every step and at random: every job is done exactly once", async () => {
  const report = faultReport("jobs under kill -9");
  const random = randomFrom(20_261_120);
  const acknowledged = new Set<string>();
  const seenPids = new Set<number>();
  const keep = ({ lines }: HostEnd) => {
    for (const line of lines) if (line.startsWith("ack ")) acknowledged.add(line.slice(4));
  };
  let round = 0;

  for (const step of await learnSteps()) {
    // Ours at a later pass too; those of the rooms below have their own tests.
    for (const count of step.startsWith("jobs.") ? [1, 3] : [1]) {
      round += 1;
      const markPath = join(folder, `mark-${round}`);
      const fault = { DUBWRIGHT_KILL_AT: `${step}:${count}`, DUBWRIGHT_KILL_MARK: markPath };
      keep(await runHost(round, fault, nothing));
      report.round(existsSync(markPath) ? step : undefined);
    }
  }
  for (let index = 0; index < randomRounds; index += 1) {
    round += 1;
    const isHostsTurn = index % 2 === 0;
    // Counted from a worker's first word, when there is something to harm.
    const delayMs = random.uniform() * 120;
    let fault: string | undefined;
    const end = await runHost(round, {}, async ({ killHost, workerPids, ended }) => {
      while (workerPids().length === 0 && !ended()) await wait(5);
      await wait(delayMs);
      const pid = workerPids().findLast(isAlive);
      if (ended() || pid === undefined) return;
      fault = isHostsTurn ? "host at random" : "worker at random";
      if (isHostsTurn) killHost();
      else process.kill(pid, "SIGKILL");
    });
    keep(end);
    report.round(fault);
    for (const match of end.lines.join("\n").matchAll(/"workerPid":(\d+)/g)) seenPids.add(Number(match[1]));
  }

  const last = await runHost(round + 1, {}, nothing);
  keep(last);
  report.check(last.lines.includes("all done"), `a host without faults finishes everything: ${last.lines.join("\n")}`);
  const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a fault test" };
  using project = await openProject({ folder: join(folder, "Fault.dubwright"), ...surroundings });
  const jobs = project.jobs.list({});
  for (const jobId of acknowledged) report.check(project.jobs.get(jobId) !== undefined, `${jobId} was acknowledged`);
  for (const job of jobs) checkJob(report, project.jobs, job, project.paths.takes);
  const temporary = join(project.paths.cache, "tmp");
  report.check(!existsSync(temporary) || readdirSync(temporary).length === 0, "no temp folder is left");
  await expect.poll(() => [...seenPids].filter(isAlive), { timeout: 10_000 }).toEqual([]);
  report.finish();
}, 900_000);
