// Every operator of the table: inferred dims and reference kernel against ONNX Runtime on the CPU.
import { expect, test } from "vitest";
import { tensorFromValues } from "../graph/dtype.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Builder, Outputs } from "../build/graph-builder.ts";
import { graph } from "../build/graph-builder.ts";
import type { Value } from "../graph/graph.ts";
import { integers, noise, runBoth } from "../testing/run-both.ts";
import { compositeOperators } from "./composite.ts";
import type { OpName } from "./table.ts";
import { operators } from "./table.ts";

type Case = {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly build: (g: Builder, x: Inputs) => Value | readonly Value[];
};
type Inputs = Readonly<Record<string, Value>>;

const float = (dims: readonly number[], values: readonly number[]) => tensorFromValues("float32", dims, values);
const byte = (dims: readonly number[], values: readonly number[]) => tensorFromValues("uint8", dims, values);

const input = (inputs: Inputs, name: string): Value => {
  const value = inputs[name];
  if (value === undefined) throw new Error(`the case has no input ${name}`);
  return value;
};

const x = noise([2, 3, 4]);
const positive = noise([2, 3, 4], 3, [0.1, 2]);
const picture = noise([2, 4, 6, 5], 4);
const whole = integers("int64", [2, 3], [0, 3]);

/** One input of any kind through one operator. */
const one = (op: OpName, tensor: Tensor, attributes: object = {}): Case => ({
  feeds: { x: tensor },
  build: (g, i) => g.op(op, [input(i, "x")], attributes),
});

/** Two tensors, the second one broadcast. */
const two = (op: OpName, a: Tensor = x, b: Tensor = noise([3, 1], 2)): Case => ({
  feeds: { a, b },
  build: (g, i) => g.op(op, [input(i, "a"), input(i, "b")]),
});

const truths = tensorFromValues("bool", [2, 3], [1, 0, 1, 1, 0, 0]);
const otherTruths = tensorFromValues("bool", [3], [1, 1, 0]);

const kernel = noise([6, 4, 3, 3], 5);
const channel = (seed: number) => noise([4], seed, [0.5, 1.5]);

const reduce = (op: OpName): Case => ({
  feeds: { x },
  build: (g, i) => [
    g.op(op, [input(i, "x"), g.ints([-1])]),
    g.op(op, [input(i, "x"), g.ints([0, 2])], { keepdims: 0 }),
    g.op(op, [input(i, "x")]),
  ],
});

const normed = (op: OpName, attributes: object = {}): Case => ({
  feeds: { x: picture, s: channel(1), b: channel(2) },
  build: (g, i) => g.op(op, [input(i, "x"), input(i, "s"), input(i, "b")], attributes),
});

