// Jobs under kill -9: of the host and of workers, at every step that has a name and at random moments.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, systemClock } from "../../src/core/base/index.ts";
import type { Random } from "../../src/core/base/index.ts";
import { bundlePrograms } from "../support/bundled-programs.ts";
import { faultReport } from "../support/fault-report.ts";
import { isAlive } from "../support/is-alive.ts";
import { acknowledgedIn, checkProject, faultPrograms, runRound, workerPidsIn } from "../support/jobs-fault-rounds.ts";
import type { HostEnd, Round } from "../support/jobs-fault-rounds.ts";

// A nightly run takes more.
const randomRounds = Number(process.env["DUBWRIGHT_FAULT_ROUNDS"] ?? 14);

let folder = "";
let program: Round["program"] = (name) => name;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-faults-"));
  program = await bundlePrograms(folder, faultPrograms);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every named step that a host and its workers pass, learnt from a run without faults. */
async function learnSteps(): Promise<readonly string[]> {
  const tracePath = join(folder, "trace.txt");
  const end = await runRound({ folder, program, round: 0, environment: { DUBWRIGHT_KILL_TRACE: tracePath } });
  expect(end.lines).toContain("all done");
  return [...new Set(readFileSync(tracePath, "utf8").trim().split("\n"))].toSorted();
}

/** Kills the host or its latest worker a moment after a worker's first word, when there is something to harm. */
async function killAtRandom(round: number, random: Random): Promise<{ end: HostEnd; fault: string | undefined }> {
  const victim = round % 2 === 0 ? "host at random" : "worker at random";
  const delayMs = random.uniform() * 120;
  let fault: string | undefined;
  const end = await runRound({
    folder,
    program,
    round,
    during: async ({ killHost, workerPids, ended }) => {
      while (workerPids().length === 0 && !ended()) await systemClock.sleep(5);
      await systemClock.sleep(delayMs);
      const pid = workerPids().findLast(isAlive);
      if (ended() || pid === undefined) return;
      fault = victim;
      if (victim === "host at random") killHost();
      else process.kill(pid, "SIGKILL");
    },
  });
  return { end, fault };
}

test("kill -9 of hosts and workers at every step and at random: every job is done exactly once", async () => {
  const report = faultReport("jobs under kill -9");
  const random = randomFrom(20_261_120);
  const acknowledged = new Set<string>();
  const pids = new Set<number>();
  let round = 0;
  const keep = (end: HostEnd) => {
    for (const jobId of acknowledgedIn(end)) acknowledged.add(jobId);
    for (const pid of workerPidsIn(end.lines.join("\n"))) pids.add(pid);
  };

  for (const step of await learnSteps()) {
    // Ours at a later pass too; those of the rooms below have their own tests.
    for (const count of step.startsWith("jobs.") ? [1, 3] : [1]) {
      round += 1;
      const markPath = join(folder, `mark-${round}`);
      const environment = { DUBWRIGHT_KILL_AT: `${step}:${count}`, DUBWRIGHT_KILL_MARK: markPath };
      keep(await runRound({ folder, program, round, environment }));
      report.round(existsSync(markPath) ? step : undefined);
    }
  }
  for (let index = 0; index < randomRounds; index += 1) {
    round += 1;
    const { end, fault } = await killAtRandom(round, random);
    keep(end);
    report.round(fault);
  }

  const last = await runRound({ folder, program, round: round + 1 });
  keep(last);
  report.check(last.lines.includes("all done"), `a host without faults finishes everything: ${last.lines.join("\n")}`);
  await checkProject(folder, acknowledged, report);
  await expect.poll(() => [...pids].filter(isAlive), { timeout: 10_000 }).toEqual([]);
  report.finish();
}, 900_000);
