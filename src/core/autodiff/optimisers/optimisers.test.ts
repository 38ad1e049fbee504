// Optimisers as graph against the same formulas in plain numbers; schedules at their corners.
import { expect, test } from "vitest";
import { evaluateGraph, graph, tensorFromValues, valuesOf, weightsInMemory } from "../../onnx/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { adamWRates } from "./adam-w.ts";
import { movingAverage, warmedDecay } from "./average.ts";
import { clipByGlobalNorm } from "./clip.ts";
import { constantRate, cosineRate, warmUp } from "./schedules.ts";
import { sgd } from "./sgd.ts";
import { trainingStep } from "./training-step.ts";

const pair = (...values: readonly number[]): Tensor => tensorFromValues("float32", [values.length], values);
const scalar = (value: number): Tensor => tensorFromValues("float32", [], [value]);

async function run(
  feeds: Readonly<Record<string, Tensor>>,
  build: (g: Builder, x: (name: string) => Value) => Readonly<Record<string, Value>>,
) {
  const made = graph("made", (g) => {
    const inputs = new Map(Object.entries(feeds).map(([name, { dtype, dims }]) => [name, g.input(name, dtype, dims)]));
    return build(g, (name) => inputs.get(name) ?? g.scalar("float32", NaN));
  });
  const results = await evaluateGraph(made, feeds);
  return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, [...valuesOf(tensor)]]));
}

test("gradients beyond the limit are scaled to it together, those within stay", async () => {
  const feeds = { a: pair(3, 0), b: pair(0, 4) };
  const clipped = await run(feeds, (g, x) => {
    const far = clipByGlobalNorm(g, [x("a"), x("b")], 1);
    const near = clipByGlobalNorm(g, [x("a"), x("b")], 6);
    const [a = x("a"), b = x("b")] = far.clipped;
    return { norm: far.norm, a, b, near: near.clipped[1] ?? x("b") };
  });
  expect(clipped["norm"]).toEqual([5]);
  expect(clipped["a"]?.[0]).toBeCloseTo(0.6, 6);
  expect(clipped["b"]?.[1]).toBeCloseTo(0.8, 6);
  expect(clipped["near"]).toEqual([0, 4]);
});

test("SGD with momentum keeps a velocity and decays the parameter through its gradient", async () => {
  const feeds = { p: pair(1), d: pair(0.5), u: pair(2), rate: scalar(0.25) };
  const next = await run(feeds, (g, x) => {
    const state = { parameter: x("p"), gradient: x("d"), velocity: x("u") };
    const { parameter, velocity } = sgd(g, state, x("rate"), { momentum: 0.5, weightDecay: 0.5 });
    return { parameter, velocity };
  });
  expect(next).toEqual({ parameter: [0.5], velocity: [2] });
});

test("training steps with AdamW follow the published algorithm, as plain numbers do", async () => {
  // loss = Σ (w − x)²
  const network = graph(
    "fit",
    (g) => {
      const error = g.sub(g.weight("w", [2]), g.input("x", "float32", [2]));
      return { loss: g.reduceSum(g.mul(error, error), [0], "drop") };
    },
    { weights: weightsInMemory({ w: pair(1, -2) }) },
  );
  const step = trainingStep(network, { loss: "loss", isTrained: (key) => key === "w", clipNorm: 1 });
  expect([...step.trained]).toEqual([["w", [2]]]);
  const target = [0.25, 0.5];
  let state: Readonly<Record<string, Tensor>> = { w: pair(1, -2), "first/w": pair(0, 0), "second/w": pair(0, 0) };
  const plain = { w: [1, -2], m: [0, 0], v: [0, 0] };
  for (const t of [1, 2, 3]) {
    const rates = Object.entries(adamWRates(t, 0.1)).map(([name, value]) => [name, scalar(value)] as const);
    const results = await evaluateGraph(step.graph, { x: pair(...target), ...state, ...Object.fromEntries(rates) });
    const next = (name: string) => results[`next/${name}`] ?? pair();
    state = { w: next("w"), "first/w": next("first/w"), "second/w": next("second/w") };
    const raw = plain.w.map((w, i) => 2 * (w - (target[i] ?? 0)));
    const factor = Math.min(1, 1 / (Math.hypot(...raw) + 1e-6));
    const gradient = raw.map((d) => d * factor);
    plain.m = plain.m.map((m, i) => 0.9 * m + 0.1 * (gradient[i] ?? 0));
    plain.v = plain.v.map((v, i) => 0.999 * v + 0.001 * (gradient[i] ?? 0) ** 2);
    plain.w = plain.w.map((w, i) => {
      const [m, v] = [(plain.m[i] ?? 0) / (1 - 0.9 ** t), (plain.v[i] ?? 0) / (1 - 0.999 ** t)];
      return w * (1 - 0.1 * 0.01) - (0.1 * m) / (Math.sqrt(v) + 1e-8);
    });
  }
  [...valuesOf(state["w"] ?? pair())].forEach((w, i) => expect(w).toBeCloseTo(plain.w[i] ?? NaN, 5));
});

test("a recipe that trains nothing is refused", () => {
  const network = graph("bare", (g) => ({ loss: g.input("x", "float32", [1]) }));
  expect(() => trainingStep(network, { loss: "loss", isTrained: () => true })).toThrow(/No weight of bare/);
});

test("an average follows its parameter by what the decay leaves, and starts fast", async () => {
  const moved = await run({ a: pair(1), p: pair(3) }, (g, x) => ({ a: movingAverage(g, x("a"), x("p"), 0.75) }));
  expect(moved["a"]).toEqual([1.5]);
  expect([0, 9, 1e6].map((step) => warmedDecay(0.999, step))).toEqual([0.1, 10 / 19, 0.999]);
});

test("rates warm up in equal parts, fall along half a cosine and stay at the floor", () => {
  expect([0, 1, 3, 4, 9].map(warmUp(4, constantRate(8)))).toEqual([2, 4, 8, 8, 8]);
  const falling = cosineRate(1, 10, 0.2);
  expect([0, 5, 10, 99].map((step) => Number(falling(step).toFixed(12)))).toEqual([1, 0.6, 0.2, 0.2]);
});
