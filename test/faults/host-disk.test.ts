// A whole host on a small disk that fills up: settings, uploads, edits and imports are refused in our words, and go on later.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { faultReport } from "../support/fault-report.ts";
import { ffmpeg } from "../support/media.ts";

const hostPath = fileURLToPath(new URL("../support/host-full-disk.ts", import.meta.url));

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-host-disk-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const roundSchema = z.object({
  freeBlocks: z.int(),
  faults: z.record(z.string(), z.string()),
  problems: z.array(z.string()),
});

/** A mount namespace of its own, as root or as a user, with a small disk for the command alone. */
const mountAndRun = `mount -t tmpfs -o size=3m dubwright-test "$1" && exec "$2" "$3" "$1" "$4"`;

const namespaceFlags = (): readonly string[] | undefined =>
  [["-m"], ["-rm"]].find(
    (flags) =>
      spawnSync("unshare", [...flags, "sh", "-c", "mount -t tmpfs -o size=3m dubwright-test /mnt"]).status === 0,
  );

const ourWords = ["", "disk.full", "disk.failed", "media.disk-full", "jobs.no-temp-folder"];

test("a disk that fills up under a host loses nothing acknowledged, leaves nothing half made, and stops no later work", async ({
  skip,
}) => {
  const flags = namespaceFlags();
  if (!flags) skip("no small disk can be made here: unshare may neither mount as root nor as a user");
  const disk = join(folder, "disk");
  await mkdir(disk);
  const soundPath = join(folder, "dialogue.wav");
  await ffmpeg("-f", "lavfi", "-i", "sine=sample_rate=48000:duration=120", soundPath);
  const report = faultReport("host on a 3 MB disk filling up");
  const command = ["sh", "-c", mountAndRun, "sh", disk, process.execPath, hostPath, soundPath];
  const output = execFileSync("unshare", [...(flags ?? []), ...command], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  const rounds = output
    .trim()
    .split("\n")
    .map((line) => roundSchema.parse(JSON.parse(line)));
  expect(rounds).toHaveLength(6);
  for (const { freeBlocks, faults, problems } of rounds) {
    for (const [what, code] of Object.entries(faults)) {
      report.round(code === "" ? undefined : `${what} ${code}`);
      report.check(ourWords.includes(code), `${what} with ${freeBlocks} free blocks failed as ${code}`);
    }
    report.check(problems.length === 0, `with ${freeBlocks} free blocks: ${problems.join("; ")}`);
  }
  report.finish();
}, 300_000);
