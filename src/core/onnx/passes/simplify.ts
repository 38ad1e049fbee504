// Passes that keep every number as it is: sizes baked in, constants folded, repetitions merged, detours removed.
import { assert } from "../../../shared/failure/index.ts";
import { elementCount, int64s } from "../../tensor/index.ts";
import { bindDim } from "../graph/dim.ts";
import type { Sizes } from "../graph/dim.ts";
import { bytesOf } from "../graph/dtype.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { producerOf } from "../graph/graph.ts";
import { evaluateNode } from "../reference/evaluate.ts";
import { elementwiseOperators } from "../operators/elementwise.ts";
import type { AttributeValue } from "../operators/operator.ts";
import type { Rule, Site } from "./rebuild.ts";
import { rebuild } from "./rebuild.ts";

/** Symbols become numbers; all shapes follow. What the sizes do not name stays a symbol. */
export const bakeSizes = (graph: Graph, sizes: Sizes): Graph =>
  rebuild(graph, () => undefined, { inputDims: (input) => input.dims.map((size) => bindDim(size, sizes)) });

/** A file should not grow by folding: results up to this many elements, or no larger than what they are made of. */
const foldedElements = 65_536;

/** Integers that the shape rules know already, whatever they were computed from. */
function knownFromShapes({ node, g }: Site): Value | undefined {
  const [output] = node.outputs;
  if (node.outputs.length !== 1 || output?.dtype !== "int64" || output.elements === undefined) return undefined;
  const elements = output.elements.filter((element) => typeof element === "number");
  if (elements.length !== output.elements.length) return undefined;
  return g.constant(int64s(output.dims.map(Number), elements));
}

const constantOf = (value: Value) => (value.origin.kind === "constant" ? value.origin.tensor : undefined);

/** Nodes over constants become constants, by the reference kernels. */
const foldRule: Rule = (site) => {
  const known = knownFromShapes(site);
  if (known !== undefined) return known;
  const present = site.inputs.filter((input) => input !== undefined);
  const tensors = present.map(constantOf);
  if (present.length === 0 || !tensors.every((tensor) => tensor !== undefined)) return undefined;
  const readElements = tensors.reduce((count, tensor) => count + tensor.data.length, 0);
  const madeElements = site.node.outputs.reduce((count, { dims }) => count + elementsOf(dims), 0);
  if (madeElements > Math.max(foldedElements, readElements)) return undefined;
  const results = evaluateNode(
    site.node,
    site.inputs.map((input) => input && constantOf(input)),
  );
  return results.map((tensor) => site.g.constant(tensor));
};

const elementsOf = (dims: Value["dims"]): number =>
  dims.every((size) => typeof size === "number") ? elementCount(dims.map(Number)) : Infinity;

export const foldConstants = (graph: Graph): Graph => rebuild(graph, foldRule);

function attributeKey(value: AttributeValue | undefined): string {
  if (typeof value !== "object") return String(value);
  return "dtype" in value
    ? `${value.dtype}[${value.dims.join()}]${Buffer.from(bytesOf(value)).toString("hex")}`
    : value.join();
}

/** Equal operators over equal inputs with equal attributes are one node. */
export function mergeRepetitions(graph: Graph): Graph {
  const numbers = new Map<Value, number>();
  const numberOf = (value: Value | undefined): number => {
    if (value === undefined) return -1;
    const known = numbers.get(value) ?? numbers.size;
    numbers.set(value, known);
    return known;
  };
  const made = new Map<string, readonly Value[]>();
  return rebuild(graph, ({ node, inputs, g }) => {
    const values: Readonly<Record<string, AttributeValue | undefined>> = node.attributes;
    const attributes = Object.entries(values).map(([name, value]) => `${name}=${attributeKey(value)}`);
    const key = [node.op, node.outputs.length, inputs.map(numberOf).join(), ...attributes].join("|");
    const before = made.get(key);
    if (before !== undefined) return before;
    const results = copyOf(node, inputs, g);
    made.set(key, results);
    return results;
  });
}

const copyOf = (node: Node, inputs: Site["inputs"], g: Site["g"]): readonly Value[] =>
  g.node(node.op, inputs, node.attributes, { outputCount: node.outputs.length, name: "" });

