// A run that is killed and resumed ends with the very bits of one that was left alone.
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLatestCheckpoint, readSteps } from "../../src/core/training/index.ts";

const steps = 20;
const script = fileURLToPath(new URL("../support/training/run-training.ts", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "dubwright-resume-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs until it ends, or is killed as soon as it has told of `killAfter` steps more; says whether it ended. */
function run(at: string, killAfter = Infinity): Promise<boolean> {
  const child = spawn(process.execPath, [script, at, String(steps)], { stdio: ["ignore", "pipe", "inherit"] });
  let told = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString().split("\n").length - 1;
    if (told >= killAfter) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => resolve(code === 0));
  });
}

const lastCheckpoint = (at: string): Buffer => {
  const names = readdirSync(path.join(at, "checkpoints")).toSorted();
  return readFileSync(path.join(at, "checkpoints", names.at(-1) ?? ""));
};

test(
  "killed at three places and resumed, a run is bit for bit the uninterrupted one",
  { timeout: 300_000 },
  async () => {
    const [whole, killed] = [path.join(folder, "whole"), path.join(folder, "killed")];
    for (const at of [whole, killed]) mkdirSync(at);
    expect(await run(whole)).toBe(true);
    // Before the first checkpoint; in the middle; at a step that writes one.
    for (const killAfter of [2, 5, 3]) expect(await run(killed, killAfter)).toBe(false);
    expect(await run(killed)).toBe(true);
    expect(lastCheckpoint(killed).equals(lastCheckpoint(whole))).toBe(true);
    const curveOf = (at: string) =>
      readSteps(path.join(at, "log.jsonl")).map(({ step, losses, validation }) => ({ step, losses, validation }));
    expect(curveOf(killed)).toHaveLength(steps);
    expect(curveOf(killed)).toEqual(curveOf(whole));
    checkRefusals(whole);
  },
);

/** What lies in a run's folder can be torn, or another's. */
function checkRefusals(whole: string): void {
  const checkpoints = path.join(whole, "checkpoints");
  const at = { folder: checkpoints, fingerprint: "killed" };
  const names = readdirSync(checkpoints).toSorted();
  const [latest = "", other] = [names.at(-1), "step-00000099.safetensors"];
  const found = readLatestCheckpoint(at, new Map());
  expect(found?.standing.step).toBe(steps);
  // A torn file on top is passed over and named; the one below is taken.
  copyFileSync(path.join(checkpoints, latest), path.join(checkpoints, other));
  writeFileSync(path.join(checkpoints, other), readFileSync(path.join(checkpoints, other)).subarray(0, 999));
  const behind = readLatestCheckpoint(at, new Map());
  expect(behind?.standing.step).toBe(steps);
  expect(behind?.passedOver.map(({ file }) => path.basename(file))).toEqual([other]);
  rmSync(path.join(checkpoints, other));
  expect(() => readLatestCheckpoint({ ...at, fingerprint: "another" }, new Map())).toThrow(/belongs to another recipe/);
  expect(() => readLatestCheckpoint(at, new Map([["conv_in.weight", [1]]]))).toThrow(
    /no tensor "parameter\/conv_in.weight"/,
  );
}
