// How much arithmetic a graph is: the multiplications that are each added to a sum, counted from inferred shapes.
import { assert } from "../../../shared/failure/index.ts";
import type { OpName } from "../operators/table.ts";
import type { Sizes } from "./dim.ts";
import { bindDim } from "./dim.ts";
import type { Graph, Node, Value } from "./graph.ts";

type DimsOf = (value: Value | undefined) => readonly number[];

const product = (dims: readonly number[]): number => dims.reduce((count, size) => count * size, 1);

/** Elements of the output times the length of the sum that each of them is. */
const sums = (node: Node, dimsOf: DimsOf, length: number): number => product(dimsOf(node.outputs[0])) * length;

const overLastAxis = (node: Node, dimsOf: DimsOf): number => sums(node, dimsOf, dimsOf(node.inputs[0]).at(-1) ?? 0);

const gemm = (node: Node, dimsOf: DimsOf): number => {
  const { transA } = node.attributes as { readonly transA?: number };
  return sums(node, dimsOf, dimsOf(node.inputs[0])[transA === 1 ? 0 : 1] ?? 0);
};

/** Query rows meet keys over the width of a query, and values over the number of keys. */
const attention = (node: Node, dimsOf: DimsOf): number => {
  const [batch = 0, queries = 0, width = 0] = dimsOf(node.inputs[0]);
  const [, keys = 0] = dimsOf(node.inputs[1]);
  return batch * queries * keys * (width + (dimsOf(node.outputs[0]).at(-1) ?? 0));
};

const counts: { readonly [Op in OpName]?: (node: Node, dimsOf: DimsOf) => number } = {
  MatMul: overLastAxis,
  Linear: overLastAxis,
  Gemm: gemm,
  // W [m, c / groups, ...kernel]
  Conv: (node, dimsOf) => sums(node, dimsOf, product(dimsOf(node.inputs[1]).slice(1))),
  ScaledAttention: attention,
  MultiHeadAttention: attention,
};

/**
 * Multiply-adds of products, convolutions and attention; twice that is the usual count of floating-point operations. Norms,
 * activations and other element-wise work, a few percent of a network, are not in it. Of a definition, before its lowering
 * to 8 bits or to another layout; `sizes` for its symbols.
 */
export function multiplyAddsOf(graph: Graph, sizes: Sizes = {}): number {
  const dimsOf: DimsOf = (value) => {
    const dims = value?.dims.map((size) => bindDim(size, sizes)) ?? [];
    return dims.map((size) => {
      assert(typeof size === "number", `the size of ${value?.name} depends on ${size}, whose size was not given`);
      return size;
    });
  };
  return graph.nodes.reduce((total, node) => total + (counts[node.op]?.(node, dimsOf) ?? 0), 0);
}
