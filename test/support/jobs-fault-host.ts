// A small host for fault tests: the real store, queue and workers. Queues its round's jobs, acknowledges each once it is
// kept, exits when all are done. argv: project folder, worker entry, round, jobs per round, parts per job.
import { join } from "node:path";
import { existsSync } from "node:fs";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createWorkerPool, JobScheduler } from "../../src/core/jobs/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import { DubError } from "../../src/shared/failure/index.ts";

const [folder = "", entryPath = "", round = "0", jobCount = "2", partCount = "3"] = process.argv.slice(2);
const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a fault test" };
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Does it again while the disk refuses, as a person would. */
async function insist<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DubError) || tries === 50) throw error;
      say(`refused ${error.code}`);
      await systemClock.sleep(10);
    }
  }
}

const projectFolder = join(folder, "Fault.dubwright");
// In a function, because the bundler that builds it for the tests drops what `using` at the top of a module does.
async function workOff(): Promise<void> {
  using project = await insist(() =>
    existsSync(projectFolder)
      ? openProject({ folder: projectFolder, ...surroundings })
      : createProject({ folder, name: "Fault", ...surroundings }),
  );

  await using runner = createWorkerPool({
    command: { nodePath: process.execPath, entryPath, environment: process.env },
    clock: systemClock,
    logger: silentLogger,
  });
  const note = (jobId: string, message: string) =>
    project.jobs.appendLog(jobId, { atMs: systemClock.nowMs(), attempt: 0, level: "info", message });
  await using scheduler = new JobScheduler({
    store: project.jobs,
    runner,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    owner: `host-${process.pid}`,
    slots: { cpu: 2 },
    folders: { tempFolder: join(projectFolder, "cache", "tmp"), contentFolder: project.paths.takes },
    takeOver: "at-once",
    leaseMs: 1500,
    retryPolicy: { firstMs: 10, growth: 1, longestMs: 10 },
    // Notes are written in the same transaction as what they note: one of each is what "exactly once" means.
    recorder: {
      piece: (job, piece) => note(job.jobId, `recorded piece ${piece.key}`),
      done: (job) => note(job.jobId, "recorded done"),
    },
  });
  scheduler.subscribe((event) => {
    if (event.type === "logged" && event.entry.message.includes("workerPid")) say(event.entry.message);
    if (event.type === "trouble") say(`trouble ${event.failure.code} ${event.failure.message}`);
    if (event.type === "changed" && event.job.error !== undefined)
      say(`attempt failed ${event.job.error.code} ${event.job.error.message}`);
  });

  await scheduler.start();
  for (let index = 0; index < Number(jobCount); index += 1) {
    const jobId = `round-${round}-${index}`;
    const job = { jobId, kind: "test.parts", resourceClass: "cpu", input: Number(partCount), maxAttempts: 100 };
    await insist(() => scheduler.enqueue(job));
    say(`ack ${jobId}`);
  }
  const open = await insist(() => scheduler.list({ states: ["queued", "running"] }));
  for (const { jobId } of open) await insist(() => scheduler.whenEnded(jobId));
  say("all done");
}

await workOff();
