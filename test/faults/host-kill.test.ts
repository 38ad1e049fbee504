// The core host under kill -9, again and again, in the middle of edits and jobs: what was acknowledged is there afterwards.
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom } from "../../src/core/base/index.ts";
import type { Random } from "../../src/core/base/index.ts";
import { ipcEndOf, linkToHost } from "../../src/core/commands/index.ts";
import { createClient } from "../../src/shared/contract/index.ts";
import type { Client, Operations } from "../../src/shared/contract/index.ts";
import { DubError } from "../../src/shared/failure/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import { bundlePrograms } from "../support/bundled-programs.ts";
import { faultReport } from "../support/fault-report.ts";
import type { FaultReport } from "../support/fault-report.ts";

const roundCount = Number(process.env["DUBWRIGHT_HOST_KILLS"] ?? 200);
const importsAtOnce = 2;

let folder = "";
let program: (name: "kill-host" | "kill-worker") => string = (name) => name;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-host-kill-"));
  program = await bundlePrograms(folder, ["kill-host", "kill-worker"]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const projectFolder = () => join(folder, "Fault.dubwright");

/** What we know must be so: of things asked and not acknowledged, either outcome is right. */
type Ledger = {
  readonly addedVersions: Set<string>;
  readonly askedVersions: Set<string>;
  readonly removedVersions: Set<string>;
  /** Their removal was asked for and not acknowledged. */
  readonly doubtfulVersions: Set<string>;
  readonly versionIds: Map<string, RecordId<"version">>;
  readonly acknowledgedJobs: Set<string>;
  readonly askedPaths: Set<string>;
  acknowledgedName: number;
  askedName: number;
  editCount: number;
};

const newLedger = (): Ledger => ({
  addedVersions: new Set(),
  askedVersions: new Set(),
  removedVersions: new Set(),
  doubtfulVersions: new Set(),
  versionIds: new Map(),
  acknowledgedJobs: new Set(),
  askedPaths: new Set(),
  acknowledgedName: 0,
  askedName: 0,
  editCount: 0,
});

type Host = { readonly child: ChildProcess; readonly client: () => Promise<Client>; readonly ended: Promise<unknown> };

function startHost(): Host {
  const child = fork(program("kill-host"), [join(folder, "app"), program("kill-worker")], {
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const link = linkToHost(ipcEndOf(child));
  return {
    child,
    ended,
    client: async () => {
      await link.whenReady();
      return createClient(link.connect());
    },
  };
}

/** Edits until the host is gone: adds and removes versions, renames the project, one after the other. */
async function editUntilGone(operations: Operations, ledger: Ledger, random: Random): Promise<void> {
  for (;;) {
    const dice = random.uniform();
    const removable = [...ledger.addedVersions].find((name) => !ledger.doubtfulVersions.has(name));
    if (dice < 0.25 && removable !== undefined) {
      const versionId = ledger.versionIds.get(removable);
      if (versionId === undefined) throw new Error(`no id for ${removable}`);
      ledger.doubtfulVersions.add(removable);
      await operations["versions.remove"]({ versionId });
      ledger.addedVersions.delete(removable);
      ledger.doubtfulVersions.delete(removable);
      ledger.removedVersions.add(removable);
    } else if (dice < 0.5) {
      ledger.askedName += 1;
      await operations["project.rename"]({ name: `name ${ledger.askedName}` });
      ledger.acknowledgedName = ledger.askedName;
    } else {
      const name = `version ${ledger.askedVersions.size}`;
      ledger.askedVersions.add(name);
      const { versionId } = await operations["versions.add"]({ language: "de", name });
      ledger.versionIds.set(name, versionId);
      ledger.addedVersions.add(name);
    }
    ledger.editCount += 1;
  }
}

async function queueImports(operations: Operations, ledger: Ledger): Promise<void> {
  for (let index = 0; index < importsAtOnce; index++) {
    const path = join(folder, `film-${ledger.askedPaths.size}.mov`);
    await writeFile(path, "");
    ledger.askedPaths.add(path);
    const { jobId } = await operations["media.import"]({ path });
    ledger.acknowledgedJobs.add(jobId);
  }
}

const isLost = (error: unknown): boolean =>
  error instanceof DubError && (error.code === "contract.connection-lost" || error.code === "host.ended");

const untilLost = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!isLost(error)) throw error;
  }
};

