// Reverse mode: a graph and its loss -> the same graph with gradients behind it, in the same language.
import { assert, refused } from "../../shared/failure/index.ts";
import { extendGraph, initialisersOf, rebuild } from "../onnx/index.ts";
import type { Builder, Graph, Node, Value } from "../onnx/index.ts";
import type { Again, BlockOf } from "./recompute.ts";
import { recomputation } from "./recompute.ts";
import type { GradientRule, NoGradient } from "./rules/rule.ts";
import { sizesOf, sumTo } from "./rules/sizes.ts";
import { gradientRules } from "./rules/table.ts";

export type BackwardOptions = {
  /** The output that is the loss: one number. */
  readonly loss: string;
  /** Inputs by name and weights by key. */
  readonly of: readonly string[];
  /** Blocks whose inner values are computed again on the way back instead of being kept: less memory, more work. */
  readonly recompute?: BlockOf;
};

/** What the gradient with respect to an input or weight is called among the outputs. */
export const gradientName = (name: string): string => `grad/${name}`;

/**
 * Adds an output "grad/NAME" for each name asked for: d loss / d NAME, in its dims and dtype. Nothing is computed here; the
 * new nodes stand behind the old ones and read their values, so one run gives both. All sizes must be fixed (`bakeSizes`).
 * A value that the loss does not depend on has a gradient of zeros. Refuses unknown names, and operators on the way that
 * have no gradient.
 */
export function backward(graph: Graph, { loss, of, recompute }: BackwardOptions): Graph {
  const lossValue = lossOf(graph, loss);
  const targets = new Map(of.map((name) => [name, valuesNamed(graph, name)]));
  const extended = extendGraph(graph, (g) => {
    const found = [...targets.values()].flat();
    const walk = walkBack(graph, { lossValue, targets: found, g: g.scope("gradient"), blockOf: recompute });
    return Object.fromEntries([...targets].map(([name, values]) => [gradientName(name), total(g, values, walk)]));
  });
  return rebuild(extended, () => undefined); // drops what rules made and nobody reads
}

function lossOf(graph: Graph, name: string): Value {
  const loss = graph.outputs.find((output) => output.name === name)?.value;
  if (loss !== undefined && sizesOf(loss).every((size) => size === 1)) return loss;
  throw refused("autodiff.no-loss", {
    message: `The loss must be an output of one number; "${name}" is ${loss ? `[${loss.dims.join(", ")}]` : "no output"}.`,
    hint: `Outputs: ${graph.outputs.map((output) => output.name).join(", ")}.`,
    details: { loss: name },
  });
}

/** The input of that name, or every value that stands for the weight of that key. */
function valuesNamed(graph: Graph, name: string): readonly Value[] {
  const found = [
    ...graph.inputs.filter((input) => input.name === name),
    ...initialisersOf(graph).filter(({ origin }) => origin.kind === "weight" && origin.weight.key === name),
  ];
  if (found.length > 0) return found;
  throw refused("autodiff.unknown-name", {
    message: `There is no input and no weight "${name}" in ${graph.name} to take a gradient of.`,
    details: { name },
  });
}

type Walk = {
  readonly lossValue: Value;
  readonly targets: readonly Value[];
  readonly g: Builder;
  readonly blockOf: BlockOf | undefined;
};

/** Value -> the gradients that reached it, one from each reader. */
type Shares = Map<Value, Value[]>;

/** From the loss to the targets, node by node against the graph's order: every reader of a value comes before its maker. */
function walkBack(graph: Graph, walk: Walk): Shares {
  const { lossValue, targets, g } = walk;
  const onPath = valuesOnPath(graph, targets);
  const ones = g.expand(g.scalar(lossValue.dtype, 1), lossValue.dims);
  const shares: Shares = new Map([[lossValue, [ones]]]);
  const readers = recomputedBlocks(walk);
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((output) => onPath.has(output) && shares.has(output))) continue;
    const at = g.scope(node.name);
    const dys = node.outputs.map((output) => added(at, shares.get(output)));
    const gradients = applyRule(node, { g: at, dys, again: readers(node, dys) });
    node.inputs.forEach((input, index) => {
      const gradient = gradients[index];
      if (input === undefined || gradient === undefined || !onPath.has(input)) return;
      shares.set(input, [...(shares.get(input) ?? []), sumTo(at, gradient, sizesOf(input))]);
    });
  }
  return shares;
}

/** How the rule of a node reads the values of the way forward: as they are, or through its block's recomputation. */
function recomputedBlocks({ g, targets, blockOf }: Walk) {
  const blocks = new Map<string, Again>();
  const asItIs: Again = (value) => value;
  return (node: Node, dys: readonly (Value | undefined)[]): Again => {
    const block = blockOf?.(node);
    const arrived = dys.find((dy) => dy !== undefined);
    if (block === undefined || blockOf === undefined || arrived === undefined) return asItIs;
    const isInside = (other: Node) => blockOf(other) === block;
    const again =
      blocks.get(block) ?? recomputation({ g: g.scope("again"), isInside, arrived, targets: new Set(targets) });
    blocks.set(block, again);
    return again;
  };
}

/** The targets and all that is computed from them through operators which let gradients pass. */
function valuesOnPath(graph: Graph, targets: readonly Value[]): ReadonlySet<Value> {
  const onPath = new Set(targets);
  for (const node of graph.nodes) {
    const rule = gradientRules[node.op];
    if ("kind" in rule && rule.kind === "flat") continue;
    if (!node.inputs.some((input) => input !== undefined && onPath.has(input))) continue;
    for (const output of node.outputs) if (output.dtype === "float32" || output.dtype === "float16") onPath.add(output);
  }
  return onPath;
}

/** Shared values: what came back from every reader is added. */
const added = (g: Builder, shares: readonly Value[] | undefined): Value | undefined =>
  shares === undefined || shares.length < 2 ? shares?.[0] : g.op("Sum", shares);

type Arrival = { readonly g: Builder; readonly dys: readonly (Value | undefined)[]; readonly again: Again };

function applyRule(node: Node, { g, dys, again }: Arrival): readonly (Value | undefined)[] {
  // The table pairs each operator with a rule of its own attributes; the pairing is lost on a union of operators.
  const rule = gradientRules[node.op] as GradientRule<never> | NoGradient;
  if ("kind" in rule)
    throw refused("autodiff.no-gradient", {
      message: `The gradient cannot pass ${node.name} (${node.op}): ${rule.reason}.`,
      details: { node: node.name, op: node.op },
    });
  const inputs = node.inputs.map((input) => input && again(input));
  const outputs = node.outputs.map(again);
  const [y] = outputs;
  assert(y !== undefined, `${node.name} has no output`);
  const x = (index: number): Value => {
    const input = inputs[index];
    assert(input !== undefined, `${node.name} has no input ${index}`);
    return input;
  };
  const dy = dys[0] ?? g.expand(g.scalar(y.dtype, 0), y.dims);
  return rule({ g, attributes: node.attributes as never, inputs, x, y, dy, dys, outputs });
}

/** The gradient of a target; zeros where the loss does not see it. */
function total(g: Builder, values: readonly Value[], shares: Shares): Value {
  const found = added(
    g,
    values.flatMap((value) => shares.get(value) ?? []),
  );
  const [first] = values;
  assert(first !== undefined, "a target has a value");
  return found ?? g.expand(g.scalar(first.dtype, 0), first.dims);
}
