// The one way a graph is rewritten: build it again node by node, asking a rule what stands for each node.
import { assert } from "../../../shared/failure/index.ts";
import type { DType } from "../../tensor/index.ts";
import type { Emitter } from "../build/emitter.ts";
import { createEmitter } from "../build/emitter.ts";
import type { Builder } from "../build/graph-builder.ts";
import { builderOver } from "../build/graph-builder.ts";
import type { Dim } from "../graph/dim.ts";
import { checkGraph } from "../graph/check.ts";
import type { Graph, Node, Value } from "../graph/graph.ts";
import { usesOf } from "../graph/graph.ts";
import type { Weight } from "../graph/weights.ts";

/** One node of the old graph with its inputs in the new one. */
export type Site = {
  readonly node: Node;
  readonly inputs: readonly (Value | undefined)[];
  /** Input that the operator's signature says is present. */
  readonly x: (index: number) => Value;
  /** Builds beside the node: names begin with the node's. */
  readonly g: Builder;
  /** How often a value of the old graph is read. */
  readonly uses: (old: Value) => number;
};

/** The values that stand for the node's outputs, or undefined to keep the node as it is. */
export type Rule = (site: Site) => readonly Value[] | Value | undefined;

export type RebuildOptions = {
  /** New dims of an input. */
  readonly inputDims?: (input: Value) => readonly Dim[];
  /** The name of the input that a weight becomes; undefined leaves it a weight. */
  readonly inputOfWeight?: (weight: Weight) => string | undefined;
  /** What stands for an output. */
  readonly output?: (value: Value, g: Builder, dtype: DType) => Value;
};

const isList = (result: readonly Value[] | Value): result is readonly Value[] => Array.isArray(result);

/** The nodes some output depends on: what is rebuilt. Everything else is dead code. */
function liveNodes(graph: Graph): ReadonlySet<Node> {
  const live = new Set<Node>();
  const open = graph.outputs.map(({ value }) => value);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value.origin.kind !== "node" || live.has(value.origin.node)) continue;
    live.add(value.origin.node);
    for (const input of value.origin.node.inputs) if (input !== undefined) open.push(input);
  }
  return live;
}

/** Carries inputs, constants and weights over on first use. */
function carrier(emitter: Emitter, known: Map<Value, Value>, { inputOfWeight }: RebuildOptions) {
  const inputs = new Map<string, Value>();
  const carryWeight = (weight: Weight): Value => {
    const name = inputOfWeight?.(weight);
    if (name === undefined) return emitter.adopt(weight);
    const input = inputs.get(name) ?? emitter.input(name, weight.dtype, weight.dims);
    inputs.set(name, input);
    return input;
  };
  return (old: Value): Value => {
    const done = known.get(old);
    if (done !== undefined) return done;
    const { origin } = old;
    assert(origin.kind === "constant" || origin.kind === "weight", `${old.name} is read before it is made`);
    const value = origin.kind === "constant" ? emitter.constant(origin.tensor, old.name) : carryWeight(origin.weight);
    known.set(old, value);
    return value;
  };
}

/** The same node over new inputs. */
function copyNode(emitter: Emitter, node: Node, inputs: readonly (Value | undefined)[]): readonly Value[] {
  return emitter.node(node.op, inputs, node.attributes, { name: node.name, outputCount: node.outputs.length });
}

/** Types are inferred anew for every node, nodes without readers fall away, and the result is checked. */
export function rebuild(graph: Graph, rule: Rule, options: RebuildOptions = {}): Graph {
  const emitter = createEmitter({ strictness: graph.strictness });
  const known = new Map<Value, Value>();
  const carry = carrier(emitter, known, options);
  const counts = usesOf(graph);
  for (const input of graph.inputs)
    known.set(input, emitter.input(input.name, input.dtype, options.inputDims?.(input) ?? input.dims));
  const live = liveNodes(graph);
  for (const node of graph.nodes) {
    if (!live.has(node)) continue;
    const inputs = node.inputs.map((input) => input && carry(input));
    const x = (index: number): Value => {
      const input = inputs[index];
      assert(input !== undefined, `${node.name} has no input ${index}`);
      return input;
    };
    let builder: Builder | undefined;
    const given = rule({
      node,
      inputs,
      x,
      // A builder is a hundred functions: most rules leave most nodes alone and need none.
      get g() {
        return (builder ??= builderOver(emitter.scope(node.name)));
      },
      uses: (old) => counts.get(old) ?? 0,
    });
    const results = given === undefined ? copyNode(emitter, node, inputs) : isList(given) ? given : [given];
    node.outputs.forEach((output, index) => {
      const result = results[index];
      assert(result !== undefined || given !== undefined, `${node.name} lost output ${index}`);
      if (result !== undefined) known.set(output, result);
    });
  }
  const top = builderOver(emitter);
  const outputs = graph.outputs.map(({ name, value }) => {
    const result = carry(value);
    return { name, value: options.output?.(result, top, value.dtype) ?? result };
  });
  return checkGraph(emitter.finish(graph.name, outputs));
}

/** Weights chosen by key become inputs of the same name, so that what is trained can change between runs. */
export const weightsToInputs = (graph: Graph, isChosen: (key: string) => boolean): Graph =>
  rebuild(graph, () => undefined, { inputOfWeight: ({ key }) => (isChosen(key) ? key : undefined) });