/** Compares what the host has with what the ledger says must be so, and settles what was in doubt. */
async function audit(operations: Operations, ledger: Ledger, report: FaultReport): Promise<void> {
  const { records } = await operations["record.list"]({ type: "version", limit: 2000 });
  const found = new Map(records.flatMap((record) => (record.type === "version" ? [[record.name, record.id]] : [])));
  for (const name of ledger.addedVersions) {
    if (ledger.doubtfulVersions.has(name)) continue;
    report.check(found.has(name), `${name} was acknowledged and is there`);
  }
  for (const name of ledger.removedVersions) report.check(!found.has(name), `${name} was removed and stays so`);
  for (const name of found.keys()) report.check(ledger.askedVersions.has(name), `${name} was asked for`);
  report.check(found.size === records.length, "no version is there twice");
  for (const name of ledger.doubtfulVersions) {
    if (found.has(name)) continue;
    ledger.addedVersions.delete(name);
    ledger.removedVersions.add(name);
  }
  ledger.doubtfulVersions.clear();
  for (const [name, versionId] of found) {
    ledger.addedVersions.add(name);
    ledger.versionIds.set(name, versionId);
  }

  const { project } = await operations["project.info"]({});
  const name = Number(/^name (\d+)$/.exec(project?.name ?? "name 0")?.[1] ?? 0);
  report.check(
    name >= ledger.acknowledgedName && name <= ledger.askedName,
    `the project's name is one of ${ledger.acknowledgedName} to ${ledger.askedName}, found ${project?.name}`,
  );
  ledger.acknowledgedName = name;
}

async function playRound(ledger: Ledger, random: Random, report: FaultReport): Promise<void> {
  const host = startHost();
  // One in eight dies while it starts; the others somewhere in the first moments of work.
  const diesEarly = random.uniform() < 0.125;
  const delayMs = random.uniform() * (diesEarly ? 400 : 350);
  let stage = "while starting";
  const killLater = () => setTimeout(() => host.child.kill("SIGKILL"), delayMs);
  const timer = diesEarly ? killLater() : undefined;
  const work = async () => {
    const { operations } = await host.client();
    await operations["project.open"]({ folder: projectFolder() });
    await audit(operations, ledger, report);
    stage = "during edits and jobs";
    if (!diesEarly) killLater();
    await Promise.all([editUntilGone(operations, ledger, random), queueImports(operations, ledger)]);
  };
  await untilLost(work());
  await host.ended;
  clearTimeout(timer);
  report.round(`kill -9 ${stage}`);
}

async function finishAllJobs(operations: Operations): Promise<void> {
  const left = async () => {
    const { jobs } = await operations["jobs.list"]({ states: ["queued", "running"], limit: 1000 });
    return jobs.length;
  };
  await expect.poll(left, { timeout: 120_000, interval: 250 }).toBe(0);
}

async function auditJobs(operations: Operations, ledger: Ledger, report: FaultReport): Promise<number> {
  const { jobs } = await operations["jobs.list"]({ limit: 1000 });
  const { records } = await operations["record.list"]({ type: "media", limit: 2000 });
  const paths = records.map((record) => (record.type === "media" ? record.path : ""));
  const done = jobs.filter((job) => job.state === "done");
  const ids = new Set(jobs.map((job) => job.jobId));
  for (const jobId of ledger.acknowledgedJobs) report.check(ids.has(jobId), `${jobId} was acknowledged and is there`);
  for (const job of jobs) report.check(job.state === "done", `${job.title} is done, found ${job.state}`);
  for (const job of done) {
    const { length } = records.filter((record) => record.id === job.labels["mediaId"]);
    report.check(length === 1, `${job.title} has brought in its media once, found ${length}`);
  }
  report.check(new Set(paths).size === paths.length, "no file is there twice");
  report.check(records.length === done.length, `${done.length} jobs made ${records.length} media`);
  const reels = await operations["record.list"]({ type: "reel", limit: 2000 });
  const places = reels.records.map((record) => (record.type === "reel" ? record.order : -1));
  report.check(
    places.every((place, index) => place === index) && places.length === records.length,
    "every import has one reel, and they stand in one row",
  );
  return done.length;
}

test("kill -9 of the core host during edits and jobs: no acknowledged edit is lost, every job is done once", async () => {
  const report = faultReport("core host under kill -9");
  const random = randomFrom(20_261_121);
  const ledger = newLedger();
  const first = startHost();
  await (await first.client()).operations["project.create"]({ folder, name: "Fault" });
  first.child.kill("SIGKILL");
  await first.ended;

  for (let round = 0; round < roundCount; round++) await playRound(ledger, random, report);

  const last = startHost();
  const client = await last.client();
  const { operations } = client;
  await operations["project.open"]({ folder: projectFolder() });
  await audit(operations, ledger, report);
  await finishAllJobs(operations);
  const doneCount = await auditJobs(operations, ledger, report);
  last.child.disconnect();
  await last.ended;
  process.stdout.write(
    `core host under kill -9: ${ledger.editCount} edits acknowledged, ${ledger.acknowledgedJobs.size} jobs ` +
      `acknowledged, ${doneCount} done\n`,
  );
  report.finish();
}, 900_000);
