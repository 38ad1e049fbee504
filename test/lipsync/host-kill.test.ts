// kill -9 of the whole program while a take is made: the next one that opens the project goes on at the next window.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takePathOf, verifyTake } from "../../src/core/lipsync/index.ts";
import { contract } from "../../src/shared/contract/index.ts";
import { makeDubScene } from "../support/dub-scene.ts";
import type { DubScene } from "../support/dub-scene.ts";
import { openRealCore } from "../support/real-core.ts";

const mainPath = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const frameCount = 100;

let folder = "";
let scene: DubScene;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-host-kill-"));
  scene = await makeDubScene(folder, { frameCount });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Starts the command and kills it without warning once it has told of `doneFrames` finished frames. */
function generateUntil(doneFrames: number): Promise<void> {
  const args = ["segments", "generate", "--segment-ids", scene.segmentIds.de, "--steps", "8", "--provider", "cpu"];
  const environment = { ...process.env, DUBWRIGHT_APP_DATA: join(folder, "app") };
  const child = spawn(process.execPath, [mainPath, ...args, "--json", "--project", scene.projectFolder], {
    env: environment,
    stdio: ["ignore", "pipe", "ignore"],
  });
  let heard = "";
  child.stdout.on("data", (chunk: Buffer) => {
    heard += chunk.toString();
    const counts = [...heard.matchAll(/"done":(\d+),"total":\d+,"unit":"frames"/g)].map(([, done]) => Number(done));
    if (Math.max(0, ...counts) >= doneFrames) child.kill("SIGKILL");
  });
  return new Promise((resolve) => child.on("close", () => resolve()));
}

test(
  "a take of a killed program is finished by the next, without a window made twice",
  { timeout: 300_000 },
  async () => {
    await generateUntil(40);
    await using core = await openRealCore({ folder });
    await core.operations["project.open"]({ folder: scene.projectFolder });
    const { jobs } = await core.operations["jobs.list"]({});
    const [job] = jobs.filter(({ kind }) => kind === "segments.generate");
    expect(job?.state).not.toBe("done");
    const ended = await core.ended(job?.jobId ?? expect.fail("the job is in the queue"));
    expect(ended.failure).toBeNull();
    const { takes, work } = contract["segments.generate"].output.parse(ended.result);
    const path = takePathOf(join(scene.projectFolder, "takes"), takes[0] ?? expect.fail("a take"));
    expect(await verifyTake(path)).toBe(frameCount);
    // 100 frames are nine windows of 16 with an overlap of 4; one under way may be lost with the program.
    expect(work.windowsDenoised).toBeLessThanOrEqual(10);
    const { takes: listed } = await core.operations["takes.list"]({ segmentId: scene.segmentIds.de });
    expect(listed).toHaveLength(1);
    // Nobody can undo what a machine has finished.
    const { undo } = await core.operations["history.state"]({});
    expect(undo?.name).not.toBe("segments.generate");
  },
);
