// A disk that is full, and one whose fsync fails: nothing acknowledged is lost, every failure is in our words.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { silentLogger, systemClock, systemRandom } from "../../src/core/base/index.ts";
import { createProject, openProject } from "../../src/core/store/index.ts";
import { countEdits, checkWhole, prepareForEdits } from "../support/counted-edits.ts";
import { faultReport } from "../support/fault-report.ts";

const surroundings = { clock: systemClock, random: systemRandom, logger: silentLogger, program: "a test" };
const fullDiskPath = fileURLToPath(new URL("../support/store-full-disk.ts", import.meta.url));
const writerPath = fileURLToPath(new URL("../support/store-writer.ts", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-store-disk-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const roundSchema = z.object({
  what: z.enum(["edit", "create"]),
  freeBlocks: z.int(),
  fault: z.string().optional(),
  backupFault: z.string().optional(),
  problems: z.array(z.string()),
});

const works = (command: string, args: readonly string[]) => spawnSync(command, args).status === 0;

/** Runs a command with a 2 MB disk mounted at `disk` for it alone: a mount namespace of its own, as root or as a user. */
const mountAndRun = `mount -t tmpfs -o size=2m dubwright-test "$1" && exec "$2" "$3" "$1"`;

function namespaceArgs(): readonly string[] | undefined {
  const probe = ["sh", "-c", "mount -t tmpfs -o size=2m dubwright-test /mnt"];
  return [["-m"], ["-rm"]].find((flags) => works("unshare", [...flags, ...probe]));
}

test("a 2 MB disk that fills up at each write keeps every acknowledged edit, and the project goes on once there is room", async ({
  skip,
}) => {
  const flags = namespaceArgs();
  if (!flags) skip("no 2 MB disk can be made here: unshare may neither mount as root nor as a user");
  const report = faultReport(`store, 2 MB tmpfs (unshare ${flags?.join("")}) filling up`);
  const disk = join(folder, "disk");
  await mkdir(disk);
  const command = [...(flags ?? []), "sh", "-c", mountAndRun, "sh", disk, process.execPath, fullDiskPath];
  const output = execFileSync("unshare", command, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const expectedCodes = ["disk.full", "disk.failed", "project.cannot-open"];
  for (const line of output.trim().split("\n")) {
    const { what, freeBlocks, fault, backupFault, problems } = roundSchema.parse(JSON.parse(line));
    report.round(fault && `${what}: ${fault}`);
    if (backupFault !== undefined) report.round(`backup: ${backupFault}`);
    for (const code of [fault, backupFault])
      report.check(code === undefined || expectedCodes.includes(code), `${what} at ${freeBlocks}: ${code}`);
    for (const problem of problems) report.check(false, `${what} with ${freeBlocks} free blocks: ${problem}`);
  }
  report.finish();
});

test("an fsync that fails one time in five loses no acknowledged edit, and each failure is told", async ({ skip }) => {
  if (!works("fiu-run", ["-x", "true"])) skip("fiu-run is not installed (Debian: fiu-utils)");
  const report = faultReport("store, fsync failing one time in five");
  const created = await createProject({ folder, name: "Sync", ...surroundings });
  prepareForEdits(created);
  const projectFolder = created.paths.folder;
  created[Symbol.dispose]();
  let acknowledged = 0;
  for (let round = 0; round < 4; round++) {
    const faults = ["fsync", "fdatasync"].flatMap((name) => [
      "-c",
      `enable_random name=posix/io/sync/${name},probability=0.2,failinfo=5`,
    ]);
    const { stdout, status } = spawnSync(
      "fiu-run",
      ["-x", "-f", "", ...faults, process.execPath, writerPath, projectFolder, "60"],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    );
    for (const [, code] of stdout.matchAll(/^fail (.+)$/gm)) report.round(code);
    for (const [, count] of stdout.matchAll(/^ack (\d+)$/gm)) {
      report.round(undefined);
      acknowledged = Math.max(acknowledged, Number(count));
    }
    report.check(status === 0, `round ${round}: the writer ended with ${status}`);
    using project = await openProject({ folder: projectFolder, ...surroundings });
    const stored = countEdits(project);
    report.check(stored >= acknowledged, `round ${round}: ${acknowledged} acknowledged, ${stored} stored`);
    checkWhole(report, project, `round ${round}`);
  }
  expect(acknowledged).toBeGreaterThanOrEqual(240);
  report.finish();
});
