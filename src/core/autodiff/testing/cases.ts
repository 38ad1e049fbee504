// For tests: every operator with a gradient rule, with every attribute the rule speaks of, over drawn shapes.
import type { OpName } from "../../onnx/index.ts";
import {
  attention,
  away,
  binary,
  built,
  conv,
  einsum,
  gemm,
  indices,
  known,
  layerNorm,
  matMul,
  onCube,
  over,
  perChannel,
  pool,
  reduction,
  resize,
  transposed,
  truths,
  unary,
} from "./case-makers.ts";
import type { Drawn } from "./case-makers.ts";

export const gradientCases: { readonly [Op in OpName]?: readonly Drawn[] } = {
  Add: binary("Add"),
  Sub: binary("Sub"),
  Mul: binary("Mul"),
  Div: binary("Div", away),
  Pow: [...binary("Pow", away), onCube((g, x) => g.pow(x, 2)), onCube((g, x) => g.op("Pow", [x, g.ints([3])]))],
  Mod: binary("Mod", away, { fmod: 1 }),
  Sqrt: [unary("Sqrt", away)],
  Reciprocal: [unary("Reciprocal", away)],
  Exp: [unary("Exp")],
  Log: [unary("Log", away)],
  Erf: [unary("Erf", [-2, 2])],
  Sin: [unary("Sin", [-3, 3])],
  Cos: [unary("Cos", [-3, 3])],
  Tanh: [unary("Tanh", [-2, 2])],
  Sigmoid: [unary("Sigmoid", [-3, 3])],
  Softplus: [unary("Softplus", [-3, 3])],
  Relu: [unary("Relu")],
  Neg: [unary("Neg")],
  Abs: [unary("Abs")],
  Min: [...binary("Min"), over("Min", (draw) => ({ a: draw.floats([3]), b: draw.floats([2, 3]), c: draw.floats([]) }))],
  Max: [...binary("Max"), over("Max", (draw) => ({ a: draw.floats([3]), b: draw.floats([2, 3]), c: draw.floats([]) }))],
  Sum: [over("Sum", (draw) => ({ a: draw.floats([3]), b: draw.floats([2, 3]), c: draw.floats([2, 1]) }))],
  Where: [
    over("Where", (draw) => ({ c: truths, a: draw.floats([2, 3]), b: draw.floats([3]) })),
    over("Where", (draw) => ({ c: truths, a: draw.floats([1]), b: draw.floats([2, 1]) })),
  ],
  Clip: [
    onCube((g, x) => g.clip(x, -0.5, 0.25)),
    onCube((g, x) => g.clip(x, undefined, 0.1)),
    over("Clip", (draw) => ({
      x: draw.floats([9]),
      low: draw.floats([], [-0.5, -0.3]),
      high: draw.floats([], [0.3, 0.5]),
    })),
  ],
  LeakyRelu: [unary("LeakyRelu", undefined, { alpha: 0.2 })],
  HardSigmoid: [unary("HardSigmoid", [-4, 4]), unary("HardSigmoid", [-1, 1], { alpha: 0.7, beta: 0.4 })],
  PRelu: [over("PRelu", (draw) => ({ x: draw.floats([2, 3, 4]), slope: draw.floats([3, 1]) }))],
  Gelu: [unary("Gelu", [-3, 3]), unary("Gelu", [-3, 3], { approximate: "tanh" })],
  Cast: [onCube((g, x) => g.mul(g.cast(x, "float32"), g.op("Cast", [x], { to: 1 })))],
  Identity: [unary("Identity")],

  Reshape: [onCube((g, x) => g.reshape(x, [-1]))],
  Flatten: [unary("Flatten", undefined, { axis: 2 }), unary("Flatten", undefined, { axis: -1 })],
  Transpose: [unary("Transpose"), unary("Transpose", undefined, { perm: [2, 0, 1] })],
  Concat: [
    over("Concat", (draw) => ({ a: draw.floats([2, 1, 3]), b: draw.floats([2, draw.size(), 3]) }), { axis: 1 }),
    over("Concat", (draw) => ({ a: draw.floats([2, 1]), b: draw.floats([2, 3]), c: draw.floats([2, 2]) }), {
      axis: -1,
    }),
  ],
  Split: [
    built(
      (draw) => ({ x: draw.floats([5, draw.size()]) }),
      (g, x) => g.split(known(x), 0, [2, 3]),
    ),
    built(
      (draw) => ({ x: draw.floats([draw.size(), 5]) }),
      (g, x) => g.split(known(x), -1, 2),
    ),
    built(
      (draw) => ({ x: draw.floats([4, draw.size()]) }),
      (g, x) => g.split(known(x), 0, 2).slice(1),
    ),
  ],
  Slice: [
    built(
      (draw) => ({ x: draw.floats([5, 4]) }),
      (g, x) => g.slice(known(x), { axis: 0, from: 1, to: 3 }),
    ),
    built(
      (draw) => ({ x: draw.floats([5, 4]) }),
      (g, x) => g.slice(known(x), { axis: -1, from: -3, to: -1 }),
    ),
    built(
      (draw) => ({ x: draw.floats([7, 2]) }),
      (g, x) => g.slice(known(x), { axis: 0, from: 1, step: 2 }),
    ),
    built(
      (draw) => ({ x: draw.floats([7, 2]) }),
      (g, x) => g.slice(known(x), { axis: 0, from: -1, to: -100, step: -2 }),
    ),
    built(
      (draw) => ({ x: draw.floats([5, 4]) }),
      (g, x) => g.op("Slice", [x, g.ints([1, 0]), g.ints([99, 2]), g.ints([0, 1]), g.ints([2, 1])]),
    ),
  ],
  Gather: [
    over("Gather", (draw) => ({ x: draw.floats([4, 3]), i: draw.integers([2, 3], [-4, 4]) })),
    over("Gather", (draw) => ({ x: draw.floats([2, 4, 3]), i: draw.integers([5], [0, 4]) }), { axis: 1 }),
    over("Gather", (draw) => ({ x: draw.floats([2, 4]), i: indices([], [2]) }), { axis: -1 }),
  ],
  Unsqueeze: [onCube((g, x) => g.unsqueeze(x, 0, -1))],
  Squeeze: [
    built(
      (draw) => ({ x: draw.floats([1, draw.size(), 1]) }),
      (g, x) => [g.squeeze(known(x), 0), g.squeeze(known(x), -1)],
    ),
  ],
  Expand: [
    built(
      (draw) => ({ x: draw.floats([draw.size(), 1]) }),
      (g, x) => g.expand(known(x), [2, known(x).dims[0] ?? 1, 3]),
    ),
  ],
  Tile: [onCube((g, x) => g.tile(x, [1, 2, 3]))],
  Pad: [
    ...(["constant", "reflect", "edge"] as const).map((mode) =>
      built(
        (draw) => ({ x: draw.floats([2, 3, 4]) }),
        (g, x) => g.pad(known(x), { axes: [1, -1], before: [1, 2], after: [0, 3] }, mode),
      ),
    ),
    built(
      (draw) => ({ x: draw.floats([2, 3]), fill: draw.floats([]) }),
      (g, x, fill) => g.op("Pad", [x, g.ints([1, 0, 0, 2]), fill]),
    ),
  ],
  ScatterND: (["none", "add"] as const).flatMap((mode) => [
    over("ScatterND", (draw) => ({ x: draw.floats([4, 3]), i: indices([2, 1], [3, -3]), u: draw.floats([2, 3]) }), {
      reduction: mode,
    }),
    over(
      "ScatterND",
      (draw) => ({ x: draw.floats([4, 3, 2]), i: indices([3, 2], [3, 1, 0, 2, 1, 1]), u: draw.floats([3, 2]) }),
      { reduction: mode },
    ),
  ]),
  DepthToSpace: ["DCR", "CRD"].map((mode) =>
    over("DepthToSpace", (draw) => ({ x: draw.floats([draw.size(2), 8, draw.size(2), draw.size(3)]) }), {
      blocksize: 2,
      mode,
    }),
  ),

  Conv: [
    conv({ kernel: [3, 3], size: [4, 5] }, { pads: [1, 1, 1, 1] }),
    conv({ kernel: [3, 3], size: [4, 4] }, { pads: [1, 1, 1, 1], strides: [2, 2] }),
    conv({ kernel: [3, 3], size: [5, 4] }, { pads: [0, 0, 1, 1], strides: [2, 2] }),
    conv({ kernel: [3, 2], size: [5, 6] }, { pads: [2, 0, 1, 2], strides: [1, 2], dilations: [1, 2] }),
    conv({ kernel: [1, 1], size: [3, 2] }, {}),
    conv({ kernel: [3], size: [7] }, { pads: [1, 1], strides: [3] }),
    conv({ kernel: [2, 2, 2], size: [2, 4, 4] }, { strides: [2, 2, 2] }),
    conv({ kernel: [3, 3], size: [3, 3], group: 2 }, { pads: [1, 1, 1, 1] }),
    conv({ kernel: [3, 3], size: [5, 4] }, { auto_pad: "SAME_UPPER", strides: [2, 2] }),
    conv({ kernel: [2, 2], size: [4, 4] }, { auto_pad: "SAME_LOWER" }),
    conv({ kernel: [2, 2], size: [4, 5] }, { auto_pad: "VALID", strides: [2, 2] }),
  ],
  ConvTranspose: [
    transposed({ kernel: [3, 3], size: [3, 2] }, {}),
    transposed({ kernel: [3, 3], size: [2, 3] }, { strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] }),
    transposed({ kernel: [2, 3], size: [3, 2] }, { dilations: [2, 1], pads: [1, 0, 0, 1] }),
    transposed({ kernel: [2, 2], size: [2, 2], group: 2 }, { strides: [2, 2] }),
  ],
  MatMul: [
    matMul((m, k, n) => [
      [m, k],
      [k, n],
    ]),
    matMul((m, k, n) => [
      [2, m, k],
      [k, n],
    ]),
    matMul((m, k, n) => [
      [2, m, k],
      [2, k, n],
    ]),
    matMul((m, k, n) => [
      [3, 1, m, k],
      [2, k, n],
    ]),
    matMul((m, k) => [[2, m, k], [k]]),
    matMul((_, k, n) => [[k], [2, k, n]]),
    matMul((_, k) => [[k], [k]]),
  ],
  Gemm: [
    gemm({}),
    gemm({ transA: 1, alpha: 0.5 }),
    gemm({ transB: 1, beta: 2 }, "vector"),
    gemm({ transA: 1, transB: 1, alpha: 2, beta: 0.5 }, "vector"),
  ],
  Einsum: [
    einsum("ab,bc->ac", { a: 2, b: 3, c: 4 }),
    einsum("bqhd,bkhd->bhqk", { b: 2, q: 2, h: 2, d: 2, k: 3 }),
    einsum("ab->ba", { a: 2, b: 3 }),
    einsum("ab,c->c", { a: 2, b: 3, c: 2 }),
    einsum("a,ab,b->", { a: 2, b: 3 }),
  ],
  MaxPool: [
    pool("MaxPool", { strides: [2, 2] }),
    pool("MaxPool", { strides: [2, 1], pads: [0, 1, 1, 0] }),
    pool("MaxPool", { kernel_shape: [3, 2], strides: [2, 2], ceil_mode: 1 }, [6, 5]),
    pool("MaxPool", { kernel_shape: [2, 2], dilations: [2, 1] }),
  ],
  AveragePool: [
    pool("AveragePool", { strides: [2, 2] }),
    pool("AveragePool", { strides: [1, 2], pads: [1, 0, 1, 1] }),
    pool("AveragePool", { strides: [2, 2], pads: [1, 1, 1, 1], count_include_pad: 1 }),
  ],
  GlobalAveragePool: [over("GlobalAveragePool", (draw) => ({ x: draw.floats([2, draw.size(), draw.size(), 3]) }))],
  Resize: [
    resize({ mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }, [1, 1, 2, 2]),
    resize({ mode: "nearest" }, [1, 1, 3, 2]),
    resize({ mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" }, [1, 1, 1, 0.5]),
    resize({ mode: "linear" }, [1, 1, 2, 1.5]),
    resize({ mode: "linear", coordinate_transformation_mode: "align_corners" }, [1, 1, 2, 2]),
    resize({ mode: "linear", coordinate_transformation_mode: "asymmetric" }, [1, 1, 2, 0.5]),
  ],

  Softmax: [unary("Softmax"), unary("Softmax", [-3, 3], { axis: 1 })],
  LogSoftmax: [unary("LogSoftmax"), unary("LogSoftmax", [-3, 3], { axis: 0 })],
  ReduceSum: reduction("ReduceSum"),
  ReduceMean: reduction("ReduceMean"),
  ReduceMax: reduction("ReduceMax"),
  ReduceMin: reduction("ReduceMin"),
  ReduceProd: reduction("ReduceProd"),
  ReduceL1: reduction("ReduceL1"),
  ReduceL2: reduction("ReduceL2"),
  ReduceSumSquare: reduction("ReduceSumSquare"),
  CumSum: [0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) => onCube((g, x) => g.op("CumSum", [x, g.scalar("int64", 1)], { exclusive, reverse }))),
  ),
  LayerNormalization: [layerNorm(-1), layerNorm(-2, { epsilon: 1e-2 })],
  InstanceNormalization: [
    perChannel("InstanceNormalization", {}),
    perChannel("InstanceNormalization", { epsilon: 0.1 }, [2, 3, 4]),
  ],
  GroupNormalization: [perChannel("GroupNormalization", { num_groups: 2 })],
  BatchNormalization: [
    over("BatchNormalization", (draw) => ({
      x: draw.floats([2, 3, 4]),
      s: draw.floats([3]),
      b: draw.floats([3]),
      mean: draw.floats([3]),
      variance: draw.floats([3], away),
    })),
  ],
  LpNormalization: [unary("LpNormalization", away), unary("LpNormalization", away, { axis: 1, p: 1 })],
  Dropout: [unary("Dropout")],

  QuickGelu: [unary("QuickGelu", [-3, 3]), unary("QuickGelu", [-3, 3], { alpha: 1 })],
  Silu: [unary("Silu", [-3, 3])],
  Linear: [
    over("Linear", (draw) => ({ x: draw.floats([2, draw.size(), 3]), w: draw.floats([4, 3]), b: draw.floats([4]) })),
    over("Linear", (draw) => ({ x: draw.floats([draw.size(), 2]), w: draw.floats([3, 2]) })),
  ],
  GroupNormActivation: [
    perChannel("GroupNormActivation", { groups: 2 }),
    perChannel("GroupNormActivation", { groups: 4, activation: "silu", epsilon: 1e-3 }),
    perChannel("GroupNormActivation", { groups: 1, activation: "silu" }, [1, 2, 2, 2, 2]),
  ],
  ScaledAttention: [
    attention({ heads: 1 }),
    attention({ heads: 2 }),
    attention({ heads: 2, scale: 0.3 }, (q, k) => [1, 2, q, k]),
    attention({ heads: 2 }, (_, k) => [k]),
  ],
  Geglu: [over("Geglu", (draw) => ({ x: draw.floats([2, draw.size(), 4], [-2, 2]) }))],
};
