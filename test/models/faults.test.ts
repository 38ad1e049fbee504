// Downloads and imports that are killed at each of their steps, run out of disk, or are larger than memory should grow.
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readStoredModels, verifyStored } from "../../src/core/weights/index.ts";
import { serveWell, startModelServer } from "../support/model-server.ts";
import type { ModelOrder, ModelOutcome } from "../support/models-once.ts";
import { writeSparseCheckpoint } from "../support/torch-checkpoint.ts";

const script = fileURLToPath(new URL("../support/models-once.ts", import.meta.url));
const content = new Uint8Array(1_500_000).map((_, index) => (index * 13 + (index >> 7)) & 0xff);
const sha256 = createHash("sha256").update(content).digest("hex");

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-models-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Fault = {
  readonly environment?: Readonly<Record<string, string>>;
  readonly shell?: string;
  /** Flags of unshare, for a command that mounts. */
  readonly unshare?: readonly string[];
};
type Run = { readonly ended: string; readonly outcome: ModelOutcome };

/** `shell` stands before the command: a limit, another root. */
function runOnce(order: ModelOrder, { environment = {}, shell = "", unshare }: Fault = {}): Promise<Run> {
  const line = `${shell} exec "$0" "$@"`;
  const command = [process.execPath, script, JSON.stringify(order)];
  return new Promise((resolve) => {
    execFile(
      unshare === undefined ? "/bin/sh" : "unshare",
      [...(unshare === undefined ? [] : [...unshare, "/bin/sh"]), "-c", line, ...command],
      { env: { ...process.env, ...environment } },
      (error, stdout) =>
        resolve({
          ended: error?.signal ?? (error ? `error ${String(error.code)}` : "ok"),
          outcome: stdout === "" ? {} : (JSON.parse(stdout) as ModelOutcome),
        }),
    );
  });
}

const downloadTo = (path: string, url: string): ModelOrder => ({
  type: "download",
  download: { addresses: [url], path, sizeBytes: content.byteLength, aboutBytes: content.byteLength, sha256 },
});

const stepsOf = async (order: ModelOrder): Promise<readonly string[]> => {
  const tracePath = join(folder, "trace.txt");
  expect((await runOnce(order, { environment: { DUBWRIGHT_KILL_TRACE: tracePath } })).ended).toBe("ok");
  const passed = (await readFile(tracePath, "utf8")).trim().split("\n");
  const counts = new Map<string, number>();
  const numbered = passed.map((name) => {
    counts.set(name, (counts.get(name) ?? 0) + 1);
    return `${name}:${counts.get(name)}`;
  });
  // How many chunks there are is the network's mood; two early ones are always reached.
  const kept = new Set(["models.download.chunk:1", "models.download.chunk:5"]);
  return numbered.filter((step) => !step.startsWith("models.download.chunk") || kept.has(step));
};

test("a download killed at any of its steps is whole or absent, and ends right when it is started again", async () => {
  await using server = await startModelServer(content, serveWell());
  const steps = await stepsOf(downloadTo(join(folder, "trial.pt"), `${server.url}/m.pt`));
  expect(steps.length).toBeGreaterThanOrEqual(6);
  for (const [index, step] of steps.entries()) {
    const place = join(folder, `round-${index}`);
    await mkdir(place);
    const path = join(place, "model.pt");
    const order = downloadTo(path, `${server.url}/m.pt`);
    expect((await runOnce(order, { environment: { DUBWRIGHT_KILL_AT: step } })).ended, step).toBe("SIGKILL");
    if ((await readdir(place)).includes("model.pt"))
      expect(Buffer.compare(await readFile(path), content), step).toBe(0);
    const asked = server.asked.length;
    expect((await runOnce(order)).outcome, step).toEqual({ contentSha256: sha256 });
    if (step === "models.download.chunk:5") expect(server.asked[asked]?.range, step).toMatch(/^bytes=[1-9]/);
    expect(Buffer.compare(await readFile(path), content), step).toBe(0);
    expect(
      (await readdir(place)).filter((name) => !name.startsWith("model.pt")),
      step,
    ).toEqual([]);
  }
});

