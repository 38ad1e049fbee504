// Rules of rewriting: numbers stay, composites fall, halves stay near, detours and repetitions go.
import { expect, test } from "vitest";
import { tensorFromValues } from "../graph/dtype.ts";
import type { Builder } from "../build/graph-builder.ts";
import { graph } from "../build/graph-builder.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { checkGraph } from "../graph/check.ts";
import { printGraph } from "../graph/print.ts";
import { readWeight, weightsInMemory } from "../graph/weights.ts";
import { asFloat16, transpose } from "../../tensor/index.ts";
import { castWeight, transposeWeight } from "../graph/derive.ts";
import { evaluateGraph } from "../reference/evaluate.ts";
import { differences, noise, runOrt } from "../testing/run-both.ts";
import { bakeSizes, simplify } from "./simplify.ts";
import { variantOf } from "./variant.ts";

const weights = weightsInMemory({
  "norm1.weight": noise([8], 1, [0.5, 1.5]),
  "norm1.bias": noise([8], 2),
  "conv1.weight": noise([8, 8, 3, 3], 3, [-0.2, 0.2]),
  "conv1.bias": noise([8], 4),
  "time.weight": noise([8, 6], 5),
  "time.bias": noise([8], 6),
  "attn.to_q.weight": noise([8, 8], 7),
  "attn.to_k.weight": noise([8, 6], 8),
  "attn.to_v.weight": noise([8, 6], 9),
  "ff.proj.weight": noise([16, 8], 10),
  "ff.proj.bias": noise([16], 11),
  "ln.weight": noise([8], 12, [0.5, 1.5]),
  "ln.bias": noise([8], 13),
});

/** A residual block over frames, then cross-attention and a gated feed-forward: every composite once. */
function block(g: Builder, x: Value, context: Value): Value {
  const norm = g.layers.groupNorm("norm1", x, { groups: 4, activation: "silu" });
  const flat = g.reshape(g.transpose(norm, [0, 2, 1, 3, 4]), ["batch*frames", 8, "4*height", "4*width"]);
  const h = g.layers.conv("conv1", flat, { padding: 1 });
  const tokens = g.reshape(g.transpose(h, [0, 2, 3, 1]), ["batch*frames", "16*height*width", 8]);
  const attn = g.scope("attn");
  const mixed = g.attention(
    attn.layers.linear("to_q", tokens),
    attn.layers.linear("to_k", context),
    attn.layers.linear("to_v", context),
    {
      heads: 2,
    },
  );
  const y = g.layers.layerNorm("ln", g.add(tokens, mixed));
  const gated = g.geglu(g.scope("ff").layers.linear("proj", y));
  return g.silu(gated);
}

const whole = graph(
  "block",
  (g) => {
    const x = g.input("x", "float32", ["batch", 8, "frames", "4*height", "4*width"]);
    const context = g.input("context", "float32", ["batch*frames", 5, 6]);
    return { y: block(g, x, context) };
  },
  { weights },
);

const feeds = { x: noise([2, 8, 3, 4, 8], 21), context: noise([6, 5, 6], 22) };
const sizes = { batch: 2, frames: 3, height: 1, width: 2 };

const relative = async (found: Graph, run: typeof runOrt) =>
  differences(await run(found, feeds), await evaluateGraph(whole, feeds)).map((difference) => difference.relative);

test.each(["plain", "webgpu", "cpu"] as const)(
  "the %s variant on ONNX Runtime gives the composites' numbers, open or baked",
  async (lowering) => {
    for (const fixed of [{}, sizes])
      for (const error of await relative(variantOf(whole, { lowering, sizes: fixed }), runOrt))
        expect(error).toBeLessThan(2e-6);
  },
);

test("the cuda variant, by the reference kernels, gives the composites' numbers and turns as little as it can", async () => {
  const variant = variantOf(whole, { lowering: "cuda", sizes });
  for (const error of await relative(variant, evaluateGraph)) expect(error).toBeLessThan(2e-6);
  const ops = variant.nodes.map((node) => node.op);
  expect(ops).toContain("NhwcConv");
  expect(ops).toContain("GroupNorm");
  expect(ops).toContain("BiasSplitGelu");
  expect(ops).toContain("MultiHeadAttention");
});

