// SyncNet v2 against the totals of the published class, and a narrow one against PyTorch, double precision.
import { expect, test } from "vitest";
import { silentLogger } from "../../base/index.ts";
import { encodeModel, openRuntime, tensorFromValues, variantOf, weightOf } from "../../onnx/index.ts";
import type { Graph, Weight, Weights } from "../../onnx/index.ts";
import { elementCount } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { networkParameters } from "../published-networks.ts";
import { parameterCount } from "../parameters.ts";
import { syncNetV2PictureGraph, syncNetV2SoundGraph } from "./syncnet-v2.ts";

test("asks for exactly the tensors of the published class: 13,631,616 parameters, 13,640,256 numbers with the norms' statistics", () => {
  const asked = networkParameters("syncnet-v2");
  expect(parameterCount(asked)).toBe(13_640_256);
  const learned = [...asked].filter(([key]) => !key.includes("running"));
  expect(parameterCount(learned)).toBe(13_631_616);
  // The published file has one counter more for each of 14 norms.
  expect(asked.size).toBe(102 - 14);
  expect(asked.get("netcnnlip.0.weight")).toEqual([96, 3, 5, 7, 7]);
  expect(asked.get("netcnnlip.18.weight")).toEqual([512, 256, 1, 6, 6]);
  expect(asked.get("netfcaud.3.weight")).toEqual([1024, 512]);
});

/** The same numbers in any language; norms and biases far enough from zero that no layer dies. */
function weightFor(key: string, dims: readonly number[]): Weight {
  const isVector = dims.length === 1;
  const values = Float32Array.from({ length: elementCount(dims) }, (_, i) => {
    if (key.endsWith("running_var")) return 1 + 0.5 * Math.sin(i);
    const lift = isVector && !key.includes("running") ? 0.6 : 0;
    return 0.3 * Math.sin(0.013 * i * i + key.length) + lift;
  });
  return weightOf(key, tensorFromValues("float32", dims, values));
}

const weights: Weights = {
  keys: () => [],
  find: (key, dims) => (dims ? weightFor(key, dims) : undefined),
};

const channels = [2, 3, 2, 3, 2, 4];
const config = { pictureChannels: channels, soundChannels: channels, embeddingWidth: 6 };

async function embeddingOf(graph: Graph, input: Readonly<Record<string, Tensor>>): Promise<readonly number[]> {
  const runtime = await openRuntime({ role: "test", logger: silentLogger });
  const model = await encodeModel(variantOf(graph, { lowering: "cpu" }));
  await using session = await runtime.openSession(graph.name, model, { providers: ["cpu"], threads: 1 });
  const { embedding } = await session.run(input);
  return Array.from(embedding?.data ?? [], Number);
}

const wave = (dims: readonly number[], at: (index: number) => number) =>
  tensorFromValues(
    "float32",
    dims,
    Float32Array.from({ length: elementCount(dims) }, (_, index) => at(index)),
  );

test("the picture branch answers as PyTorch's three-dimensional one does", async () => {
  const pictures = wave([2, 3, 5, 224, 224], (index) => 127.5 + 127.5 * Math.sin(0.0007 * index));
  const found = await embeddingOf(syncNetV2PictureGraph({ config, weights }), { pictures });
  const expected = [
    [0.091091, 0.12118, 0.575459, 1.383333, 0.974177, 0.032637],
    [0.066666, 0.094306, 0.552459, 1.390608, 1.007966, 0.007495],
  ].flat();
  expect(found).toEqual(expected.map((value) => expect.closeTo(value, 4)));
});

test("the sound branch answers as PyTorch's does", async () => {
  const cepstra = wave([2, 1, 13, 20], (index) => 5 * Math.sin(0.11 * index));
  const found = await embeddingOf(syncNetV2SoundGraph({ config, weights }), { cepstra });
  const expected = [
    [-0.190212, -0.192136, 0.23213, 1.305828, 1.423827, -0.03768],
    [-0.191782, -0.193764, 0.230884, 1.306201, 1.425392, -0.038519],
  ].flat();
  expect(found).toEqual(expected.map((value) => expect.closeTo(value, 4)));
});
