// Adapters: new ones change nothing, merged and apart agree, and only what is theirs becomes an input.
import { expect, test } from "vitest";
import { randomFrom } from "../../base/index.ts";
import {
  evaluateGraph,
  graph,
  tensorFromValues,
  valuesOf,
  weightsInMemory,
  weightsToInputs,
} from "../../onnx/index.ts";
import type { Weights } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { addAdapter, mergeAdapter, newAdapter } from "./add-adapter.ts";
import { isAdapterKey } from "./adapter-keys.ts";

const random = randomFrom(11);
const drawn = (...dims: readonly number[]): Tensor<"float32"> => {
  const count = dims.reduce((product, size) => product * size, 1);
  const values = Array.from({ length: count }, () => random.uniform() - 0.5);
  return tensorFromValues("float32", dims, values) as Tensor<"float32">;
};

const weights = weightsInMemory({
  "attn.to_q.weight": drawn(6, 4),
  "attn.to_out.0.weight": drawn(3, 6),
  "attn.to_out.0.bias": drawn(3),
});
const network = (from: Weights) =>
  graph(
    "pair",
    (g) => {
      const x = g.input("x", "float32", [5, 4]);
      const attn = g.scope("attn");
      const q = attn.linear(x, attn.weight("to_q.weight", [6, 4]));
      return { y: attn.linear(g.tanh(q), attn.weight("to_out.0.weight", [3, 6]), attn.weight("to_out.0.bias", [3])) };
    },
    { weights: from },
  );
const spec = { rank: 2, alpha: 3, projections: ["to_q", "to_out.0"] };
const x = drawn(5, 4);
const answerOf = async (given: ReturnType<typeof network>) => [
  ...valuesOf((await evaluateGraph(given, { x }))["y"] ?? x),
];

/** A new adapter with its zeros replaced, as if it had been trained. */
const trained = (): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(
    Object.entries(newAdapter(network(weights), spec, randomFrom(1))).map(([key, { dims }]) => [key, drawn(...dims)]),
  );

test("a new adapter leaves the network as it was", async () => {
  const adapter = newAdapter(network(weights), spec, randomFrom(1));
  expect(Object.keys(adapter)).toEqual([
    "attn.to_q.lora_A.weight",
    "attn.to_q.lora_B.weight",
    "attn.to_out.0.lora_A.weight",
    "attn.to_out.0.lora_B.weight",
  ]);
  expect(await answerOf(addAdapter(network(weights), spec, adapter))).toEqual(await answerOf(network(weights)));
});

test("an adapter kept apart and the same one merged into the weights give the same answer", async () => {
  const adapter = trained();
  const apart = await answerOf(addAdapter(network(weights), spec, adapter));
  const merged = await answerOf(network(mergeAdapter(weights, spec, adapter)));
  apart.forEach((value, i) => expect(merged[i]).toBeCloseTo(value, 5));
  const plain = await answerOf(network(weights));
  expect(Math.max(...apart.map((value, i) => Math.abs(value - (plain[i] ?? 0))))).toBeGreaterThan(0.1);
});

test("what is adapted stays a constant of the file; the adapter alone travels", () => {
  const apart = weightsToInputs(addAdapter(network(weights), spec, trained()), isAdapterKey);
  expect(apart.inputs.map(({ name }) => name)).toEqual([
    "x",
    "attn.to_q.lora_A.weight",
    "attn.to_q.lora_B.weight",
    "attn.to_out.0.lora_A.weight",
    "attn.to_out.0.lora_B.weight",
  ]);
});

test("an adapter of another rank, or beside no projection, is refused with what was expected", () => {
  const other = newAdapter(network(weights), { ...spec, rank: 1 }, randomFrom(1));
  expect(() => addAdapter(network(weights), spec, other)).toThrow(/lora_A.weight is \[1, 4\]; \[2, 4\] is needed/);
  const nowhere = { ...spec, projections: ["attn9"] };
  expect(() => newAdapter(network(weights), nowhere, randomFrom(1))).toThrow(/No linear layer of pair/);
});
