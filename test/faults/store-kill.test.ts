// kill -9 of a process that edits: at random moments, and at every step that has a name. No acknowledged edit is lost.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { randomFrom, silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import type { OpenProject } from "../../src/core/store/index.ts";
import { countEdits, checkWhole, prepareForEdits } from "../support/counted-edits.ts";
import { faultReport } from "../support/fault-report.ts";
import type { FaultReport } from "../support/fault-report.ts";

const rounds = Number(process.env["DUBWRIGHT_FAULT_ROUNDS"] ?? 30);
const writerPath = fileURLToPath(new URL("../support/store-writer.ts", import.meta.url));
const scenarioPath = fileURLToPath(new URL("../support/store-scenario.ts", import.meta.url));
const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a test" };

let parent = "";
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "dubwright-store-kill-"));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

/** Lets a writer work and kills it `delayMs` after its start or after its first acknowledgement; answers what it said. */
async function killWriter(folder: string, from: "start" | "first edit", delayMs: number): Promise<string> {
  const writer = spawn(process.execPath, [writerPath, folder, "1000000"], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  writer.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const closed = once(writer, "close");
  if (from === "first edit") await once(writer.stdout, "data");
  await systemClock.sleep(delayMs);
  writer.kill("SIGKILL");
  await closed;
  return said;
}

const lastAcknowledged = (said: string) =>
  Math.max(0, ...[...said.matchAll(/^ack (\d+)$/gm)].map(([, k]) => Number(k)));

test(`${rounds} rounds of kill -9 at random moments lose no acknowledged edit and leave none by half`, async () => {
  const report = faultReport("store, kill -9 at random moments");
  const random = randomFrom(29);
  const created = await createProject({ folder: parent, name: "Random", ...surroundings });
  prepareForEdits(created);
  const { folder } = created.paths;
  created[Symbol.dispose]();
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const from = round % 4 === 0 ? "start" : "first edit";
    const said = await killWriter(folder, from, Math.floor(random.uniform() * (from === "start" ? 250 : 100)));
    const isOver = said.includes("end");
    report.round(isOver ? undefined : `kill -9 from ${from}`);
    acknowledged = Math.max(acknowledged, lastAcknowledged(said));
    using project = await openProject({ folder, ...surroundings });
    const stored = countEdits(project);
    report.check(stored >= acknowledged, `round ${round}: ${acknowledged} edits acknowledged, ${stored} stored`);
    report.check(stored <= acknowledged + 1, `round ${round}: ${stored} stored, ${acknowledged} acknowledged`);
    report.check(project.revision === stored + 1, `round ${round}: revision ${project.revision} of ${stored} edits`);
    checkWhole(report, project, `round ${round}`);
    acknowledged = stored;
  }
  report.check(acknowledged > rounds, `writers came to ${acknowledged} edits only`);
  report.finish();
});

/** Edits stored after each step of the scenario. A step that is killed has happened or not. */
const editsAfter: Readonly<Record<string, number>> = {
  nothing: 0,
  created: 0,
  prepared: 0,
  "edit 1": 1,
  "edit 2": 2,
  undo: 1,
  redo: 2,
  backup: 2,
  restore: 2,
  "edit 3": 3,
  end: 3,
};

function runScenario(folder: string, environment: Readonly<Record<string, string>>) {
  const { signal, status, stdout, stderr } = spawnSync(process.execPath, [scenarioPath, folder], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  return { signal, status, stderr, lastStep: [...stdout.matchAll(/^done (.+)$/gm)].at(-1)?.[1] ?? "nothing" };
}

test("killed at each named step, a project is the one before the step or the one after, and every backup opens", async () => {
  const report = faultReport("store, kill -9 at every named step");
  const learning = join(parent, "learning");
  await mkdir(learning);
  const tracePath = join(parent, "trace.txt");
  const whole = runScenario(learning, { DUBWRIGHT_KILL_TRACE: tracePath });
  expect(whole).toMatchObject({ status: 0, lastStep: "end" });
  const passed = readFileSync(tracePath, "utf8").trim().split("\n");
  const passes = new Map<string, number>();
  for (const name of passed) {
    const count = (passes.get(name) ?? 0) + 1;
    passes.set(name, count);
    const folder = join(parent, `${name}-${count}`);
    await mkdir(folder);
    const { signal, lastStep } = runScenario(folder, { DUBWRIGHT_KILL_AT: `${name}:${count}` });
    report.round(signal === "SIGKILL" ? name : undefined);
    await checkScenario(report, { folder, lastStep, where: `${name}:${count} after "${lastStep}"` });
    await rm(folder, { recursive: true });
  }
  report.finish();
});

type Found = { readonly folder: string; readonly lastStep: string; readonly where: string };

async function checkScenario(report: FaultReport, { folder, lastStep, where }: Found): Promise<void> {
  const projectFolder = join(folder, "Scenario.dubwright");
  if (!existsSync(projectFolder)) {
    report.check(lastStep === "nothing", `${where}: the project is gone`);
    return;
  }
  using project = await openProject({ folder: projectFolder, ...surroundings });
  const steps = Object.keys(editsAfter);
  const nextStep = steps[steps.indexOf(lastStep) + 1] ?? "end";
  const stored = countEdits(project);
  const isExpected = stored === editsAfter[lastStep] || stored === editsAfter[nextStep];
  report.check(isExpected, `${where}: ${stored} edits stored`);
  checkWhole(report, project, where);
  await checkBackups(report, project, where);
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".dubwright"))) {
    if (name === "Scenario.dubwright") continue;
    using restored = await openProject({ folder: join(folder, name), ...surroundings });
    report.check(countEdits(restored) === 2, `${where}: the restored project has ${countEdits(restored)} edits`);
  }
}

async function checkBackups(report: FaultReport, project: OpenProject, where: string): Promise<void> {
  for (const { name } of await project.backups.list()) {
    using restored = await openProject({ folder: await project.backups.restore(name), ...surroundings });
    report.check(countEdits(restored) === 2, `${where}: the backup ${name} has ${countEdits(restored)} edits`);
  }
}
