// A graph as ONNX's ModelProto: names, types, attributes; where the weights' bytes go is the caller's choice.
import { assert } from "../../../shared/failure/index.ts";
import type { Dim } from "../graph/dim.ts";
import { bytesOf, dtypes } from "../graph/dtype.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Graph, Node, Value, ValueType } from "../graph/graph.ts";
import { initialisersOf } from "../graph/graph.ts";
import type { AttributeKind, AttributeValue } from "../operators/operator.ts";
import { operatorOf } from "../operators/table.ts";
import type { Message } from "./schema.ts";

/** ONNX 1.16: the newest pair that ONNX Runtime 1.30 states full support for on every provider we use. */
export const irVersion = 10;
export const opsetVersion = 21;

type TensorMessage = Message<"TensorProto">;

const dimMessage = (size: Dim): Message<"DimensionProto"> =>
  typeof size === "number" ? { dim_value: size } : { dim_param: size };

const valueMessage = (name: string, { dtype, dims }: ValueType): Message<"ValueInfoProto"> => ({
  name,
  type: { tensor_type: { elem_type: dtypes[dtype].code, shape: { dim: dims.map(dimMessage) } } },
});

export const tensorMessage = (name: string, { dtype, dims }: Pick<Tensor, "dtype" | "dims">): TensorMessage => ({
  name,
  dims,
  data_type: dtypes[dtype].code,
});

const text = new TextEncoder();

/** AttributeProto.AttributeType and the field that holds the value. */
const attributeWriters: {
  readonly [K in AttributeKind]: (value: AttributeValue) => Message<"AttributeProto">;
} = {
  float: (value) => ({ type: 1, f: Number(value) }),
  int: (value) => ({ type: 2, i: Number(value) }),
  string: (value) => ({ type: 3, s: text.encode(typeof value === "string" ? value : "") }),
  tensor: (value) => {
    assert(typeof value === "object" && "dtype" in value, "a tensor attribute holds a tensor");
    return { type: 4, t: { ...tensorMessage("", value), raw_data: bytesOf(value) } };
  },
  floats: (value) => ({ type: 6, floats: Array.isArray(value) ? value : [] }),
  ints: (value) => ({ type: 7, ints: Array.isArray(value) ? value : [] }),
};

/** Attributes that say no more than the operator's defaults are left out. */
function attributeMessages(node: Node): readonly Message<"AttributeProto">[] {
  const { attributes: specs } = operatorOf(node.op);
  const values: Readonly<Record<string, AttributeValue | undefined>> = node.attributes;
  return Object.entries(specs).flatMap(([name, spec]) => {
    const value = values[name];
    return value === undefined || value === spec.fallback ? [] : [{ name, ...attributeWriters[spec.kind](value) }];
  });
}

/** Names in the file: outputs are called as the graph calls them, everything else keeps its own name. */
function fileNames(graph: Graph): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  const taken = new Set(graph.inputs.map((input) => input.name));
  for (const { name, value } of graph.outputs) {
    assert(!taken.has(name), `two inputs or outputs are named "${name}"`);
    taken.add(name);
    if (value.origin.kind === "node" && !names.has(value)) names.set(value, name);
  }
  const own = (value: Value) => {
    if (names.has(value)) return;
    let name = value.name;
    while (taken.has(name) && value.origin.kind !== "input") name = `${name}_`;
    names.set(value, name);
  };
  graph.inputs.forEach(own);
  initialisersOf(graph).forEach(own);
  for (const node of graph.nodes) node.outputs.forEach(own);
  return names;
}

function nodeMessage(node: Node, nameOf: (value: Value) => string): Message<"NodeProto"> {
  const { domain } = operatorOf(node.op);
  assert(
    domain !== "dubwright",
    `${node.name}: the composite ${node.op} must be lowered for a provider before writing`,
  );
  const inputs = node.inputs.map((input) => (input === undefined ? "" : nameOf(input)));
  while (inputs.at(-1) === "") inputs.pop();
  return {
    input: inputs,
    output: node.outputs.map(nameOf),
    name: node.name,
    op_type: node.op,
    attribute: attributeMessages(node),
    domain,
  };
}

/** The model around a graph. `place` says how the initialiser of that name is stored: bytes, stream or reference. */
export function modelMessage(
  graph: Graph,
  place: (value: Value, name: string) => TensorMessage,
): Message<"ModelProto"> {
  const names = fileNames(graph);
  const nameOf = (value: Value): string => {
    const name = names.get(value);
    assert(name !== undefined, `${value.name} does not belong to the graph ${graph.name}`);
    return name;
  };
  const domains = new Set(graph.nodes.map((node) => operatorOf(node.op).domain));
  // An output that is an input or a weight, or the second name of a value, needs a node that gives it its name.
  const copies = graph.outputs
    .filter(({ name, value }) => nameOf(value) !== name)
    .map(({ name, value }) => ({
      input: [nameOf(value)],
      output: [name],
      name: `${name} (copy)`,
      op_type: "Identity",
    }));
  return {
    ir_version: irVersion,
    producer_name: "dubwright",
    opset_import: [
      { domain: "", version: opsetVersion },
      ...(domains.has("com.microsoft") ? [{ domain: "com.microsoft", version: 1 }] : []),
    ],
    graph: {
      node: [...graph.nodes.map((node) => nodeMessage(node, nameOf)), ...copies],
      name: graph.name,
      initializer: initialisersOf(graph).map((value) => place(value, nameOf(value))),
      input: graph.inputs.map((input) => valueMessage(input.name, input)),
      output: graph.outputs.map(({ name, value }) => valueMessage(name, value)),
    },
  };
}
