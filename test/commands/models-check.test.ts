// `models check` as a person types it: figures as a table, as one line of JSON, and refusals with their exit code.
import { execFile } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { tempFolder } from "../support/media.ts";
import { sharedVectors } from "../support/shared-folder.ts";

const cli = path.resolve(import.meta.dirname, "../../src/cli/main.ts");

type Ended = { readonly exitCode: number; readonly stdout: string };

async function dubwright(homeFolder: string, ...args: readonly string[]): Promise<Ended> {
  const environment = { ...process.env, DUBWRIGHT_APP_DATA: path.join(homeFolder, "app") };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { env: environment });
    return { exitCode: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { readonly code: number; readonly stdout: string };
    return { exitCode: code, stdout };
  }
}

test("the figures of every output are printed, with --json as one line and nothing else", async ({ skip }) => {
  const vectors = sharedVectors("vae.vectors.safetensors") ?? skip("the reference vectors are not beside the checkout");
  await using home = await tempFolder();
  const { exitCode, stdout } = await dubwright(home.path, "models", "check", "--vectors", vectors, "--json");
  expect(exitCode).toBe(0);
  const { outputs } = JSON.parse(stdout) as { outputs: readonly { output: string; relativeError: number }[] };
  expect(outputs.map(({ output }) => output).toSorted()).toEqual(["image", "latent_logvar", "latent_mean"]);
  for (const { relativeError } of outputs) expect(relativeError).toBeLessThan(1e-5);
});

test("a checkpoint that is not of the vectors' family is refused by its tensors", async ({ skip }) => {
  const vectors = sharedVectors("vae.vectors.safetensors") ?? skip("the reference vectors are not beside the checkout");
  const other = sharedVectors("unet-stage1.pt") ?? skip("the reference vectors are not beside the checkout");
  await using home = await tempFolder();
  const copy = path.join(home.path, "vae.vectors.safetensors");
  await cp(vectors, copy);
  await cp(other, path.join(home.path, "vae.safetensors"));
  const { exitCode, stdout } = await dubwright(home.path, "models", "check", "--vectors", copy, "--json");
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ failure: { code: "models.wrong-tensors" } });
});

test("what is no vectors file is refused", async () => {
  await using home = await tempFolder();
  const file = path.join(home.path, "notes.vectors.safetensors");
  await writeFile(file, "not tensors at all");
  const { exitCode, stdout } = await dubwright(home.path, "models", "check", "--vectors", file, "--json");
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ failure: { code: "weights.unknown-format" } });
});
