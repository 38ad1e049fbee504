// For tests: makers of small cases, from an operator and what is particular about it.
import type { AttributesGiven, Builder, OpName, Value } from "../../onnx/index.ts";
import { tensorFromValues } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Case, Draw } from "./finite-differences.ts";

export type Drawn = (draw: Draw) => Case;
type Feeds = Case["feeds"];

export const away: readonly [number, number] = [0.3, 1.5];

/** One operator over all feeds in order. */
export const over =
  <Op extends OpName>(op: Op, feeds: (draw: Draw) => Feeds, attributes?: AttributesGiven<Op>): Drawn =>
  (draw) => ({ feeds: feeds(draw), build: (g, inputs) => g.op(op, inputs, attributes) });

const cube = (draw: Draw) => [draw.size(), draw.size(3), draw.size()];

export const unary = <Op extends OpName>(
  op: Op,
  range?: readonly [number, number],
  attributes?: AttributesGiven<Op>,
): Drawn => over(op, (draw) => ({ x: draw.floats(cube(draw), range) }), attributes);

/** Equal shapes; the second stretched; the first stretched and of lower rank. */
export const binary = (op: OpName, range?: readonly [number, number], attributes: object = {}): readonly Drawn[] => {
  const pair = (shapes: (dims: readonly number[]) => readonly [readonly number[], readonly number[]]): Drawn =>
    over(
      op,
      (draw) => {
        const [a, b] = shapes(cube(draw));
        return { a: draw.floats(a, range), b: draw.floats(b, range) };
      },
      attributes,
    );
  return [
    pair((dims) => [dims, dims]),
    pair(([a = 1, b = 1, c = 1]) => [
      [a, b, c],
      [b, 1],
    ]),
    pair(([a = 1, b = 1, c = 1]) => [
      [1, c],
      [a, b, 1],
    ]),
  ];
};

export const built =
  (feeds: (draw: Draw) => Feeds, build: (g: Builder, ...inputs: Value[]) => Value | readonly Value[]): Drawn =>
  (draw) => ({ feeds: feeds(draw), build: (g, inputs) => build(g, ...inputs) });

export const onCube = (
  build: (g: Builder, x: Value) => Value | readonly Value[],
  range?: readonly [number, number],
): Drawn =>
  built(
    (draw) => ({ x: draw.floats(cube(draw), range) }),
    (g, x) => build(g, known(x)),
  );

export const known = (value: Value | undefined): Value => {
  if (value === undefined) throw new Error("the case has no such input");
  return value;
};

export const reduction = (
  op:
    | "ReduceSum"
    | "ReduceMean"
    | "ReduceMax"
    | "ReduceMin"
    | "ReduceProd"
    | "ReduceL1"
    | "ReduceL2"
    | "ReduceSumSquare",
) => [
  onCube((g, x) => g.op(op, [x, g.ints([-1])]), away),
  onCube((g, x) => g.op(op, [x, g.ints([0, 2])], { keepdims: 0 }), away),
  onCube((g, x) => g.op(op, [x]), away),
];

type ConvShape = { readonly group?: number; readonly kernel: readonly number[]; readonly size: readonly number[] };

const convFeeds =
  ({ group = 1, kernel, size }: ConvShape) =>
  (draw: Draw): Feeds => {
    const [n, c, m] = [draw.size(2), group * draw.size(2), group * draw.size(2)];
    return { x: draw.floats([n, c, ...size]), w: draw.floats([m, c / group, ...kernel]), b: draw.floats([m]) };
  };

export const conv = (shape: ConvShape, attributes: AttributesGiven<"Conv">): Drawn =>
  over("Conv", convFeeds(shape), { group: shape.group ?? 1, ...attributes });

export const transposed = (
  { group = 1, kernel, size }: ConvShape,
  attributes: AttributesGiven<"ConvTranspose">,
): Drawn =>
  over(
    "ConvTranspose",
    (draw) => {
      const [n, c, m] = [draw.size(2), group * draw.size(2), draw.size(2)];
      return { x: draw.floats([n, c, ...size]), w: draw.floats([c, m, ...kernel]), b: draw.floats([m * group]) };
    },
    { group, ...attributes },
  );

export const pool = (op: "MaxPool" | "AveragePool", attributes: object, size: readonly number[] = [5, 4]): Drawn =>
  over(op, (draw) => ({ x: draw.floats([draw.size(2), draw.size(2), ...size]) }), {
    kernel_shape: [2, 2],
    ...attributes,
  });

export const resize = (attributes: AttributesGiven<"Resize">, scales: readonly number[]): Drawn =>
  built(
    (draw) => ({ x: draw.floats([draw.size(2), draw.size(2), 3, 4]) }),
    (g, x) => g.op("Resize", [x, undefined, g.floats([4], scales)], attributes),
  );

export const perChannel = (op: OpName, attributes: object, dims: readonly number[] = [2, 4, 3, 2]): Drawn =>
  over(
    op,
    (draw) => ({ x: draw.floats(dims), s: draw.floats([dims[1] ?? 1]), b: draw.floats([dims[1] ?? 1]) }),
    attributes,
  );

export const layerNorm = (axis: number, attributes: object = {}): Drawn =>
  over(
    "LayerNormalization",
    (draw) => {
      const dims = [draw.size(), draw.size(3), draw.size(5, 3)];
      const own = dims.slice(axis);
      return { x: draw.floats(dims), s: draw.floats(own), b: draw.floats(own) };
    },
    { axis, ...attributes },
  );

export const attention = (
  attributes: AttributesGiven<"ScaledAttention">,
  bias?: (q: number, k: number) => readonly number[],
): Drawn =>
  over(
    "ScaledAttention",
    (draw): Feeds => {
      const [n, q, k, size, valueSize] = [draw.size(2), draw.size(3), draw.size(3), 2 * draw.size(2), 2 * draw.size(2)];
      const feeds = { q: draw.floats([n, q, size]), k: draw.floats([n, k, size]), v: draw.floats([n, k, valueSize]) };
      return bias ? { ...feeds, bias: draw.floats(bias(q, k)) } : feeds;
    },
    attributes,
  );

export const gemm = (
  attributes: { transA?: 0 | 1; transB?: 0 | 1; alpha?: number; beta?: number },
  c?: "vector",
): Drawn =>
  over(
    "Gemm",
    (draw): Feeds => {
      const [m, k, n] = [draw.size(), draw.size(), draw.size()];
      const feeds = {
        a: draw.floats(attributes.transA === 1 ? [k, m] : [m, k]),
        b: draw.floats(attributes.transB === 1 ? [n, k] : [k, n]),
      };
      return c ? { ...feeds, c: draw.floats([n]) } : feeds;
    },
    attributes,
  );

export const matMul = (
  shapes: (m: number, k: number, n: number) => readonly [readonly number[], readonly number[]],
): Drawn =>
  over("MatMul", (draw) => {
    const [a, b] = shapes(draw.size(), draw.size(), draw.size());
    return { a: draw.floats(a), b: draw.floats(b) };
  });

export const einsum = (equation: string, sizes: Readonly<Record<string, number>>): Drawn =>
  over(
    "Einsum",
    (draw) => {
      const terms = equation.slice(0, equation.indexOf("->")).split(",");
      return Object.fromEntries(
        terms.map((term, i) => [`x${i}`, draw.floats(term.split("").map((letter) => sizes[letter] ?? 1))]),
      );
    },
    { equation },
  );

export const indices = (dims: readonly number[], values: readonly number[]): Tensor =>
  tensorFromValues("int64", dims, values);
export const truths = tensorFromValues("bool", [3], [1, 0, 1]);
