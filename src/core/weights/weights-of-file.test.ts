// Weights over files: conversion of elements, joined sources, and what is written is read again.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { safetensorsOf } from "../../../test/support/hostile-weights.ts";
import { readWeight } from "../onnx/index.ts";
import type { Weight, Weights } from "../onnx/index.ts";
import { joinWeights, memoryByteSource, openTensorFile, readTensorFile, weightsOf, writeSafetensors } from "./index.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dubwright-weights-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer); // 1, -2
const brains = new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer); // 1, -2
const singles = new Uint8Array(Float32Array.of(1, -2).buffer);
const longs = new Uint8Array(BigInt64Array.of(7n).buffer);

const file = () => {
  const header = {
    half: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
    brain: { dtype: "BF16", shape: [2], data_offsets: [4, 8] },
    single: { dtype: "F32", shape: [2], data_offsets: [8, 16] },
    long: { dtype: "I64", shape: [1], data_offsets: [16, 24] },
  };
  const data = new Uint8Array([...halves, ...brains, ...singles, ...longs]);
  return readTensorFile(memoryByteSource("made.safetensors", safetensorsOf(header, data)));
};

const found = (weights: Weights, key: string): Weight => {
  const weight = weights.find(key);
  expect(weight).toBeDefined();
  return weight as Weight;
};

test.each(["half", "brain", "single"])("a tensor stored as %s reads as float32 and as float16", async (key) => {
  using source = file();
  const wide = await readWeight(found(weightsOf(source, { dtype: "float32" }), key));
  const narrow = await readWeight(found(weightsOf(source, { dtype: "float16" }), key));
  expect([...(wide.data as Float32Array)]).toEqual([1, -2]);
  expect(wide.dtype).toBe("float32");
  expect(new Uint8Array(narrow.data.buffer)).toEqual(halves);
});

test("integers keep their type", async () => {
  using source = file();
  const tensor = await readWeight(found(weightsOf(source, { dtype: "float16" }), "long"));
  expect(tensor.dtype).toBe("int64");
  expect([...(tensor.data as BigInt64Array)]).toEqual([7n]);
});

test("a network's key may be another in the file", () => {
  using source = file();
  const weights = weightsOf(source, { dtype: "float32", keyInFile: (key) => key.replace("new", "single") });
  expect(weights.find("new")?.dims).toEqual([2]);
  expect(weights.find("nothing")).toBeUndefined();
});

test("what is written is read again, wide elements first", async () => {
  const path = join(folder, "out.safetensors");
  using source = file();
  const weights = joinWeights(weightsOf(source, { dtype: "float32" }));
  const keys = ["half", "long", "single"];
  await writeSafetensors(
    path,
    keys.map((key) => found(weights, key)),
    { metadata: { family: "made" } },
  );
  using again = openTensorFile(path);
  expect([...again.entries.keys()]).toEqual(["long", "half", "single"]);
  expect(again.scalars.get("family")).toBe("made");
  const single = await readWeight(found(weightsOf(again, { dtype: "float32" }), "single"));
  expect([...(single.data as Float32Array)]).toEqual([1, -2]);
});

test("a file that is there is not overwritten", async () => {
  const path = join(folder, "out.safetensors");
  await writeSafetensors(path, []);
  await expect(writeSafetensors(path, [])).rejects.toThrow("EEXIST");
});
