// Rules of the reverse walk: shared values, stopped and integer paths, weights by key, and what is refused.
import { expect, test } from "vitest";
import { evaluateGraph, graph, tensorFromValues, valuesOf, weightsInMemory, weightsToInputs } from "../onnx/index.ts";
import type { Graph } from "../onnx/index.ts";
import { backward } from "./backward.ts";

const three = (...values: readonly number[]) => tensorFromValues("float32", [3], values);

async function gradients(network: Graph, of: readonly string[], x = three(1, 2, 3)) {
  const results = await evaluateGraph(backward(network, { loss: "loss", of }), { x });
  return of.map((name) => [...valuesOf(results[`grad/${name}`] ?? three())]);
}

test("a value that is read several times gets the sum of what comes back", async () => {
  const network = graph("shared", (g) => {
    const x = g.input("x", "float32", [3]);
    const squared = g.mul(x, x);
    return { loss: g.reduceSum(g.add(g.add(squared, g.mul(squared, x)), x), [0], "drop") };
  });
  // d (x² + x³ + x) = 2x + 3x² + 1
  expect(await gradients(network, ["x"])).toEqual([[6, 17, 34]]);
});

test("no gradient flows through stopGradient, nor through whole numbers and truths", async () => {
  const network = graph("stopped", (g) => {
    const x = g.input("x", "float32", [3]);
    const whole = g.cast(g.cast(g.mul(x, 5), "int64"), "float32");
    const masked = g.where(g.greater(x, 1.5), x, g.stopGradient(x));
    return { loss: g.reduceSum(g.add(g.mul(g.stopGradient(x), x), g.add(g.mul(whole, 0.5), masked)), [0], "drop") };
  });
  expect(await gradients(network, ["x"])).toEqual([[1, 3, 4]]);
});

test("gradients of weights are found by key, and a weight read twice has one gradient", async () => {
  const weights = weightsInMemory({ w: three(1, 1, 2), unread: three(1, 1, 1) });
  const network = graph(
    "weighed",
    (g) => {
      const x = g.input("x", "float32", [3]);
      return { loss: g.reduceSum(g.mul(g.mul(x, g.weight("w")), g.weight("w")), [0], "drop") };
    },
    { weights },
  );
  expect(await gradients(network, ["w", "x"])).toEqual([
    [2, 4, 12],
    [1, 1, 4],
  ]);
  const asInputs = weightsToInputs(network, (key) => key === "w");
  expect(asInputs.inputs.map(({ name }) => name)).toEqual(["x", "w"]);
});

test("what the loss does not depend on has a gradient of zeros", async () => {
  const network = graph("apart", (g) => {
    const x = g.input("x", "float32", [3]);
    return { loss: g.reduceSum(g.floor(x), [0], "drop"), other: g.exp(x) };
  });
  expect(await gradients(network, ["x"])).toEqual([[0, 0, 0]]);
});

test("only what an asked-for gradient needs is built", () => {
  const network = graph("two", (g) => {
    const x = g.input("x", "float32", [3]);
    const y = g.input("y", "float32", [3]);
    return { loss: g.reduceSum(g.mul(g.sin(x), g.exp(y)), [0], "drop") };
  });
  const ops = (of: readonly string[]) => backward(network, { loss: "loss", of }).nodes.map(({ op }) => op);
  expect(ops(["x"])).toContain("Cos");
  expect(ops(["y"])).not.toContain("Cos");
});

test.each([
  ["a loss of many numbers", { loss: "many", of: ["x"] }, /"many" is \[3\]/],
  ["an unknown loss", { loss: "nothing", of: ["x"] }, /"nothing" is no output/],
  ["an unknown name", { loss: "loss", of: ["w"] }, /no input and no weight "w"/],
  ["an operator without a gradient", { loss: "loss", of: ["x"] }, /cannot pass GridSample \(GridSample\): pictures/],
])("%s is refused with a reason", (_, options, message) => {
  const network = graph("refusing", (g) => {
    const x = g.input("x", "float32", [1, 1, 2, 2]);
    const grid = g.input("grid", "float32", [1, 3, 1, 2]);
    const sampled = g.gridSample(x, grid);
    return { loss: g.reduceSum(sampled, [0, 1, 2, 3], "drop"), many: g.reshape(sampled, [3]) };
  });
  expect(() => backward(network, options)).toThrow(message);
});

test("open sizes are a bug of the caller, which is told what to do", () => {
  const network = graph("open", (g) => {
    const x = g.input("x", "float32", ["batch"]);
    return { loss: g.reduceSum(g.mul(x, x), [0], "drop") };
  });
  expect(() => backward(network, { loss: "loss", of: ["x"] })).toThrow(/bake sizes in/);
});
