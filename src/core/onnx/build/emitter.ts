// The one place where nodes are made: resolves operands, infers types, gives names. Builders and passes stand on it.
import { assert, refused } from "../../../shared/failure/index.ts";
import type { Dim } from "../graph/dim.ts";
import { dim } from "../graph/dim.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import { elementCount, int64s } from "../../tensor/index.ts";
import { tensorFromValues } from "../graph/dtype.ts";
import type { Graph, GraphOutput, Node, Value } from "../graph/graph.ts";
import { initialisersOf, typeOfTensor } from "../graph/graph.ts";
import type { Weight, Weights } from "../graph/weights.ts";
import { fillAttributes, inferTypes } from "../operators/infer.ts";
import type { Strictness } from "../operators/infer.ts";
import type { AttributesGiven, OpName } from "../operators/table.ts";
import { operatorOf } from "../operators/table.ts";

/** A number stands for a scalar constant of the dtype of the values beside it. */
export type Operand = Value | number;

export type NodeOptions = {
  /** How many outputs the node has; 1 unless said. */
  readonly outputCount?: number;
  /** The node's own name within its scope; the operator's name unless said. */
  readonly name?: string;
};

export type Emitter = {
  /** "down_blocks.0" here; "" at the top. */
  readonly path: string;
  readonly scope: (name: string) => Emitter;
  readonly input: (name: string, dtype: DType, dims: readonly Dim[]) => Value;
  readonly constant: (tensor: Tensor, name?: string) => Value;
  /** An int64 vector. */
  readonly ints: (values: readonly number[]) => Value;
  readonly scalar: (dtype: DType, value: number) => Value;
  /** The weight under this scope's path; refused when the checkpoint lacks it or `dims` differ. */
  readonly weight: (key: string, dims?: readonly number[]) => Value;
  readonly hasWeight: (key: string) => boolean;
  /** A weight that is no tensor of the checkpoint itself: made from one, or from nothing. */
  readonly adopt: (weight: Weight) => Value;
  readonly node: <Op extends OpName>(
    op: Op,
    inputs: readonly (Operand | undefined)[],
    attributes?: AttributesGiven<Op>,
    options?: NodeOptions,
  ) => readonly Value[];
  /** The first output of a node. */
  readonly op: <Op extends OpName>(
    op: Op,
    inputs: readonly (Operand | undefined)[],
    attributes?: AttributesGiven<Op>,
    options?: NodeOptions,
  ) => Value;
  readonly inputs: () => readonly Value[];
  readonly finish: (name: string, outputs: readonly GraphOutput[]) => Graph;
};

type Draft = {
  readonly names: Map<string, number>;
  readonly inputs: Value[];
  readonly nodes: Node[];
  readonly constants: Map<string, Value>;
  readonly weights: Map<string, Value>;
  readonly source: Weights | undefined;
  readonly strictness: Strictness;
};

/** The name itself, or with "_2", "_3" ... where it is taken. */
function uniqueName(draft: Draft, wanted: string): string {
  const count = (draft.names.get(wanted) ?? 0) + 1;
  draft.names.set(wanted, count);
  return count === 1 ? wanted : uniqueName(draft, `${wanted}_${count}`);
}

const within = (path: string, name: string): string => (path === "" ? name : name === "" ? path : `${path}.${name}`);

function addConstant(draft: Draft, tensor: Tensor, wanted: string): Value {
  const small = elementCount(tensor.dims) <= 64;
  const key = small ? `${tensor.dtype}[${tensor.dims.join()}]${tensor.data.join()}` : "";
  const known = small ? draft.constants.get(key) : undefined;
  if (known !== undefined) return known;
  const name = uniqueName(draft, wanted);
  const value: Value = { name, ...typeOfTensor(tensor), origin: { kind: "constant", tensor } };
  if (small) draft.constants.set(key, value);
  return value;
}

function addWeight(draft: Draft, weight: Weight): Value {
  const known = draft.weights.get(weight.key);
  if (known?.origin.kind === "weight" && known.origin.weight === weight) return known;
  const value: Value = {
    name: uniqueName(draft, weight.key),
    dtype: weight.dtype,
    dims: weight.dims,
    origin: { kind: "weight", weight },
  };
  draft.weights.set(weight.key, value);
  return value;
}

function findWeight(draft: Draft, key: string, dims: readonly number[] | undefined): Weight {
  const weight = draft.source?.find(key, dims);
  if (weight === undefined)
    throw refused("onnx.weight-missing", {
      message: `The weights hold no tensor "${key}".`,
      hint: "The checkpoint belongs to another network or release.",
      details: { key },
    });
  if (dims !== undefined && dims.join() !== weight.dims.join())
    throw refused("onnx.weight-misshapen", {
      message: `The tensor "${key}" is [${weight.dims.join(", ")}]; the network needs [${dims.join(", ")}].`,
      details: { key, expected: dims, found: weight.dims },
    });
  return weight;
}