const sameDims = (a: Value, b: Value): boolean => a.dims.join() === b.dims.join();

/** The order of a transpose's axes. */
function orderOf(node: Node): readonly number[] {
  const { perm } = node.attributes as { readonly perm: readonly number[] | undefined };
  return perm ?? [...(node.inputs[0]?.dims.keys() ?? [])].toReversed();
}

const transposed = (value: Value | undefined): Node | undefined => {
  const producer = value && producerOf(value);
  return producer?.op === "Transpose" ? producer : undefined;
};

/** Element-wise over values that all come out of the same transpose: compute first, turn once. */
function turnLater(site: Site): Value | undefined {
  const { node, inputs } = site;
  if (!Object.hasOwn(elementwiseOperators, node.op) && node.op !== "QuickGelu") return undefined;
  const present = inputs.filter((input) => input !== undefined);
  const turns = present.map(transposed);
  const first = turns.find((turn) => turn !== undefined);
  const [output] = node.outputs;
  if (first === undefined || output === undefined || node.outputs.length !== 1) return undefined;
  const order = orderOf(first);
  const rank = order.length;
  const back = order.map((_, axis) => order.indexOf(axis));
  const before = present.map((value, i) => {
    const turn = turns[i];
    if (turn !== undefined && orderOf(turn).join() === order.join()) return turn.inputs[0];
    if (elementsOf(value.dims) === 1 && value.dims.length === 0) return value;
    // Turning a small broadcast operand back costs little; turning a whole picture does not pay.
    const small =
      value.dims.length === rank && value.dims.filter((size) => size !== 1).length <= 2 && !sameDims(value, output);
    return small ? site.g.transpose(value, back) : undefined;
  });
  if (before.length !== node.inputs.length || !before.every((value) => value !== undefined)) return undefined;
  return site.g.transpose(site.g.op(node.op, before, node.attributes), order);
}

/** What a node may be left out for: the value it would copy. */
const detourRules: Readonly<Record<string, (site: Site) => Value | undefined>> = {
  Identity: ({ x }) => x(0),
  Dropout: ({ x }) => x(0),
  Cast: ({ x, node }) => (node.outputs[0]?.dtype === x(0).dtype ? x(0) : undefined),
  Reshape: (site) => {
    const [output] = site.node.outputs;
    if (output !== undefined && sameDims(output, site.x(0))) return site.x(0);
    const before = producerOf(site.x(0));
    const source = before?.op === "Reshape" ? before.inputs[0] : undefined;
    // Zeros in the target copy sizes of the value between; only full targets may skip it.
    const full = site.inputs[1]?.elements?.every((size) => size !== 0) === true;
    return source !== undefined && full ? site.g.op("Reshape", [source, site.x(1)]) : undefined;
  },
  Expand: ({ x, node }) => (node.outputs[0] !== undefined && sameDims(node.outputs[0], x(0)) ? x(0) : undefined),
  Concat: ({ x, inputs }) => (inputs.length === 1 ? x(0) : undefined),
  Transpose: (site) => {
    const order = orderOf(site.node);
    if (order.every((axis, i) => axis === i)) return site.x(0);
    const before = transposed(site.x(0));
    const source = before?.inputs[0];
    if (before === undefined || source === undefined) return undefined;
    const first = orderOf(before);
    const both = order.map((axis) => first[axis] ?? 0);
    return both.every((axis, i) => axis === i) ? source : site.g.transpose(source, both);
  },
};

export const removeDetours = (graph: Graph): Graph =>
  rebuild(graph, (site) => detourRules[site.node.op]?.(site) ?? turnLater(site));

/** All of these until nothing more falls away. */
export function simplify(graph: Graph): Graph {
  let now = graph;
  for (let round = 0; round < 16; round += 1) {
    const next = mergeRepetitions(foldConstants(removeDetours(now)));
    if (next.nodes.length === now.nodes.length) return next;
    now = next;
  }
  assert(now.nodes.length > 0 || graph.outputs.length === 0, `${graph.name}: simplification does not settle`);
  return now;
}
