// Rules of durable files: whole or absent at every step, failures in our words, kill points that count.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fsyncFile, makeFolderDurably, renameDurably, sha256OfFile, writeFileDurably } from "./durable-files.ts";
import { parseKillTarget } from "./kill-points.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-durable-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const writerSource = `
  import { writeFileDurably } from ${JSON.stringify(fileURLToPath(new URL("durable-files.ts", import.meta.url)))};
  await writeFileDurably(process.argv[1], "new ".repeat(1000));
`;

/** Runs a writer in a process of its own and tells how it ended. */
function runWriter(path: string, variables: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...variables };
    const args = ["--input-type=module", "-e", writerSource, path];
    execFile(process.execPath, args, { env }, (error) => resolve(error?.signal ?? (error ? "error" : "ok")));
  });
}

describe("writeFileDurably", () => {
  test("replaces a file and leaves nothing beside it", async () => {
    const path = join(folder, "take.json");
    await writeFileDurably(path, "old");
    await writeFileDurably(path, new TextEncoder().encode("new"));
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(folder)).toEqual(["take.json"]);
  });

  test("holds the old file or the whole new one when killed at any of its steps", async () => {
    const tracePath = join(folder, "trace.txt");
    expect(await runWriter(join(folder, "probe.txt"), { DUBWRIGHT_KILL_TRACE: tracePath })).toBe("ok");
    const steps = (await readFile(tracePath, "utf8")).trim().split("\n");
    expect(steps).toEqual(["durable.written", "durable.file-synced", "durable.renamed", "durable.folder-synced"]);
    for (const [index, step] of steps.entries()) {
      const path = join(folder, `${step}.txt`);
      await writeFile(path, "old");
      expect(await runWriter(path, { DUBWRIGHT_KILL_AT: `${step}:1` })).toBe("SIGKILL");
      expect(await readFile(path, "utf8")).toBe(index < 2 ? "old" : "new ".repeat(1000));
    }
  });

  test("says which path the disk refused and keeps the cause", async () => {
    const path = join(folder, "missing", "take.json");
    await expect(writeFileDurably(path, "x")).rejects.toMatchObject({
      kind: "failed",
      code: "disk.failed",
      details: { path, errno: "ENOENT" },
      cause: { code: "ENOENT" },
    });
  });
});

test("renameDurably moves a synced file between folders", async () => {
  const fromPath = join(folder, "piece");
  const toPath = join(folder, "ab", "cd", "piece");
  await writeFile(fromPath, "piece");
  await makeFolderDurably(join(folder, "ab", "cd"));
  await fsyncFile(fromPath);
  await renameDurably(fromPath, toPath);
  expect(await readFile(toPath, "utf8")).toBe("piece");
  expect(await readdir(folder)).toEqual(["ab"]);
});

test("sha256OfFile agrees with the published digest of abc", async () => {
  const path = join(folder, "abc");
  await writeFile(path, "abc");
  expect(await sha256OfFile(path)).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("makeFolderDurably accepts a folder that is already there", async () => {
  await mkdir(join(folder, "a"));
  await makeFolderDurably(join(folder, "a"));
  expect(await readdir(folder)).toEqual(["a"]);
});

test("a kill target is a name and a positive count", () => {
  expect(parseKillTarget("jobs.piece:2")).toEqual({ name: "jobs.piece", count: 2 });
  expect(parseKillTarget("jobs.piece")).toBeUndefined();
  expect(parseKillTarget("jobs.piece:0")).toBeUndefined();
  expect(parseKillTarget(undefined)).toBeUndefined();
});
