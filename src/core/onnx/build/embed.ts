// A whole network as one word of another graph: its nodes are written again over other values.
import { assert } from "../../../shared/failure/index.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Weight } from "../graph/weights.ts";
import type { Builder, Outputs } from "./graph-builder.ts";

/** Weight -> prefix -> the same weight under its longer key: a network that is embedded twice holds its weights once. */
const prefixed = new WeakMap<Weight, Map<string, Weight>>();

function withPrefix(weight: Weight, prefix: string): Weight {
  if (prefix === "") return weight;
  const known = prefixed.get(weight) ?? new Map<string, Weight>();
  prefixed.set(weight, known);
  const found = known.get(prefix) ?? { ...weight, key: `${prefix}${weight.key}` };
  known.set(prefix, found);
  return found;
}

/**
 * The outputs of `network` over these values, one for each of its inputs. Its nodes take the names they had, below the scope
 * of `g`; its weights' keys begin with `prefix`, so that two networks with a "conv_in.weight" can stand in one graph.
 */
export function embedGraph(
  g: Builder,
  network: Graph,
  { inputs, prefix = "" }: { readonly inputs: Readonly<Record<string, Value>>; readonly prefix?: string },
): Outputs {
  const known = new Map<Value, Value>();
  for (const input of network.inputs) {
    const given = inputs[input.name];
    assert(given !== undefined, `${network.name} is embedded without its input "${input.name}"`);
    assert(
      given.dtype === input.dtype && given.dims.join() === input.dims.join(),
      `the input "${input.name}" of ${network.name} is ${input.dtype}[${input.dims.join()}], not ${given.dtype}[${given.dims.join()}]`,
    );
    known.set(input, given);
  }
  const carry = (value: Value): Value => {
    const done = known.get(value);
    if (done !== undefined) return done;
    const { origin } = value;
    assert(origin.kind === "constant" || origin.kind === "weight", `${value.name} is read before it is made`);
    const carried =
      origin.kind === "constant"
        ? g.constant(origin.tensor)
        : g.adopt(withPrefix(origin.weight, prefix));
    known.set(value, carried);
    return carried;
  };
  for (const node of network.nodes) {
    const given = node.inputs.map((input) => input && carry(input));
    const results = g.node(node.op, given, node.attributes, { name: node.name, outputCount: node.outputs.length });
    node.outputs.forEach((output, index) => {
      const result = results[index];
      assert(result !== undefined, `${node.name} lost output ${index}`);
      known.set(output, result);
    });
  }
  return Object.fromEntries(network.outputs.map(({ name, value }) => [name, carry(value)]));
}
