// Jobs on a disk whose fsync fails one time in five, for the host and for its workers: libfiu in front of libc.
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "vitest";
import { bundlePrograms } from "../support/bundled-programs.ts";
import { faultReport } from "../support/fault-report.ts";
import { acknowledgedIn, checkProject, faultPrograms, runRound } from "../support/jobs-fault-rounds.ts";
import type { Round } from "../support/jobs-fault-rounds.ts";

const hasLibfiu = spawnSync("fiu-run", ["-h"]).error === undefined;
// A nightly run takes more. Each round is some forty failed attempts and as many fresh workers.
const rounds = Number(process.env["DUBWRIGHT_FAULT_ROUNDS"] ?? 3);

let folder = "";
let program: Round["program"] = (name) => name;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-fsync-"));
  program = await bundlePrograms(folder, faultPrograms);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const title = "fsync failing one time in five: nothing acknowledged is lost, every job is done exactly once";
test.skipIf(!hasLibfiu)(
  hasLibfiu ? title : `${title} (not run: libfiu is not installed)`,
  async () => {
    const report = faultReport("jobs under failing fsync");
    const acknowledged = new Set<string>();
    // The first round makes the project; a project that cannot be made is no project, and not what is asked here.
    await runRound({ folder, program, round: 0 });
    const under = ["fiu-run", "-x", "-c", "enable_random name=posix/io/sync/*,probability=0.2"];
    for (let round = 1; round <= rounds; round += 1) {
      const end = await runRound({ folder, program, round, under });
      for (const jobId of acknowledgedIn(end)) acknowledged.add(jobId);
      report.round();
      for (const line of end.lines) {
        const told = /^(trouble|attempt failed|refused) (\S+)/.exec(line);
        if (told) report.fault(`${told[1]} ${told[2]}`);
      }
      report.check(end.lines.includes("all done"), `the host gets through round ${round}: ${end.lines.join("\n")}`);
    }
    const last = await runRound({ folder, program, round: rounds + 1 });
    report.check(last.lines.includes("all done"), `a healthy disk lets everything finish: ${last.lines.join("\n")}`);
    await checkProject(folder, acknowledged, report);
    report.finish();
  },
  600_000,
);
