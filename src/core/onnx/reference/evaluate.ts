// Evaluates nodes and whole graphs with the reference kernels: for folding constants, and as the specification in tests.
import { assert } from "../../../shared/failure/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { tensorFromValues, valuesOf } from "../graph/dtype.ts";
import type { Graph, Node, Value, ValueType } from "../graph/graph.ts";
import { readWeight } from "../graph/weights.ts";
import { inferTypes } from "../operators/infer.ts";
import { typeOfTensor } from "../graph/graph.ts";
import type { AttributeValue } from "../operators/operator.ts";
import type { OpName } from "../operators/table.ts";
import { compositeKernels, contribKernels } from "./contrib.ts";
import type { Dense } from "./dense.ts";
import { elementwiseKernels } from "./elementwise.ts";
import type { Kernel, Kernels } from "./kernel.ts";
import { layerKernels } from "./layers.ts";
import { layoutKernels } from "./layout.ts";
import { normKernels } from "./norms.ts";
import { quantisedKernels } from "./quantised.ts";

/** A kernel for every operator of the table. */
const kernels: Kernels<OpName> = {
  ...elementwiseKernels,
  ...layoutKernels,
  ...layerKernels,
  ...normKernels,
  ...quantisedKernels,
  ...contribKernels,
  ...compositeKernels,
};

const denseOf = (tensor: Tensor | undefined): Dense | undefined =>
  tensor && { dims: tensor.dims, values: valuesOf(tensor) };

/** The outputs of one node for these inputs, rounded to their dtypes. */
export function evaluateNode(node: Node, tensors: readonly (Tensor | undefined)[]): readonly Tensor[] {
  const attributes: Readonly<Record<string, AttributeValue | undefined>> = node.attributes;
  const types = inferTypes({
    op: node.op,
    name: node.name,
    inputs: tensors.map((tensor) => tensor && typeOfTensor(tensor)),
    attributes,
    outputCount: node.outputs.length,
    strictness: "prove",
  });
  const results = runKernel(node, tensors.map(denseOf), types);
  return types.map(({ dtype, dims }, index) => tensorFromValues(dtype, dims.map(Number), results[index]?.values ?? []));
}

/** What a node's kernel gives, in doubles. */
function runKernel(node: Node, inputs: readonly (Dense | undefined)[], types: readonly ValueType[]): readonly Dense[] {
  const outputs = types.map(({ dtype, dims }) => ({ dtype, dims: dims.map(Number) }));
  const x = (index: number): Dense => {
    const input = inputs[index];
    assert(input !== undefined, `${node.name}: input ${index} is missing`);
    return input;
  };
  // The table pairs each operator with a kernel of its own attributes; the pairing is lost on a union of operators.
  const kernel = kernels[node.op] as Kernel<never>;
  const result = kernel({ inputs, x, attributes: node.attributes as never, outputs, dims: outputs[0]?.dims ?? [] });
  return "dims" in result ? [result] : result;
}

/** The outputs of a graph for named inputs. Slow: for small graphs and tests. */
export async function evaluateGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const known = new Map<Value, Tensor>();
  for (const input of graph.inputs) {
    const feed = feeds[input.name];
    assert(feed !== undefined, `the input "${input.name}" is not given`);
    known.set(input, feed);
  }
  const tensorOfValue = async (value: Value): Promise<Tensor> => {
    const { origin } = value;
    const tensor =
      known.get(value) ??
      (origin.kind === "constant"
        ? origin.tensor
        : origin.kind === "weight"
          ? await readWeight(origin.weight)
          : undefined);
    assert(tensor !== undefined, `${value.name} is read before it is made`);
    known.set(value, tensor);
    return tensor;
  };
  for (const node of graph.nodes) {
    const inputs = await Promise.all(node.inputs.map(async (input) => input && tensorOfValue(input)));
    evaluateNode(node, inputs).forEach((tensor, index) => {
      const output = node.outputs[index];
      if (output !== undefined) known.set(output, tensor);
    });
  }
  const outputs = await Promise.all(
    graph.outputs.map(async ({ name, value }) => [name, await tensorOfValue(value)] as const),
  );
  return Object.fromEntries(outputs);
}

/**
 * The outputs of a graph of fixed sizes with nothing rounded between its nodes: for finite differences, whose steps drown in
 * the rounding of float32.
 */
export async function evaluateInDoubles(
  graph: Graph,
  feeds: Readonly<Record<string, Dense>>,
): Promise<Readonly<Record<string, Dense>>> {
  const known = new Map<Value, Dense>();
  const find = async (value: Value): Promise<Dense> => {
    const found = known.get(value) ?? (await givenDense(value, feeds));
    known.set(value, found);
    return found;
  };
  for (const node of graph.nodes) {
    const inputs = await Promise.all(node.inputs.map(async (input) => input && find(input)));
    const results = runKernel(node, inputs, node.outputs);
    node.outputs.forEach((output, index) => {
      const result = results[index];
      assert(result !== undefined, `${node.name} has no output ${index}`);
      known.set(output, result);
    });
  }
  const outputs = await Promise.all(graph.outputs.map(async ({ name, value }) => [name, await find(value)] as const));
  return Object.fromEntries(outputs);
}

async function givenDense(value: Value, feeds: Readonly<Record<string, Dense>>): Promise<Dense> {
  const { origin, name } = value;
  const tensor =
    origin.kind === "constant" ? origin.tensor : origin.kind === "weight" ? await readWeight(origin.weight) : undefined;
  const found = denseOf(tensor) ?? feeds[name];
  assert(found !== undefined, `"${name}" is not given`);
  return found;
}
