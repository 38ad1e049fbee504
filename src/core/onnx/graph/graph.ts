// The graph: values with a dtype and symbolic dims, nodes that make values from values. Nothing here is ever changed.
import type { Strictness } from "../operators/infer.ts";
import type { AttributeValues, OpName } from "../operators/table.ts";
import type { Dim } from "./dim.ts";
import { elementCount } from "../../tensor/index.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import { valuesOf } from "./dtype.ts";
import type { Weight } from "./weights.ts";

/** What the shape rules know of a value. */
export type ValueType = {
  readonly dtype: DType;
  readonly dims: readonly Dim[];
  /** The elements of a small vector (a shape, an axis list, scales) when they are known, sizes possibly as symbols. */
  readonly elements?: readonly Dim[] | undefined;
};

/** Where a value comes from. */
export type Origin =
  | { readonly kind: "input" }
  | { readonly kind: "constant"; readonly tensor: Tensor }
  | { readonly kind: "weight"; readonly weight: Weight }
  | { readonly kind: "node"; readonly node: Node; readonly index: number };

/** A value is compared by identity. Its name is unique in its graph and mirrors the checkpoint's keys. */
export type Value = ValueType & { readonly name: string; readonly origin: Origin };

export type Node<Op extends OpName = OpName> = {
  readonly name: string;
  readonly op: Op;
  /** In the operator's order; a left-out optional input is undefined. */
  readonly inputs: readonly (Value | undefined)[];
  /** Every attribute of the operator, defaults filled in. */
  readonly attributes: AttributeValues<Op>;
  readonly outputs: readonly Value[];
};

/** One answer of a graph, under the name the caller asks for it by. */
export type GraphOutput = { readonly name: string; readonly value: Value };

export type Graph = {
  readonly name: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly GraphOutput[];
  /** In an order in which every node comes after those it reads from. */
  readonly nodes: readonly Node[];
  /** Ours: equal sizes were proven. A foreign graph's are trusted unless provably different. */
  readonly strictness: Strictness;
};

/** A tensor as a value of the graph; small vectors keep their elements for the shape rules. */
export function typeOfTensor(tensor: Tensor): ValueType {
  const small = tensor.dims.length <= 1 && elementCount(tensor.dims) <= 64;
  return { dtype: tensor.dtype, dims: tensor.dims, elements: small ? [...valuesOf(tensor)] : undefined };
}

export const producerOf = (value: Value): Node | undefined =>
  value.origin.kind === "node" ? value.origin.node : undefined;

/** The values a graph reads that no node makes, in order of first use: initialisers in a file. */
export function initialisersOf(graph: Graph): readonly Value[] {
  const found = new Set<Value>();
  const look = (value: Value | undefined) => {
    if (value?.origin.kind === "constant" || value?.origin.kind === "weight") found.add(value);
  };
  for (const node of graph.nodes) node.inputs.forEach(look);
  for (const { value } of graph.outputs) look(value);
  return [...found];
}

/** How often each value is read, by nodes and as an output. */
export function usesOf(graph: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value | undefined) => value && uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const node of graph.nodes) node.inputs.forEach(count);
  for (const { value } of graph.outputs) count(value);
  return uses;
}
