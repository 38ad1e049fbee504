// Rules of the core host process: it serves its shell, gives out files by id, and ends with it.
import { fork, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClient } from "../../src/shared/contract/index.ts";
import { ipcEndOf, linkToHost } from "../../src/core/commands/index.ts";
import type { RecordId } from "../../src/shared/project/index.ts";
import { isAlive } from "../support/is-alive.ts";
import { ffmpeg } from "../support/media.ts";

const entry = fileURLToPath(new URL("../../src/core/commands/core-host.ts", import.meta.url));
const parentPath = fileURLToPath(new URL("../support/core-host-parent.ts", import.meta.url));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-core-host-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = () => ({ ...process.env, DUBWRIGHT_APP_DATA: join(folder, "app") });

function startHost() {
  const child = fork(entry, [], { env: environment(), execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (log += text));
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  return { child, exited, link: linkToHost(ipcEndOf(child)), log: () => log };
}

test("it serves several windows, gives out files by id to its shell, and ends in order when the shell lets go", async () => {
  const { child, exited, link } = startHost();
  await link.whenReady();
  const [first, second] = [createClient(link.connect()), createClient(link.connect())];
  const heard: string[] = [];
  second.onEvent((event) => heard.push(event.type));
  await first.operations["project.create"]({ folder, name: "A" });
  await expect.poll(() => heard).toContain("project-opened");
  await ffmpeg("-f", "lavfi", "-i", "sine=duration=1", join(folder, "a.wav"));
  const { jobId } = await first.operations["media.import"]({ path: join(folder, "a.wav") });
  const stateOf = async () => (await second.operations["jobs.get"]({ jobId })).job.state;
  await expect.poll(stateOf, { timeout: 30_000 }).toBe("done");
  const { records } = await first.operations["record.list"]({ type: "media" });
  const previews = await first.operations["media.previews"]({ mediaId: records[0]?.id as RecordId<"media"> });
  const resourceId = String(previews.proxy.url).replace("media/", "");
  expect(await link.resolve(resourceId)).toMatchObject({ filePath: join(folder, "a.wav"), contentType: "audio/wav" });
  expect(await link.resolve("none")).toBeUndefined();
  second.close();
  child.disconnect();
  expect(await exited).toBe(0);
  await expect(first.operations["app.info"]({})).rejects.toMatchObject({ code: "contract.connection-lost" });
  await expect(link.resolve(resourceId)).rejects.toMatchObject({ code: "host.ended" });
});

test("it ends when its shell is killed", async () => {
  const parent = spawn(process.execPath, [parentPath], { env: environment(), stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  parent.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await expect.poll(() => said, { timeout: 30_000 }).toContain("\n");
  const { hostPid, info } = JSON.parse(said);
  expect(info).toMatchObject({ host: "desktop" });
  expect(isAlive(hostPid)).toBe(true);
  parent.kill("SIGKILL");
  await expect.poll(() => isAlive(hostPid), { timeout: 10_000 }).toBe(false);
});

test("a shell waiting for a host that dies while starting is told", async () => {
  const { child, link } = startHost();
  const waiting = expect(link.whenReady()).rejects.toMatchObject({ kind: "failed", code: "host.ended" });
  child.kill("SIGKILL");
  await waiting;
  expect(() => link.connect()).not.toThrow();
  await expect(createClient(link.connect()).operations["app.info"]({})).rejects.toMatchObject({
    code: "contract.connection-lost",
  });
});

test("what fails in it stands in its log as one JSON object a line", async () => {
  const { child, exited, link, log } = startHost();
  await link.whenReady();
  const { operations } = createClient(link.connect());
  // A file where the folder for settings should be.
  await writeFile(join(folder, "app"), "in the way");
  await expect(operations["app.set"]({ theme: "dark" })).rejects.toMatchObject({ kind: "failed" });
  child.disconnect();
  await exited;
  const lines = log()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: "error",
      message: "app.set failed",
      error: expect.objectContaining({ code: "app.file-unreadable", stack: expect.any(String) }),
    }),
  );
});