test("the cpu variant gives PReLU's numbers by operators that keep to the blocked layout", async () => {
  const slopes = tensorFromValues("float32", [3, 1, 1], [0.25, 0, -1.5]);
  const picture = graph("prelu", (g) => {
    const x = g.input("x", "float32", ["batch", 3, 4, 5]);
    return {
      y: g.prelu(x, g.constant(slopes)),
      flat: g.prelu(g.reshape(x, ["batch", 60]), g.scalar("float32", 0.1)),
    };
  });
  const cpu = variantOf(picture, { lowering: "cpu" });
  // Over no picture PReLU stays what it is.
  expect(
    cpu.nodes
      .map(({ op }) => op)
      .filter((op) => op !== "Reshape")
      .toSorted(),
  ).toEqual(["Add", "Conv", "Conv", "PRelu", "Relu"]);
  const pictures = { x: noise([2, 3, 4, 5], 21) };
  const errors = differences(await runOrt(cpu, pictures), await evaluateGraph(picture, pictures));
  expect(errors.map(({ output }) => output)).toEqual(["y", "flat"]);
  for (const { relative: error } of errors) expect(error).toBeLessThan(1e-6);
});

test("the webgpu variant writes blocks woven in three dimensions as a product, and sums of many as sums of two", async () => {
  const video = graph("blocks", (g) => {
    const x = g.input("x", "float32", ["batch", 4, 2, 3, 1]);
    const kernel = g.constant(noise([4, 3, 2, 2, 3], 22));
    const woven = g.op("ConvTranspose", [x, kernel], { strides: [2, 2, 3], group: 1 });
    const overlapping = g.op("ConvTranspose", [x, kernel], { strides: [1, 2, 3], group: 1 });
    return { woven, overlapping, sum: g.op("Sum", [x, g.relu(x), g.sigmoid(x)]) };
  });
  const webgpu = variantOf(video, { lowering: "webgpu" });
  const ops = webgpu.nodes.map(({ op }) => op);
  expect(ops.filter((op) => op === "ConvTranspose")).toHaveLength(1);
  expect(ops).not.toContain("Sum");
  const cells = { x: noise([2, 4, 2, 3, 1], 23) };
  const errors = differences(await runOrt(webgpu, cells), await evaluateGraph(video, cells));
  expect(errors.map(({ output }) => output)).toEqual(["woven", "overlapping", "sum"]);
  for (const { relative: error } of errors) expect(error).toBeLessThan(1e-6);
});

test("variants for shaders write sines out, right at the angles of timesteps and at both signs", async () => {
  const waves = graph("waves", (g) => {
    const x = g.input("x", "float32", ["n"]);
    return { sin: g.op("Sin", [x]), cos: g.cos(x) };
  });
  const webgpu = variantOf(waves, { lowering: "webgpu" });
  expect(webgpu.nodes.map(({ op }) => op)).not.toContain("Sin");
  expect(webgpu.nodes.map(({ op }) => op)).not.toContain("Cos");
  expect(variantOf(waves, { lowering: "plain" }).nodes.map(({ op }) => op)).not.toContain("Sin");
  expect(variantOf(waves, { lowering: "cpu" }).nodes.map(({ op }) => op)).toEqual(["Sin", "Cos"]);
  for (const reach of [0.01, 4, 1000, 9999]) {
    const angles = { x: noise([4001], 24, [-reach, reach]) };
    const errors = differences(await runOrt(webgpu, angles), await evaluateGraph(waves, angles));
    for (const { output, relative: error } of errors) expect(error, `${output} to ${reach}`).toBeLessThan(3e-7);
    // Angles in halves would be off by a whole turn.
    const half = await runOrt(variantOf(waves, { lowering: "webgpu", precision: "float16" }), angles);
    expect(differences(half, await evaluateGraph(waves, angles))[0]?.relative).toBeLessThan(1e-2);
  }
});

