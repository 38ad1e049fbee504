// A host that dies takes its ffmpeg with it: nothing goes on writing into a project that nobody holds any more.
import { spawn } from "node:child_process";
import { readFile, readdir } from "node:fs/promises";
import { afterAll, expect, test } from "vitest";
import { systemClock } from "../../src/core/base/index.ts";
import { ffmpeg, tempFolder, testFfmpeg } from "../support/media.ts";

const folder = await tempFolder();
afterAll(() => folder[Symbol.asyncDispose]());
const tools = await testFfmpeg();
const canTie = process.platform === "linux" && tools.launcher.some((argument) => argument === "--pdeathsig");

/** Makes a proxy in a process of its own; the path of ffmpeg and of the film come as arguments. */
const hostScript = `
  const { findFfmpeg, makeProxy, openMedia } = await import(process.argv[1]);
  const { silentLogger } = await import(process.argv[2]);
  const tools = await findFfmpeg({ searchPath: process.env.PATH.split(":") }, { logger: silentLogger });
  const source = await openMedia(tools, process.argv[3]);
  const onProgress = () => process.stdout.write("working");
  await makeProxy(source, { path: process.argv[3] + ".proxy.mp4", onProgress });
`;

async function childrenOf(parentPid: number): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).map(Number).filter((pid) => pid > 0);
  const found: number[] = [];
  for (const pid of pids) if ((await parentOf(pid)) === parentPid) found.push(pid);
  return found;
}

/** Undefined for a process that is gone or only waits to be buried. */
async function parentOf(pid: number): Promise<number | undefined> {
  try {
    const [, state, parent] = /\) (\S) (\d+)/.exec(await readFile(`/proc/${pid}/stat`, "utf8")) ?? [];
    return state === "Z" ? undefined : Number(parent);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ESRCH"))
      return undefined;
    throw error;
  }
}

test.skipIf(!canTie)("ffmpeg ends when its host is killed in the middle of a proxy (Linux with setpriv)", async () => {
  const film = `${folder.path}/film.mp4`;
  const picture = ["-f", "lavfi", "-i", "testsrc2=s=1280x720:r=50:d=1", "-c:v", "libx264", "-preset", "ultrafast"];
  await ffmpeg(...picture, `${folder.path}/second.mp4`);
  await ffmpeg("-stream_loop", "119", "-i", `${folder.path}/second.mp4`, "-c", "copy", film);
  const root = new URL("../../src/core/", import.meta.url);
  const modules = [new URL("media/index.ts", root).href, new URL("base/index.ts", root).href];
  const host = spawn(process.execPath, ["--input-type=module", "-e", hostScript, ...modules, film]);
  await new Promise((resolve) => host.stdout.once("data", resolve));
  const workers = await childrenOf(host.pid ?? 0);
  expect(workers).toHaveLength(1);
  host.kill("SIGKILL");
  await new Promise((resolve) => host.once("exit", resolve));
  let left = workers;
  for (let wait = 0; wait < 50 && left.length > 0; wait += 1) {
    await systemClock.sleep(100);
    const parents = await Promise.all(left.map(parentOf));
    left = left.filter((_, index) => parents[index] !== undefined);
  }
  expect(left).toEqual([]);
});