const cases: { readonly [Op in Exclude<OpName, keyof typeof compositeOperators | CudaOnly>]: Case } = {
  Add: two("Add"),
  Sub: two("Sub"),
  Mul: two("Mul"),
  Div: two("Div"),
  Pow: two("Pow", positive),
  Mod: two("Mod", whole, tensorFromValues("int64", [3], [2, 2, -2])),
  Sqrt: one("Sqrt", positive),
  Reciprocal: one("Reciprocal", positive),
  Exp: one("Exp", x),
  Log: one("Log", positive),
  Erf: one("Erf", noise([64], 6, [-4, 4])),
  Sin: one("Sin", x),
  Cos: one("Cos", x),
  Tanh: one("Tanh", x),
  Sigmoid: one("Sigmoid", x),
  Softplus: one("Softplus", x),
  Relu: one("Relu", x),
  Neg: one("Neg", x),
  Abs: one("Abs", x),
  Sign: one("Sign", x),
  Floor: one("Floor", x),
  Ceil: one("Ceil", x),
  Round: one("Round", float([5], [0.5, 1.5, -0.5, -1.5, 2.4])),
  Not: one("Not", truths),
  And: two("And", truths, otherTruths),
  Or: two("Or", truths, otherTruths),
  Min: two("Min"),
  Max: two("Max"),
  Sum: two("Sum"),
  Equal: two("Equal", whole, tensorFromValues("int64", [3], [0, 1, 2])),
  Less: two("Less"),
  LessOrEqual: two("LessOrEqual"),
  Greater: two("Greater"),
  GreaterOrEqual: two("GreaterOrEqual"),
  Where: { feeds: { c: truths, a: noise([2, 3]) }, build: (g, i) => g.where(input(i, "c"), input(i, "a"), 7) },
  Clip: { feeds: { x }, build: (g, i) => [g.clip(input(i, "x"), -0.5, 0.25), g.clip(input(i, "x"), undefined, 0)] },
  LeakyRelu: one("LeakyRelu", x, { alpha: 0.2 }),
  HardSigmoid: one("HardSigmoid", x),
  PRelu: two("PRelu"),
  Gelu: { feeds: { x }, build: (g, i) => [g.gelu(input(i, "x")), g.gelu(input(i, "x"), "tanh")] },
  Cast: { feeds: { x }, build: (g, i) => [g.cast(g.mul(input(i, "x"), 3), "int32"), g.cast(input(i, "x"), "float16")] },
  Identity: one("Identity", x),

  Reshape: { feeds: { x }, build: (g, i) => [g.reshape(input(i, "x"), [4, -1]), g.reshape(input(i, "x"), [24])] },
  Flatten: one("Flatten", x, { axis: 2 }),
  Transpose: one("Transpose", x, { perm: [2, 0, 1] }),
  Concat: {
    feeds: { a: x, b: noise([2, 1, 4], 9) },
    build: (g, i) => g.concat([input(i, "a"), input(i, "b")], 1),
  },
  Split: {
    feeds: { x: noise([5, 4]) },
    build: (g, i) => [
      ...g.split(input(i, "x"), 0, [2, 3]),
      ...g.split(input(i, "x"), -1, 2),
      ...g.split(input(i, "x"), 0, 2),
    ],
  },
  Slice: {
    feeds: { x },
    build: (g, i) => [
      g.slice(input(i, "x"), { axis: 2, from: 1 }),
      g.slice(input(i, "x"), { axis: -1, from: -3, to: -1 }),
      g.slice(input(i, "x"), { axis: 2, from: -1, to: -100, step: -2 }),
    ],
  },
  Gather: { feeds: { x, i: whole }, build: (g, i) => g.gather(input(i, "x"), input(i, "i"), 1) },
  Unsqueeze: { feeds: { x }, build: (g, i) => g.unsqueeze(input(i, "x"), 0, -1) },
  Squeeze: {
    feeds: { x: noise([1, 3, 1]) },
    build: (g, i) => [g.squeeze(input(i, "x"), 0), g.squeeze(input(i, "x"), -1)],
  },
  Expand: { feeds: { x: noise([3, 1]) }, build: (g, i) => g.expand(input(i, "x"), [2, 3, 4]) },
  Tile: { feeds: { x }, build: (g, i) => g.tile(input(i, "x"), [1, 2, 3]) },
  Pad: {
    feeds: { x },
    build: (g, i) =>
      (["constant", "reflect", "edge"] as const).map((mode) =>
        g.pad(input(i, "x"), { axes: [1, 2], before: [1, 2], after: [0, 1] }, mode),
      ),
  },
  Shape: { feeds: { x }, build: (g, i) => g.op("Shape", [input(i, "x")], { start: 1 }) },
  Size: one("Size", x),
  Range: { feeds: { x }, build: (g, i) => [g.range(5), g.identity(input(i, "x"))] },
  ConstantOfShape: {
    feeds: { x },
    build: (g, i) => [g.op("ConstantOfShape", [g.ints([2, 3])], { value: float([1], [4]) }), g.identity(input(i, "x"))],
  },
  ScatterND: {
    feeds: { x: noise([4, 3]), u: noise([2, 3], 2) },
    build: (g, i) => {
      const places = g.constant(tensorFromValues("int64", [2, 1], [3, 1]));
      return [g.scatter(input(i, "x"), places, input(i, "u")), g.scatter(input(i, "x"), places, input(i, "u"), "add")];
    },
  },
  DepthToSpace: {
    feeds: { x: noise([1, 8, 2, 3]) },
    build: (g, i) => ["DCR", "CRD"].map((mode) => g.op("DepthToSpace", [input(i, "x")], { blocksize: 2, mode })),
  },

  Conv: {
    feeds: { x: picture, w: kernel, b: noise([6]) },
    build: (g, i) => [
      g.conv(input(i, "x"), input(i, "w"), { bias: input(i, "b"), padding: 1 }),
      g.conv(input(i, "x"), input(i, "w"), { stride: 2, padding: [0, 0, 1, 1] }),
      g.conv(input(i, "x"), input(i, "w"), { dilation: [2, 1], padding: 2, stride: [1, 2] }),
      g.conv(input(i, "x"), g.constant(noise([8, 1, 3, 3])), { groups: 4 }),
      g.op("Conv", [input(i, "x"), input(i, "w")], { auto_pad: "SAME_UPPER", strides: [2, 2] }),
    ],
  },
  ConvTranspose: {
    feeds: { x: picture, w: noise([4, 3, 3, 3], 5), b: noise([3]) },
    build: (g, i) => [
      g.convTranspose(input(i, "x"), input(i, "w"), { bias: input(i, "b") }),
      g.convTranspose(input(i, "x"), input(i, "w"), { stride: 2, padding: 1, outputPadding: 1 }),
    ],
  },
  MatMul: {
    feeds: { a: noise([2, 3, 4]), b: noise([4, 5], 2), v: noise([4], 3) },
    build: (g, i) => [
      g.matMul(input(i, "a"), input(i, "b")),
      g.matMul(input(i, "a"), input(i, "v")),
      g.matMul(input(i, "v"), input(i, "b")),
    ],
  },
  Gemm: {
    feeds: { a: noise([3, 4]), b: noise([5, 4], 2), c: noise([5], 3) },
    build: (g, i) => g.gemm(input(i, "a"), input(i, "b"), input(i, "c"), { transB: 1, alpha: 0.5, beta: 2 }),
  },
  Einsum: {
    feeds: { a: noise([2, 3, 4]), b: noise([2, 5, 4], 2) },
    build: (g, i) => g.einsum("bik,bjk->bij", input(i, "a"), input(i, "b")),
  },
  MaxPool: { feeds: { x: picture }, build: (g, i) => g.maxPool(input(i, "x"), { kernel: 3, stride: 2, padding: 1 }) },
  AveragePool: {
    feeds: { x: picture },
    build: (g, i) => [
      g.averagePool(input(i, "x"), { kernel: 2 }),
      g.op("AveragePool", [input(i, "x")], { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 }),
    ],
  },
  GlobalAveragePool: one("GlobalAveragePool", picture),
  Resize: {
    feeds: { x: picture },
    build: (g, i) => [
      g.resize(input(i, "x"), [1, 1, 2, 2], { mode: "nearest" }),
      g.resize(input(i, "x"), [1, 1, 2, 3], { mode: "linear" }),
      g.resize(input(i, "x"), [1, 1, 0.5, 2], { mode: "linear", coordinates: "align_corners" }),
    ],
  },
  GridSample: {
    feeds: { x: picture, grid: noise([2, 3, 4, 2], 3, [-1.2, 1.2]) },
    build: (g, i) => [
      g.gridSample(input(i, "x"), input(i, "grid")),
      g.gridSample(input(i, "x"), input(i, "grid"), { alignCorners: 1, padding: "border" }),
    ],
  },

  Softmax: { feeds: { x }, build: (g, i) => [g.softmax(input(i, "x")), g.softmax(input(i, "x"), 1)] },
  LogSoftmax: one("LogSoftmax", x),
  ReduceSum: reduce("ReduceSum"),
  ReduceMean: reduce("ReduceMean"),
  ReduceMax: reduce("ReduceMax"),
  ReduceMin: reduce("ReduceMin"),
  ReduceProd: reduce("ReduceProd"),
  ReduceL1: reduce("ReduceL1"),
  ReduceL2: reduce("ReduceL2"),
  ReduceSumSquare: reduce("ReduceSumSquare"),
  ArgMax: one("ArgMax", x, { axis: -1, keepdims: 0 }),
  ArgMin: one("ArgMin", x, { axis: 1 }),
  CumSum: {
    feeds: { x },
    build: (g, i) => [
      g.cumulativeSum(input(i, "x"), 1),
      g.op("CumSum", [input(i, "x"), g.scalar("int64", -1)], { exclusive: 1, reverse: 1 }),
    ],
  },
  LayerNormalization: {
    feeds: { x, s: noise([4], 2), b: noise([4], 3) },
    build: (g, i) => [
      g.layerNorm(input(i, "x"), input(i, "s"), input(i, "b")),
      g.layerNorm(input(i, "x"), input(i, "s"), undefined),
    ],
  },
  InstanceNormalization: normed("InstanceNormalization"),
  GroupNormalization: normed("GroupNormalization", { num_groups: 2 }),
  BatchNormalization: {
    feeds: { x: picture, s: channel(1), b: channel(2), m: channel(3), v: channel(4) },
    build: (g, i) =>
      g.batchNorm(input(i, "x"), {
        scale: input(i, "s"),
        bias: input(i, "b"),
        mean: input(i, "m"),
        variance: input(i, "v"),
      }),
  },
  LpNormalization: one("LpNormalization", x, { axis: 1 }),
  Dropout: one("Dropout", x),

  QuantizeLinear: {
    feeds: { x: picture },
    build: (g, i) => [
      g.op("QuantizeLinear", [input(i, "x"), 0.01, g.constant(byte([], [120]))]),
      g.op("QuantizeLinear", [
        input(i, "x"),
        g.constant(float([4], [0.01, 0.02, 0.005, 0.03])),
        g.constant(tensorFromValues("int8", [4], [0, 1, -3, 0])),
      ]),
    ],
  },
  DequantizeLinear: {
    feeds: { x: integers("int8", [4, 3], [-128, 128]) },
    build: (g, i) =>
      g.op("DequantizeLinear", [input(i, "x"), g.constant(float([4], [0.01, 0.02, 0.005, 0.03]))], { axis: 0 }),
  },
  DynamicQuantizeLinear: {
    feeds: { x },
    build: (g, i) => g.node("DynamicQuantizeLinear", [input(i, "x")], {}, { outputCount: 3 }),
  },
  MatMulInteger: {
    feeds: { a: integers("uint8", [3, 4], [0, 256]), b: integers("int8", [4, 5], [-128, 128]) },
    build: (g, i) => g.op("MatMulInteger", [input(i, "a"), input(i, "b"), g.constant(byte([], [120]))]),
  },
  QLinearConv: {
    feeds: { x: integers("uint8", [1, 4, 6, 5], [0, 256]), w: integers("int8", [6, 4, 3, 3], [-128, 128]) },
    build: (g, i) => {
      const zero = g.constant(byte([], [128]));
      const weightZeros = g.constant(tensorFromValues("int8", [6], [0, 0, 0, 0, 0, 0]));
      const scales = g.constant(float([6], [0.01, 0.02, 0.01, 0.03, 0.01, 0.01]));
      const [xs, ys] = [g.scalar("float32", 0.02), g.scalar("float32", 0.2)];
      return g.op("QLinearConv", [input(i, "x"), xs, zero, input(i, "w"), scales, weightZeros, ys, zero], {
        pads: [1, 1, 1, 1],
      });
    },
  },
  DynamicQuantizeMatMul: {
    feeds: {
      a: noise([3, 8]),
      b: integers("int8", [8, 5], [-128, 128]),
      s: noise([5], 2, [0.01, 0.02]),
      c: noise([5], 3),
    },
    build: (g, i) =>
      g.op("DynamicQuantizeMatMul", [input(i, "a"), input(i, "b"), input(i, "s"), undefined, input(i, "c")]),
  },
  MatMulIntegerToFloat: {
    feeds: {
      a: integers("uint8", [3, 8], [0, 256]),
      b: integers("int8", [8, 5], [-128, 128]),
      s: noise([5], 2, [0.01, 0.02]),
      c: noise([5], 3),
    },
    build: (g, i) => {
      const inputs = [
        input(i, "a"),
        input(i, "b"),
        g.scalar("float32", 0.02),
        input(i, "s"),
        g.constant(byte([], [120])),
      ];
      return g.op("MatMulIntegerToFloat", [...inputs, undefined, input(i, "c")]);
    },
  },

  MultiHeadAttention: {
    feeds: { q: noise([2, 3, 8]), k: noise([2, 5, 8], 2), v: noise([2, 5, 8], 3) },
    build: (g, i) => g.op("MultiHeadAttention", [input(i, "q"), input(i, "k"), input(i, "v")], { num_heads: 2 }),
  },
  QuickGelu: one("QuickGelu", x),
  BiasGelu: { feeds: { x, b: noise([4], 2) }, build: (g, i) => g.op("BiasGelu", [input(i, "x"), input(i, "b")]) },
  FastGelu: one("FastGelu", x),
  SkipLayerNormalization: {
    feeds: { x, skip: noise([2, 3, 4], 2), s: noise([4], 3), b: noise([4], 4) },
    build: (g, i) =>
      g.op("SkipLayerNormalization", [input(i, "x"), input(i, "skip"), input(i, "s"), input(i, "b")], {
        epsilon: 1e-5,
      }),
  },
  FusedMatMul: {
    feeds: { a: noise([2, 3, 4]), b: noise([2, 5, 4], 2) },
    build: (g, i) => g.op("FusedMatMul", [input(i, "a"), input(i, "b")], { transB: 1, alpha: 0.25 }),
  },
};

/** No CPU kernel exists; passes/lower.test.ts proves the graphs that use them against the composites. */
type CudaOnly = "NhwcConv" | "GroupNorm" | "BiasSplitGelu";

const names = Object.keys(cases) as (keyof typeof cases)[];

test.each(names)("%s gives the dims and numbers that ONNX Runtime gives", async (name) => {
  const { feeds, build } = cases[name];
  const built = graph(name, (g): Outputs => {
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([key, { dtype, dims }]) => [key, g.input(key, dtype, dims)]),
    );
    const result = build(g, inputs);
    const outputs = Array.isArray(result) ? result : [result];
    return Object.fromEntries(outputs.map((value, i) => [`y${i}`, value]));
  });
  expect(built.nodes.some((node) => node.op === name)).toBe(true);
  for (const { output, relative } of await runBoth(built, feeds)) expect.soft(relative, output).toBeLessThan(3e-6);
});

test("operators without a CPU kernel are known by name", () => {
  const covered = new Set<string>([...names, ...Object.keys(compositeOperators)]);
  expect(Object.keys(operators).filter((name) => !covered.has(name))).toEqual([
    "NhwcConv",
    "GroupNorm",
    "BiasSplitGelu",
  ]);
});