test("the float16 variant keeps inputs and outputs in float32 and stays within half precision", async () => {
  const variant = variantOf(whole, { lowering: "cpu", precision: "float16", sizes });
  expect([...variant.inputs, ...variant.outputs.map(({ value }) => value)].map(({ dtype }) => dtype)).toEqual(
    Array.from({ length: 3 }, () => "float32"),
  );
  const norm = variant.nodes.find((node) => node.op === "InstanceNormalization");
  expect(norm?.inputs.map((input) => input?.dtype)).toEqual(["float32", "float32", "float32"]);
  expect(variant.nodes.find((node) => node.op === "Conv")?.inputs[1]?.dtype).toBe("float16");
  for (const error of await relative(variant, runOrt)) expect(error).toBeLessThan(2e-3);
});

test("the float16 variant keeps what a norm over a few numbers magnifies in float32, and halves the same network elsewhere", async () => {
  const build = (side: number) =>
    graph(
      "deep",
      (g) => {
        const h = g.layers.conv("conv1", g.input("x", "float32", [2, 8, side, side]), { padding: 1 });
        return { y: g.layers.groupNorm("norm1", h, { groups: 4 }) };
      },
      { weights },
    );
  const convWidth = (deep: Graph) => deep.nodes.find(({ op }) => op === "Conv")?.inputs[1]?.dtype;
  const [tiny, usual] = [1, 8].map((side) => variantOf(build(side), { lowering: "cpu", precision: "float16" }));
  expect(tiny && convWidth(tiny)).toBe("float32");
  expect(usual && convWidth(usual)).toBe("float16");
  const x = { x: noise([2, 8, 1, 1], 25) };
  const [error] = tiny ? differences(await runOrt(tiny, x), await evaluateGraph(build(1), x)) : [];
  expect(error?.relative).toBeLessThan(1e-3);
});

test("the int8 variant runs its products over bytes and stays near", async () => {
  const wide = weightsInMemory({
    "conv.weight": noise([8, 8, 3, 3], 1, [-0.3, 0.3]),
    "conv.bias": noise([8], 2),
    "proj.weight": noise([16, 64], 3),
  });
  const build = (options: { readonly stride: number; readonly dilation: number }) =>
    graph(
      "wide",
      (g) => {
        const h = g.layers.conv("conv", g.input("x", "float32", [2, 8, 8, 8]), { ...options, padding: [1, 2, 1, 0] });
        return { h, y: g.layers.linear("proj", g.reshape(g.input("tokens", "float32", [3, 5, 64]), [3, 5, 64])) };
      },
      { weights: wide },
    );
  for (const options of [
    { stride: 1, dilation: 1 },
    { stride: 2, dilation: 1 },
    { stride: 1, dilation: 2 },
  ]) {
    const exact = build(options);
    const variant = variantOf(exact, { lowering: "cpu", precision: "int8" });
    const ops = variant.nodes.map((node) => node.op);
    for (const op of ["DynamicQuantizeMatMul", "MatMulIntegerToFloat"]) expect(ops).toContain(op);
    const given = { x: noise([2, 8, 8, 8], 5), tokens: noise([3, 5, 64], 6) };
    const results = await runOrt(variant, given);
    for (const { relative: error } of differences(results, await evaluateGraph(exact, given)))
      expect(error).toBeLessThan(0.02);
    for (const { relative: error } of differences(results, await evaluateGraph(variant, given)))
      expect(error).toBeLessThan(1e-4);
  }
  const kept = variantOf(build({ stride: 1, dilation: 1 }), {
    lowering: "cpu",
    precision: "int8",
    int8: { chooses: (name) => !name.startsWith("conv") },
  });
  expect(kept.nodes.map((node) => node.op)).toContain("Conv");
});