/** Numbers become scalars of the dtype that the other inputs give to the same type variable. */
function resolveOperands(draft: Draft, op: OpName, operands: readonly (Operand | undefined)[]): readonly (Value | undefined)[] {
  const ports = operatorOf(op).inputs;
  const typeAt = (index: number) => (ports[index] ?? ports.at(-1))?.type;
  return operands.map((operand, index) => {
    if (typeof operand !== "number") return operand;
    const sibling = operands.find((other, at): other is Value => typeof other === "object" && typeAt(at) === typeAt(index));
    assert(sibling !== undefined, `${op}: the number ${operand} stands beside no value that gives it a dtype`);
    return addConstant(draft, tensorFromValues(sibling.dtype, [], [operand]), "constant");
  });
}

function addNode(draft: Draft, path: string, request: NodeRequest): readonly Value[] {
  const { op, operands, given, options } = request;
  const name = uniqueName(draft, within(path, options?.name ?? op));
  const inputs = resolveOperands(draft, op, operands);
  const attributes = fillAttributes(op, name, given);
  const outputCount = options?.outputCount ?? 1;
  const types = inferTypes({ op, name, inputs, attributes, outputCount, strictness: draft.strictness });
  const outputs: Value[] = [];
  // The table guarantees that `attributes` are those of `op`; the compiler cannot follow that pairing through a variable.
  const node = { name, op, inputs, attributes, outputs } as unknown as Node;
  types.forEach((type, index) => {
    const valueName = index === 0 ? name : uniqueName(draft, `${name}:${index}`);
    outputs.push({ ...type, name: valueName, origin: { kind: "node", node, index } });
  });
  draft.nodes.push(node);
  return outputs;
}

type NodeRequest = {
  readonly op: OpName;
  readonly operands: readonly (Operand | undefined)[];
  readonly given: Readonly<Record<string, never>>;
  readonly options: NodeOptions | undefined;
};

/** A draft that already holds a graph: its values stay the same values, and new names keep clear of its names. */
function draftOf(graph: Graph): Draft {
  const names = new Map<string, number>();
  const values = [...graph.inputs, ...initialisersOf(graph), ...graph.nodes.flatMap(({ outputs }) => outputs)];
  for (const { name } of values) names.set(name, 1);
  const { inputs, nodes, strictness } = graph;
  return {
    names,
    inputs: [...inputs],
    nodes: [...nodes],
    constants: new Map(),
    weights: new Map(),
    source: undefined,
    strictness,
  };
}

/** An emitter whose nodes come after those of a graph and may read every value of it. */
export const continueGraph = (graph: Graph): Emitter => emitterAt(draftOf(graph), "");

export type EmitterOptions = { readonly weights?: Weights | undefined; readonly strictness?: Strictness };

export function createEmitter({ weights, strictness = "prove" }: EmitterOptions = {}): Emitter {
  const draft: Draft = {
    names: new Map(),
    inputs: [],
    nodes: [],
    constants: new Map(),
    weights: new Map(),
    source: weights,
    strictness,
  };
  return emitterAt(draft, "");
}

function emitterAt(draft: Draft, path: string): Emitter {
  const node: Emitter["node"] = (op, operands, attributes, options) =>
    addNode(draft, path, { op, operands, given: { ...attributes } as Readonly<Record<string, never>>, options });
  return {
    path,
    scope: (name) => emitterAt(draft, within(path, name)),
    input: (name, dtype, dims) => {
      const value: Value = { name: uniqueName(draft, name), dtype, dims: dims.map(dim), origin: { kind: "input" } };
      assert(value.name === name, `two inputs are named "${name}"`);
      draft.inputs.push(value);
      return value;
    },
    constant: (tensor, name = "constant") => addConstant(draft, tensor, within(path, name)),
    ints: (values) => addConstant(draft, int64s([values.length], values), "constant"),
    scalar: (dtype, value) => addConstant(draft, tensorFromValues(dtype, [], [value]), "constant"),
    weight: (key, dims) => addWeight(draft, findWeight(draft, within(path, key), dims)),
    hasWeight: (key) => draft.source?.find(within(path, key)) !== undefined,
    adopt: (weight) => addWeight(draft, weight),
    node,
    op: (op, operands, attributes, options) => {
      const [first] = node(op, operands, attributes, options);
      assert(first !== undefined, `${op} has no output`);
      return first;
    },
    inputs: () => draft.inputs,
    finish: (name, outputs) => ({
      name,
      inputs: [...draft.inputs],
      outputs: [...outputs],
      nodes: [...draft.nodes],
      strictness: draft.strictness,
    }),
  };
}
