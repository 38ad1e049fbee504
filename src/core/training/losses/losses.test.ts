// Parts of the losses against their formulas.
import { expect, test } from "vitest";
import { decompose } from "../../diffusion/index.ts";
import { evaluateGraph, graph, tensorFromValues, valuesOf } from "../../onnx/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { cleanEstimate, weighedSquaredError } from "./denoising.ts";
import { cubicMatrix, resizeBicubic } from "./resize-picture.ts";
import { crossEntropy } from "./synchrony.ts";

const tensor = (dims: readonly number[], values: readonly number[]): Tensor =>
  tensorFromValues("float32", dims, values);

async function run(feeds: Readonly<Record<string, Tensor>>, build: (g: Builder, x: (name: string) => Value) => Value) {
  const made = graph("made", (g) => {
    const inputs = new Map(Object.entries(feeds).map(([name, { dtype, dims }]) => [name, g.input(name, dtype, dims)]));
    return { y: build(g, (name) => inputs.get(name) ?? g.scalar("float32", NaN)) };
  });
  const { y } = await evaluateGraph(made, feeds);
  return y === undefined ? [] : [...valuesOf(y)];
}

test.each(["noise", "v", "clean"] as const)(
  "where %s is predicted, the clean estimate is the samplers'",
  async (predicts) => {
    const [latents, prediction, alphaBar] = [[0.3, -1.2], [0.7, 0.1], 0.36];
    const feeds = {
      latents: tensor([1, 2, 1, 1, 1], latents),
      prediction: tensor([1, 2, 1, 1, 1], prediction),
      signal: tensor([1, 1, 1, 1, 1], [Math.sqrt(alphaBar)]),
      noise: tensor([1, 1, 1, 1, 1], [Math.sqrt(1 - alphaBar)]),
    };
    const found = await run(feeds, (g, x) =>
      cleanEstimate[predicts](g, {
        latents: x("latents"),
        prediction: x("prediction"),
        signal: x("signal"),
        noise: x("noise"),
      }),
    );
    const expected = decompose({
      latents: Float32Array.from(latents),
      prediction: Float32Array.from(prediction),
      predicts,
      alphaBar,
    }).clean;
    expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5));
  },
);

test("a cell of weight 3 pulls thrice as hard, one of weight 0 not at all", async () => {
  const feeds = {
    x: tensor([1, 1, 1, 1, 3], [1, 1, 1]),
    target: tensor([1, 1, 1, 1, 3], [0, 2, 5]),
    w: tensor([1, 1, 1, 1, 3], [3, 1, 0]),
  };
  const loss = await run(feeds, (g, x) =>
    weighedSquaredError(g, { x: x("x"), target: x("target"), cellWeights: x("w") }),
  );
  expect(loss[0]).toBeCloseTo((3 + 1) / 3, 6);
});

test("cross-entropy is ln 2 for one who does not know, and finite for one who is sure and wrong", async () => {
  const entropy = async (p: readonly number[], y: readonly number[]) =>
    (await run({ p: tensor([p.length], p), y: tensor([y.length], y) }, (g, x) => crossEntropy(g, x("p"), x("y"))))[0] ??
    NaN;
  expect(await entropy([0.5, 0.5], [0, 1])).toBeCloseTo(Math.LN2, 6);
  expect(await entropy([0.9], [1])).toBeCloseTo(-Math.log(0.9), 6);
  expect(await entropy([0], [1])).toBeCloseTo(-Math.log(1e-12), 3);
  expect(Number.isFinite(await entropy([1], [0]))).toBe(true);
});

test("bicubic resizing keeps a constant, keeps a straight line inside, and has torch's numbers", async () => {
  for (const [from, to] of [
    [8, 5],
    [4, 9],
  ] as const) {
    const matrix = cubicMatrix(from, to);
    for (let at = 0; at < to; at += 1) {
      let sum = 0;
      for (let row = 0; row < from; row += 1) sum += matrix[row * to + at] ?? 0;
      expect(sum).toBeCloseTo(1, 6);
    }
  }
  // torch.nn.functional.interpolate(x, size=(3, 5), mode="bicubic") of 0 .. 7 in squares, PyTorch 2.13
  const feeds = { x: tensor([1, 1, 2, 4], [0, 1, 4, 9, 16, 25, 36, 49]) };
  const found = await run(feeds, (g, x) => resizeBicubic(g, x("x"), [3, 5]));
  torchBicubic.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 4));
});

const torchBicubic: readonly number[] = [
  -1.407452, -1.422771, -0.305556, 2.677658, 5.78934, 7.696252, 10.833254, 16.125, 23.282749, 29.546749, 16.799955,
  23.089275, 32.55555, 43.88784, 53.304157,
];
