// A small host for fault tests: the real store, queue and workers. Queues its round's jobs, acknowledges each once it is
// kept, exits when all are done. argv: project folder, worker entry, round, jobs per round, parts per job.
import { join } from "node:path";
import { existsSync } from "node:fs";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createWorkerPool, JobScheduler } from "../../src/core/jobs/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";

const [folder = "", entryPath = "", round = "0", jobCount = "2", partCount = "3"] = process.argv.slice(2);
const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a fault test" };
const projectFolder = join(folder, "Fault.dubwright");
using project = existsSync(projectFolder)
  ? await openProject({ folder: projectFolder, ...surroundings })
  : await createProject({ folder, name: "Fault", ...surroundings });

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
  retryPolicy: { firstMs: 10, growth: 1, longestMs: 10 },
  // Notes are written in the same transaction as what they note: one of each is what "exactly once" means.
  recorder: {
    piece: (job, piece) => note(job.jobId, `recorded piece ${piece.key}`),
    done: (job) => note(job.jobId, "recorded done"),
  },
});
scheduler.subscribe((event) => {
  if (event.type === "logged" && event.entry.message.includes("workerPid"))
    process.stdout.write(`${event.entry.message}\n`);
});
await scheduler.start();
for (let index = 0; index < Number(jobCount); index += 1) {
  const jobId = `round-${round}-${index}`;
  scheduler.enqueue({ jobId, kind: "test.parts", resourceClass: "cpu", input: Number(partCount), maxAttempts: 100 });
  process.stdout.write(`ack ${jobId}\n`);
}
for (const job of scheduler.list({ states: ["queued", "running"] })) await scheduler.whenEnded(job.jobId);
process.stdout.write("all done\n");
