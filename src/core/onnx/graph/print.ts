// A graph as text, one node a line: for reading, for diffs, and for comparing graphs in tests.
import type { AttributeValue } from "../operators/operator.ts";
import { printDims } from "./dim.ts";
import type { Graph, Node, Value, ValueType } from "./graph.ts";
import { initialisersOf } from "./graph.ts";

export const printType = ({ dtype, dims }: ValueType): string => `${dtype}${printDims(dims)}`;

function printAttribute(value: AttributeValue): string {
  if (typeof value !== "object") return String(value);
  return "dtype" in value ? printType(value) : `[${value.join(", ")}]`;
}

function printNode(node: Node): string {
  const values: Readonly<Record<string, AttributeValue | undefined>> = node.attributes;
  const attributes = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${printAttribute(value)}`],
  );
  const inputs = node.inputs.map(printOperand).join(", ");
  const results = node.outputs.map((output) => `${output.name}: ${printType(output)}`).join(", ");
  return `  ${results} = ${node.op}(${inputs})${attributes.length === 0 ? "" : ` {${attributes.join(", ")}}`}`;
}

/** Scalars and short vectors by their elements, everything else by name. */
function printOperand(value: Value | undefined): string {
  if (value === undefined) return "-";
  if (value.origin.kind !== "constant" || value.elements === undefined || value.elements.length > 8) return value.name;
  return value.dims.length === 0 ? String(value.elements[0]) : printDims(value.elements);
}

export function printGraph(graph: Graph): string {
  const inputs = graph.inputs.map((input) => `${input.name}: ${printType(input)}`).join(", ");
  const weights = initialisersOf(graph)
    .filter(({ origin }) => origin.kind === "weight")
    .map((value) => `  weight ${value.name}: ${printType(value)}`);
  const outputs = graph.outputs.map(({ name, value }) => `  return ${name} = ${value.name}: ${printType(value)}`);
  return [`graph ${graph.name}(${inputs})`, ...weights, ...graph.nodes.map(printNode), ...outputs].join("\n");
}
