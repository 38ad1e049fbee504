// Rules of stored models: found by what they are called, told when they are damaged, used as they were trained.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findStored, readStoredModels, requireTrainedFor } from "./model-record.ts";
import type { ModelRecord } from "./model-record.ts";

const record = (changes: Partial<ModelRecord> = {}): ModelRecord => ({
  format: 1,
  contentSha256: "a".repeat(64),
  network: "net",
  config: {},
  modelId: "one",
  title: "One",
  trainedForPx: 256,
  dtype: "float32",
  sizeBytes: 3,
  tensorCount: 1,
  parameterCount: 1,
  origin: { how: "import", fileName: "a.pt", sizeBytes: 1, sha256: "b".repeat(64), isPublishedFile: null },
  licence: null,
  importedAt: "2026-01-01T00:00:00.000Z",
  ...changes,
});

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dubwright-records-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, content: unknown, weights = "abc"): Promise<void> {
  const place = join(folder, "net", name);
  await mkdir(place, { recursive: true });
  await writeFile(join(place, "model.json"), typeof content === "string" ? content : JSON.stringify(content));
  await writeFile(join(place, "weights.safetensors"), weights);
}

test("a model is found by its id, or by the first digits of its content", () => {
  const models = [record(), record({ contentSha256: "c".repeat(64), modelId: null })];
  expect(findStored(models, "one")).toBe(models[0]);
  expect(findStored(models, "cccccccc")).toBe(models[1]);
  expect(() => findStored(models, "ccc")).toThrow(expect.objectContaining({ code: "models.not-stored" }));
});

test("two stored under one id are told apart by their content", () => {
  const models = [record(), record({ contentSha256: "c".repeat(64), dtype: "float16" })];
  expect(() => findStored(models, "one")).toThrow(
    expect.objectContaining({
      code: "models.ambiguous",
      hint: expect.stringContaining("aaaaaaaaaaaa (float32), cccccccccccc (float16)") as string,
    }),
  );
});

test("folders that should hold a model and don't are told, and hide no other", async () => {
  await put("a".repeat(64), record());
  await put("d".repeat(64), record({ contentSha256: "d".repeat(64) }), "short of a byte");
  await put("e".repeat(64), "{ torn");
  await put("f".repeat(64), record());
  await put("0".repeat(64), { ...record(), config: undefined });
  const { models, damaged } = await readStoredModels(folder);
  expect(models.map(({ contentSha256 }) => contentSha256)).toEqual(["a".repeat(64)]);
  expect(damaged.map(({ why }) => why)).toEqual([
    "its record is malformed",
    "its weights have 15 bytes instead of 3",
    "its record is malformed",
    "its record is of another model",
  ]);
});

test("an empty store has no models", async () => {
  expect(await readStoredModels(join(folder, "missing"))).toEqual({ models: [], damaged: [] });
});

test("weights trained on 256 pixels are refused for 512, and those that no size concerns are not", () => {
  expect(() => requireTrainedFor(record(), 512)).toThrow(expect.objectContaining({ code: "models.wrong-resolution" }));
  expect(() => requireTrainedFor(record(), 256)).not.toThrow();
  expect(() => requireTrainedFor(record({ trainedForPx: null }), 512)).not.toThrow();
});
