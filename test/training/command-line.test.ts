// Training as a person types it: run, list, stop and resume, plot, and what is refused.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTensorFile } from "../../src/core/weights/index.ts";
import { smallAdapterRecipe, writeClips, writeRecipe } from "../support/training/write-clips.ts";

const cli = path.resolve(import.meta.dirname, "../../src/cli/main.ts");
let home = "";
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "dubwright-train-"));
  await writeClips(path.join(home, "clips"), 10);
  writeRecipe(path.join(home, "small.json"), smallAdapterRecipe());
});
afterAll(() => rmSync(home, { recursive: true }));

type Ended = { readonly code: number; readonly out: string; readonly err: string };

const dubwright = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: home, env: { ...process.env, DUBWRIGHT_APP_DATA: path.join(home, "app") } };
    const child = execFile(process.execPath, [cli, ...args], options, (_error, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });

const json = async (...args: readonly string[]): Promise<unknown> => {
  const { out } = await dubwright(...args, "--json");
  return JSON.parse(out.trim().split("\n").at(-1) ?? "null");
};

test("an adapter is trained, listed, resumed for more steps and plotted", { timeout: 240_000 }, async () => {
  const ran = await dubwright("train", "run", "--recipe", "./small.json", "--data", "clips", "--name", "Actor");
  expect(ran).toMatchObject({ code: 0 });
  const listed = await json("train", "list");
  expect(listed).toMatchObject({
    runs: [
      { run: "Actor", recipe: "small-adapter", state: "done", step: 12, steps: 12, validation: expect.any(Number) },
    ],
  });
  const result = path.join(home, "app", "training", "Actor", "result.safetensors");
  // As of its best validation, which is taken after 6 and 12 steps.
  expect(adapterIn(result)).toMatchObject({ kind: "dubwright-adapter", step: expect.stringMatching(/^(6|12)$/) });
  expect((await dubwright("train", "list")).out).toMatch(/Actor +small-adapter +done +12 of 12/);
  expect(await json("train", "resume", "--run", "Actor", "--steps", "15")).toMatchObject({
    job: { state: "done", result: { run: "Actor", why: "all-steps", step: 15 } },
  });
  expect(adapterIn(result)["step"]).toMatch(/^(6|12|15)$/);
  expect(await json("train", "plot", "--run", "Actor", "--out", "curves.svg")).toMatchObject({ steps: 15 });
  const picture = readFileSync(path.join(home, "curves.svg"), "utf8");
  expect(picture).toContain("<polyline");
  expect(picture).toContain("denoising");
  expect(await json("train", "stop", "--run", "Actor")).toEqual({ run: "Actor", wasRunning: false });
});

/** The metadata of the result, which holds nothing but the adapter's tensors. */
function adapterIn(file: string): Readonly<Record<string, unknown>> {
  using opened = openTensorFile(file);
  const names = [...opened.entries.keys()];
  expect(names.length).toBeGreaterThan(0);
  expect(names.every((name) => /attn2\.to_(q|k|v|out\.0)\.lora_[AB]\.weight$/.test(name))).toBe(true);
  return Object.fromEntries(opened.scalars);
}

test("what cannot be trained is refused with the reason", { timeout: 120_000 }, async () => {
  const refusal = async (...args: readonly string[]) => {
    const { code, err, out } = await dubwright("train", ...args);
    expect(code).toBe(1);
    return err + out;
  };
  expect(await refusal("run", "--recipe", "stage9", "--data", "clips")).toContain('There is no recipe "stage9"');
  expect(await refusal("run", "--recipe", "adapter", "--data", "clips")).toMatch(
    /needs models that are not on this machine: latentsync-unet or latentsync-unet-efficient; sd-vae/,
  );
  mkdirSync(path.join(home, "empty"));
  expect(await refusal("run", "--recipe", "./small.json", "--data", "empty", "--name", "E")).toContain(
    "holds no prepared clips",
  );
  writeFileSync(path.join(home, "wrong.json"), JSON.stringify({ ...smallAdapterRecipe(), precision: "float8" }));
  expect(await refusal("run", "--recipe", "./wrong.json", "--data", "clips")).toMatch(/is no recipe: precision/);
  expect(await refusal("resume", "--run", "Nobody")).toContain('There is no run "Nobody"');
});