test("weights change their width, turn and shrink while they are read, whatever the pieces", async () => {
  const source = noise([33, 70], 9);
  const bytes = new Uint8Array(source.data.buffer);
  async function* pieces(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < bytes.byteLength; at += 1001) yield bytes.subarray(at, at + 1001);
  }
  const weight = { key: "w", dtype: "float32", dims: [33, 70], read: pieces } as const;
  const half = await readWeight(castWeight(weight, "float16"));
  expect(source.dtype === "float32" && asFloat16(source)).toEqual(half);
  expect(await readWeight(transposeWeight(weight))).toEqual(transpose(source, [1, 0]));
  expect(await readWeight(transposeWeight(castWeight(weight, "float16")))).toEqual(transpose(half, [1, 0]));
});

test("baked shapes leave no shape arithmetic behind", () => {
  const ops = variantOf(whole, { lowering: "plain", sizes }).nodes.map((node) => node.op);
  for (const op of ["Shape", "Div", "Slice", "Concat"]) expect(ops).not.toContain(op);
});

test("equal nodes become one, dead ones none, constants fold, transposes cancel", async () => {
  const clumsy = graph("clumsy", (g) => {
    const x = g.input("x", "float32", ["n", 4, "h"]);
    const turned = g.transpose(g.relu(g.transpose(x, [2, 0, 1])), [1, 2, 0]);
    const two = g.sqrt(g.add(g.constant(tensorFromValues("float32", [1], [1])), 3));
    g.exp(x);
    return { y: g.add(g.mul(turned, two), g.mul(g.relu(x), two)) };
  });
  const lean = simplify(clumsy);
  expect(lean.nodes.map((node) => node.op)).toEqual(["Relu", "Mul", "Add"]);
  const input = { x: noise([2, 4, 3]) };
  const [difference] = differences(await runOrt(lean, input), await evaluateGraph(clumsy, input));
  expect(difference?.relative).toBeLessThan(1e-7);
});

test("a printed graph shows names, dims in symbols, and attributes", () => {
  expect(printGraph(whole).split("\n").slice(0, 1)).toEqual([
    "graph block(x: float32[batch, 8, frames, 4*height, 4*width], context: float32[batch*frames, 5, 6])",
  ]);
  expect(printGraph(bakeSizes(whole, { frames: 16 }))).toContain(
    "norm1.GroupNormActivation: float32[batch, 8, 16, 4*height, 4*width] = GroupNormActivation(x, norm1.weight, norm1.bias) {groups: 4, epsilon: 0.00001, activation: silu}",
  );
});

test("a number beyond half precision is refused by its tensor's name, while a constant keeps float32", async () => {
  const big = weightsInMemory({ "big.weight": tensorFromValues("float32", [2], [1, 70_000]) });
  const weight = big.find("big.weight");
  await expect(weight && readWeight(castWeight(weight, "float16"))).rejects.toThrow(/"big\.weight" holds 70000/);
  const masked = graph("masked", (g) => ({ y: g.add(g.input("x", "float32", [2]), -1e9) }));
  const half = variantOf(masked, { lowering: "plain", precision: "float16" });
  expect((await evaluateGraph(half, { x: tensorFromValues("float32", [2], [1, 2]) }))["y"]?.data).toEqual(
    Float32Array.of(-1e9, -1e9),
  );
});

test("the checker finds a node out of order, a wrong type, and one name twice", () => {
  const right = graph("right", (g) => ({ y: g.exp(g.relu(g.input("x", "float32", ["n", 3]))) }));
  expect(checkGraph(right)).toBe(right);
  expect(() => checkGraph({ ...right, nodes: right.nodes.toReversed() })).toThrow(/before it is made/);
  const [relu, exp] = right.nodes;
  const lying = relu && { ...relu, outputs: relu.outputs.map((output) => ({ ...output, dims: ["n", 4] })) };
  expect(() => checkGraph({ ...right, nodes: [lying, exp].filter((node) => node !== undefined) })).toThrow(
    /says float32\[n, 4\]/,
  );
  const renamed = right.inputs.map((input) => ({ ...input, name: "Relu" }));
  expect(() => checkGraph({ ...right, inputs: [...right.inputs, ...renamed] })).toThrow(/two values are named Relu/);
});
