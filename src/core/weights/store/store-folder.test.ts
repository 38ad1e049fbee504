// Rules of the store's folder: one process at a time for each download, and room before the first byte.
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../base/index.ts";
import { holdLock, requireRoom } from "./store-folder.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-store-folder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lockPath = () => join(folder, "model.lock");
const hold = () => holdLock(lockPath(), systemClock);

test("a lock is held by one, and gone when it is let go", async () => {
  const held = await hold();
  expect(await readFile(lockPath(), "utf8")).toBe(String(process.pid));
  await expect(hold()).rejects.toMatchObject({ code: "models.busy" });
  await held[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
});

test("the lock of a process that has died is taken over at once", async () => {
  const deadPid = execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }).trim();
  await writeFile(lockPath(), deadPid);
  const held = await hold();
  expect(await readFile(lockPath(), "utf8")).toBe(String(process.pid));
  await held[Symbol.asyncDispose]();
});

test("a lock that has been silent for a minute is taken over, whoever has its number now", async () => {
  await writeFile(lockPath(), String(process.pid));
  const minutesAgo = new Date(systemClock.nowMs() - 120_000);
  await utimes(lockPath(), minutesAgo, minutesAgo);
  await (await hold())[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
});

test("what the disk cannot hold is refused before the first byte, with what is needed and what is free", async () => {
  await expect(requireRoom(folder, 1e18)).rejects.toMatchObject({ code: "disk.no-room", kind: "refused" });
  await expect(requireRoom(folder, 0)).resolves.toBeUndefined();
});
