// The grammar of graphs: order, names, signatures, and every type derived again. Run after each rewrite.
import { assert } from "../../../shared/failure/index.ts";
import { inferTypes } from "../operators/infer.ts";
import type { AttributeValue } from "../operators/operator.ts";
import { printDims } from "./dim.ts";
import type { Graph, Value } from "./graph.ts";
import { printType } from "./print.ts";

/** Throws where the graph is not what its types say; gives the graph back. A failure here is a bug of a pass. */
export function checkGraph(graph: Graph): Graph {
  const known = new Set<Value>(graph.inputs);
  const names = new Map<string, Value>();
  const meet = (value: Value) => {
    const other = names.get(value.name);
    assert(other === undefined || other === value, `${graph.name}: two values are named ${value.name}`);
    names.set(value.name, value);
  };
  const read = (value: Value | undefined, reader: string) => {
    if (value === undefined) return;
    const { kind } = value.origin;
    assert(
      kind === "constant" || kind === "weight" || known.has(value),
      `${reader} reads ${value.name} before it is made`,
    );
    meet(value);
  };
  graph.inputs.forEach(meet);
  for (const node of graph.nodes) {
    for (const input of node.inputs) read(input, node.name);
    const attributes: Readonly<Record<string, AttributeValue | undefined>> = node.attributes;
    const { op, name, inputs, outputs } = node;
    const derived = inferTypes({
      op,
      name,
      inputs,
      attributes,
      outputCount: outputs.length,
      strictness: graph.strictness,
    });
    outputs.forEach((output, index) => {
      const type = derived[index];
      assert(
        type !== undefined && type.dtype === output.dtype && printDims(type.dims) === printDims(output.dims),
        `${name}: output ${index} says ${printType(output)}, its operator gives ${type && printType(type)}`,
      );
      assert(
        output.origin.kind === "node" && output.origin.node === node,
        `${output.name} is not an output of ${name}`,
      );
      meet(output);
      known.add(output);
    });
  }
  for (const { name, value } of graph.outputs) read(value, `output ${name}`);
  return graph;
}