describe("a disk that is full", () => {
  test("stops a download with the reason, and the rest arrives once there is room", async () => {
    await using server = await startModelServer(content, serveWell());
    const path = join(folder, "model.pt");
    const order = downloadTo(path, `${server.url}/m.pt`);
    // In blocks of 512 bytes: half of the file.
    const { outcome } = await runOnce(order, { shell: "trap '' XFSZ; ulimit -f 1500;" });
    expect(outcome.failureCode).toMatch(/^disk\./);
    expect(await readdir(folder)).not.toContain("model.pt");
    expect((await runOnce(order)).outcome).toEqual({ contentSha256: sha256 });
    expect(server.asked.at(-1)?.range).toMatch(/^bytes=[1-9]/);
  });

  // A small disk of its own: as root, or where users may make namespaces.
  const flags = [["-m"], ["-rm"]].find(
    (each) => spawnSync("unshare", [...each, "sh", "-c", "mount -t tmpfs -o size=1m dubwright-test /mnt"]).status === 0,
  );

  test("is told as full, for a download and for an import", async ({ skip }) => {
    if (!flags) skip("no 1 MB disk can be made here: unshare may neither mount as root nor as a user");
    await using server = await startModelServer(content, serveWell());
    const disk = join(folder, "disk");
    await mkdir(disk);
    const mounted = { unshare: flags ?? [], shell: `mount -t tmpfs -o size=1m dubwright-test "${disk}" &&` };
    const download = await runOnce(downloadTo(join(disk, "model.pt"), `${server.url}/m.pt`), mounted);
    expect(download.outcome.failureCode).toBe("disk.full");
    const path = join(folder, "big.pt");
    await writeSparseCheckpoint(path, [{ key: "w", dims: [1024, 1024] }]);
    const order = { type: "import", path, storeFolder: join(disk, "models"), dtype: "float32" } as const;
    // Looked at before the first byte, with room for the rest of the system.
    expect((await runOnce(order, mounted)).outcome.failureCode).toBe("disk.no-room");
  });

  test("stops an import with the reason and leaves no half model", async () => {
    const path = join(folder, "big.pt");
    const storeFolder = join(folder, "models");
    await writeSparseCheckpoint(path, [{ key: "w", dims: [1024, 1024] }]);
    const order = { type: "import", path, storeFolder, dtype: "float32" } as const;
    const { outcome } = await runOnce(order, { shell: "trap '' XFSZ; ulimit -f 2000;" });
    expect(outcome.failureCode).toMatch(/^disk\./);
    expect(await readStoredModels(storeFolder)).toEqual({ models: [], damaged: [] });
    expect(await readdir(join(storeFolder, "tmp"))).toEqual([]);
  });
});

test("an import killed at any of its steps leaves the model whole or absent, and what it left is swept", async () => {
  const path = join(folder, "small.pt");
  await writeSparseCheckpoint(path, [{ key: "w", dims: [64, 64] }]);
  const orderFor = (storeFolder: string) => ({ type: "import", path, storeFolder, dtype: "float16" }) as const;
  const steps = await stepsOf(orderFor(join(folder, "trial")));
  expect(steps).toContain("models.import.renamed:1");
  for (const [index, step] of steps.entries()) {
    const storeFolder = join(folder, `store-${index}`);
    const killed = await runOnce(orderFor(storeFolder), { environment: { DUBWRIGHT_KILL_AT: step } });
    expect(killed.ended, step).toBe("SIGKILL");
    expect((await readStoredModels(storeFolder)).damaged, step).toEqual([]);
    expect((await runOnce(orderFor(storeFolder))).ended, step).toBe("ok");
    const { models } = await readStoredModels(storeFolder);
    expect(models, step).toHaveLength(1);
    expect(await readdir(join(storeFolder, "tmp")), step).toEqual([]);
    for (const model of models)
      await verifyStored(storeFolder, model, { signal: new AbortController().signal, onProgress: () => undefined });
  }
});

test("importing 300 MB grows the process by less than 200 MB", async () => {
  const path = join(folder, "large.pt");
  const storeFolder = join(folder, "models");
  // One tensor of 210 MB and many of usual size: neither may be held.
  const tensors = Array.from({ length: 24 }, (_, index) => ({ key: `blocks.${index}.weight`, dims: [1024, 1024] }));
  await writeSparseCheckpoint(path, [{ key: "embedding", dims: [51_200, 1024] }, ...tensors]);
  for (const dtype of ["float32", "float16"] as const) {
    const { outcome } = await runOnce({ type: "import", path, storeFolder, dtype });
    expect(outcome.failureCode).toBeUndefined();
    expect(outcome.grownBytes, dtype).toBeLessThan(200 << 20);
  }
  const { models } = await readStoredModels(storeFolder);
  expect(models.map(({ dtype, tensorCount }) => [dtype, tensorCount])).toEqual([
    ["float32", 25],
    ["float16", 25],
  ]);
});
