// Rounds of a small host with the real store, queue and workers, harmed on the way, and what must hold after them.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { contentPath } from "../../src/core/jobs/index.ts";
import type { Job, JobStore } from "../../src/core/jobs/index.ts";
import { openProject } from "../../src/core/store/index.ts";
import type { FaultReport } from "./fault-report.ts";

const jobsPerRound = 2;
const partsPerJob = 5;

export type HostEnd = { readonly lines: readonly string[] };

/** What the test may do to a host while it works. */
export type Hands = {
  readonly killHost: () => void;
  /** Workers that have begun a job, in that order; some may be dead. */
  readonly workerPids: () => readonly number[];
  readonly ended: () => boolean;
};

/** What a round starts, built once for all of them. */
export const faultPrograms = ["jobs-fault-host", "jobs-worker"] as const;

export type Round = {
  readonly folder: string;
  readonly program: (name: (typeof faultPrograms)[number]) => string;
  readonly round: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** A command to run the host under, such as fiu-run. */
  readonly under?: readonly string[];
  readonly during?: (hands: Hands) => Promise<void>;
};

export const workerPidsIn = (text: string): readonly number[] =>
  [...text.matchAll(/"workerPid":(\d+)/g)].map((match) => Number(match[1]));

/** Runs one host until it ends: it queues this round's jobs and works until none is left, unless it is stopped. */
export async function runRound({ folder, program, round, environment, under = [], during }: Round): Promise<HostEnd> {
  const settings = [folder, program("jobs-worker"), String(round), String(jobsPerRound), String(partsPerJob)];
  const [command = process.execPath, ...args] = [...under, process.execPath, program("jobs-fault-host"), ...settings];
  const host = spawn(command, args, { env: { ...process.env, ...environment } });
  const closed = new Promise((resolve) => host.on("close", resolve));
  let output = "";
  host.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  host.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  await during?.({
    killHost: () => host.kill("SIGKILL"),
    workerPids: () => workerPidsIn(output),
    ended: () => host.exitCode !== null || host.signalCode !== null,
  });
  await closed;
  return { lines: output.split("\n") };
}

export const acknowledgedIn = ({ lines }: HostEnd): readonly string[] =>
  lines.filter((line) => line.startsWith("ack ")).map((line) => line.slice(4));

const hashOfPart = (jobId: string, part: number): string =>
  createHash("sha256").update(`${jobId} part-${part}\n`.repeat(100)).digest("hex");

/** Every acknowledged job is there; every job is done, recorded once, whole on the disk; no temp folder is left. */
export async function checkProject(folder: string, acknowledged: Iterable<string>, report: FaultReport): Promise<void> {
  const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a fault test" };
  using project = await openProject({ folder: join(folder, "Fault.dubwright"), ...surroundings });
  for (const jobId of acknowledged) report.check(project.jobs.get(jobId) !== undefined, `${jobId} was acknowledged`);
  for (const job of project.jobs.list({})) checkJob({ report, store: project.jobs, content: project.paths.takes }, job);
  const temporary = join(project.paths.cache, "tmp");
  report.check(!existsSync(temporary) || readdirSync(temporary).length === 0, "no temp folder is left");
}

type Checking = { readonly report: FaultReport; readonly store: JobStore; readonly content: string };

function checkJob({ report, store, content }: Checking, job: Job): void {
  const hashes = Array.from({ length: partsPerJob }, (_, part) => hashOfPart(job.jobId, part));
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
    const path = contentPath(content, { name: "x.txt", sha256 });
    const isWhole = existsSync(path) && createHash("sha256").update(readFileSync(path)).digest("hex") === sha256;
    report.check(isWhole, `part ${part} of ${job.jobId} is whole on the disk`);
  }
}
