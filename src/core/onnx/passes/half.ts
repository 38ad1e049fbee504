// float16 variants: weights and activations in halves, norms, softmax and sums in float32.
import type { DType } from "../../tensor/index.ts";
import { float16Bits } from "../../tensor/index.ts";
import { castWeight } from "../graph/derive.ts";
import { tensorFromValues, valuesOf } from "../graph/dtype.ts";
import { productOfDims } from "../graph/dim.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import type { OpName } from "../operators/table.ts";
import { operatorOf } from "../operators/table.ts";
import type { Site } from "./rebuild.ts";
import { rebuild } from "./rebuild.ts";

/** Operators that lose too much, or overflow, in halves: they sum many squares or take differences of near numbers. */
const wideOperators: ReadonlySet<OpName> = new Set<OpName>([
  "BatchNormalization",
  "CumSum",
  "Div",
  "Einsum",
  "Exp",
  "GridSample",
  "GroupNormalization",
  "InstanceNormalization",
  "LayerNormalization",
  "Log",
  "LogSoftmax",
  "LpNormalization",
  "Pow",
  "Range",
  "Reciprocal",
  "ReduceL1",
  "ReduceL2",
  "ReduceMean",
  "ReduceProd",
  "ReduceSum",
  "ReduceSumSquare",
  "Resize",
  "SkipLayerNormalization",
  "Softmax",
  "Sqrt",
  "Cos",
  "Sin",
]);

const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float16";

/** A value in another float width: constants and weights change their own bytes, everything else gets a Cast. */
function inWidth(g: Site["g"], value: Value, to: "float32" | "float16"): Value {
  if (!isFloat(value.dtype) || value.dtype === to) return value;
  const { origin } = value;
  if (origin.kind === "weight") return g.adopt(castWeight(origin.weight, to));
  if (origin.kind === "constant")
    return g.constant(tensorFromValues(to, origin.tensor.dims, valuesOf(origin.tensor)), "half");
  return g.cast(value, to);
}

/** The width an input port wants: its own when it is fixed, else that of the operator's kind. */
function portWidth(site: Site, index: number): "float32" | "float16" {
  const operator = operatorOf(site.node.op);
  const port = operator.inputs[index] ?? operator.inputs.at(-1);
  const allowed = operator.types[port?.type ?? ""] ?? [];
  return allowed.includes("float16") && !wideOperators.has(site.node.op) ? "float16" : "float32";
}

/** A half ends at 65504, and below 3e-8 it is zero. */
const isLostInHalf = (item: number): boolean => {
  const magnitude = float16Bits(item) & 0x7fff;
  return Number.isFinite(item) && (magnitude === 0x7c00 || (magnitude === 0 && item !== 0));
};

/** Numbers that do not fit, such as a small epsilon. Weights are refused while they are converted. */
const doesNotFit = (value: Value): boolean =>
  value.origin.kind === "constant" &&
  value.origin.tensor.dtype === "float32" &&
  value.origin.tensor.data.some(isLostInHalf);

/** A norm over so few numbers may divide by the difference of two of them. */
const fewElements = 16;
/** How much larger than such a norm's input a value behind it may be and still count as its neighbourhood. */
const neighbourhood = 16;

const elementsOf = (value: Value | undefined): number => {
  const count = value && productOfDims(value.dims);
  return typeof count === "number" ? count : Infinity;
};

/**
 * Nodes behind norms over a few numbers each, at the same scale of the picture: what halves round there, the norm magnifies a
 * hundredfold. Only pictures of a few cells have such norms, and there is nothing to save in them.
 */
function beforeSmallNorms(graph: Graph): ReadonlySet<Node> {
  const kept = new Set<Node>();
  const follow = (value: Value | undefined, mostElements: number): void => {
    if (value?.origin.kind !== "node" || kept.has(value.origin.node) || elementsOf(value) > mostElements) return;
    kept.add(value.origin.node);
    for (const input of value.origin.node.inputs) follow(input, mostElements);
  };
  for (const { op, inputs } of graph.nodes) {
    const perGroup = inputs[0]?.dims.length === 3 ? inputs[0].dims[2] : undefined;
    if (op === "InstanceNormalization" && typeof perGroup === "number" && perGroup <= fewElements)
      follow(inputs[0], neighbourhood * elementsOf(inputs[0]));
  }
  return kept;
}

/**
 * The graph in halves. Inputs and outputs keep their dtypes, so that the variants of a network are interchangeable; every
 * node reads its floats in the width it wants, cast only where the one before gives another.
 */
export function toHalf(graph: Graph): Graph {
  const delicate = beforeSmallNorms(graph);
  return rebuild(
    graph,
    (site) => {
      const { node, g } = site;
      // A cast to float32 was written for a reader; each reader now asks for itself.
      if (node.op === "Cast" && node.outputs[0]?.dtype === "float32" && isFloat(site.x(0).dtype)) return site.x(0);
      const wide = delicate.has(node) || site.inputs.some((input) => input !== undefined && doesNotFit(input));
      const inputs = site.inputs.map(
        (input, index) => input && inWidth(g, input, wide ? "float32" : portWidth(site, index)),
      );
      return g.node(node.op, inputs, node.attributes, { outputCount: node.outputs.length, name: "" });
    },
    {
      output: (value, g, dtype) =>
        isFloat(dtype) ? inWidth(g, value, dtype === "float16" ? "float16" : "float32") : value,
    },
  );
}
