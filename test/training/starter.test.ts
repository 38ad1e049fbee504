// The command that trains the starter, from end to end at tiny sizes: stopped and gone on with it ends with the same bytes, and
// what it writes is a model of the product.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sharedData } from "../support/shared-folder.ts";

const root = path.join(import.meta.dirname, "../..");
const head = sharedData("head/head.json");
const isInstalled = (program: string): boolean =>
  (process.env["PATH"] ?? "").split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));
const canSpeak = ["flite", "espeak-ng", "festival", "cc"].every(isInstalled);

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "dubwright-starter-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const environment = () => ({ ...process.env, DUBWRIGHT_APP_DATA: path.join(folder, "app") });

/** Its lines; stopped as by Ctrl+C as soon as `stopAt` says so. */
function run(file: string, args: readonly string[], stopAt: () => boolean = () => false): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [path.join(root, file), ...args], { env: environment() }, (error, out) => {
      clearInterval(looking);
      if (error) reject(error);
      else resolve(out);
    });
    let isAsked = false;
    const looking = setInterval(() => {
      if (isAsked || !stopAt()) return;
      isAsked = true;
      child.kill("SIGINT");
    }, 50);
  });
}

const train = (work: string, stopAt?: () => boolean) =>
  run(
    "tools/training/starter.ts",
    ["--head", path.dirname(head ?? ""), "--work", work, "--family", "tiny", "--threads", "1"],
    stopAt,
  );

test.skipIf(head === undefined || !canSpeak)(
  "the starter is trained by one command, through a stop to the same bytes, into a model that can be imported",
  { timeout: 900_000 },
  async () => {
    const [whole, parted] = [path.join(folder, "whole"), path.join(folder, "parted")];
    expect(await train(whole)).toContain("starter.safetensors");
    await mkdir(parted);
    for (const made of ["clips", "sounds"])
      await cp(path.join(whole, made), path.join(parted, made), { recursive: true });
    const isUnderWay = () => existsSync(path.join(parted, "runs/unet/log.jsonl"));
    expect(await train(parted, isUnderWay)).toContain("stopped");
    expect(existsSync(path.join(parted, "starter.safetensors"))).toBe(false);
    await train(parted);
    for (const name of ["starter.safetensors", "starter-syncnet.safetensors"])
      expect(await readFile(path.join(parted, name))).toEqual(await readFile(path.join(whole, name)));
    const measured = (await readFile(path.join(whole, "measure.jsonl"), "utf8")).trim().split("\n");
    expect(measured.map((line) => (JSON.parse(line) as { step: number }).step)).toEqual([10, 20]);
    await run("src/cli/main.ts", ["models", "import", path.join(whole, "starter.safetensors")]);
    expect(await run("src/cli/main.ts", ["models", "list", "--json"])).toContain('"network":"lipsync-model"');
  },
);
