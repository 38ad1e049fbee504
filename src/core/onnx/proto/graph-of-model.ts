// ModelProto to a graph: every name defined once and before its use, every operator known, every type inferred.
import type { Emitter } from "../build/emitter.ts";
import { createEmitter } from "../build/emitter.ts";
import type { Dim } from "../graph/dim.ts";
import { tryDim } from "../graph/dim.ts";
import { dtypeOfCode, tensorFromValues } from "../graph/dtype.ts";
import type { Graph, GraphOutput, Value } from "../graph/graph.ts";
import type { Weight } from "../graph/weights.ts";
import { weightOf } from "../graph/weights.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Strictness } from "../operators/infer.ts";
import type { AttributeValue, Domain } from "../operators/operator.ts";
import { isOpName, operatorOf } from "../operators/table.ts";
import type { ModelLimits } from "./limits.ts";
import { invalid, unsupported } from "./limits.ts";
import type { Message } from "./schema.ts";
import { tensorHeader, tensorOfMessage } from "./tensor-message.ts";
import type { TensorHeader } from "./tensor-message.ts";
import type { FileNode } from "./upgrade.ts";
import { upgradeNode } from "./upgrade.ts";

export type ReadRules = {
  readonly limits: ModelLimits;
  readonly strictness: Strictness;
  /** Names of sizes: expressions of our algebra, or any text. */
  readonly sizeNames: "algebra" | "text";
  readonly domains: readonly Domain[];
  /** The weight a tensor with external data stands for; throws where external data is not allowed. */
  readonly external: (tensor: Message<"TensorProto">, header: TensorHeader) => Weight;
};

type GraphMessage = Message<"GraphProto">;

/** Small tensors are constants, whose elements shape rules may read; the rest are weights. */
const constantElements = 1024;

const known = (list: readonly unknown[] | undefined): boolean => list !== undefined && list.length > 0;

/** Checks of the whole file, and the version of the standard operators it uses. */
function opsetOf(model: Message<"ModelProto">, { domains }: ReadRules): number {
  if (known(model.functions)) throw unsupported("The model defines operators of its own.");
  if (known(model.training_info)) throw unsupported("The model carries training graphs.");
  let opset = 0;
  for (const { domain = "", version = 0 } of model.opset_import ?? []) {
    const name = domain === "ai.onnx" ? "" : domain;
    if (name === "") opset = version;
    else if (!domains.includes(name as Domain))
      throw unsupported(`The model uses operators of the domain "${domain}".`, { domain });
  }
  if (opset < 11 || opset > 21)
    throw unsupported(`The model is written for operator set ${opset}; 11 to 21 are read.`, { opset });
  return opset;
}

function checkCounts(graph: GraphMessage, { limits }: ReadRules): void {
  const counts = [
    ["nodes", graph.node?.length ?? 0, limits.maxNodes],
    ["initialisers", graph.initializer?.length ?? 0, limits.maxInitialisers],
    ["inputs", graph.input?.length ?? 0, limits.maxInitialisers],
    ["outputs", graph.output?.length ?? 0, limits.maxInitialisers],
  ] as const;
  for (const [what, count, most] of counts)
    if (count > most) throw invalid(`The model has ${count} ${what}; ${most} are allowed.`, { what, count });
  if (known(graph.sparse_initializer)) throw unsupported("The model holds sparse tensors.");
  if ((graph.output?.length ?? 0) === 0) throw invalid("The model has no outputs.");
}

/** Values by their names in the file; each name is defined once. */
function scopeOf(limits: ModelLimits) {
  const values = new Map<string, Value>();
  return {
    define: (name: string, make: () => Value): void => {
      if (name === "" || name.length > limits.maxNameLength)
        throw invalid(`A value has an empty name or one of ${name.length} letters.`);
      if (values.has(name)) throw invalid(`Two values are named "${name}".`, { name });
      values.set(name, make());
    },
    read: (name: string, reader: string): Value => {
      const value = values.get(name);
      if (value === undefined) throw invalid(`${reader} reads "${name}", which nothing before it makes.`, { name });
      return value;
    },
  };
}
type Scope = ReturnType<typeof scopeOf>;

/** A size as we write it; a file that says otherwise is not ours. */
function ourDim(written: string): Dim {
  const size = tryDim(written);
  if (size === undefined) throw invalid(`The model names a size "${written}".`);
  return size;
}

/** A foreign size name may be any text; ours are the algebra's. An axis without a name gets one of its own. */
function dimReader(sizeNames: ReadRules["sizeNames"]) {
  const symbols = new Map<string, string>();
  let unnamed = 0;
  return ({ dim_value, dim_param }: Message<"DimensionProto">): Dim => {
    if (dim_value !== undefined && dim_value >= 0 && dim_value < 2 ** 31) return dim_value;
    if (dim_value !== undefined) throw invalid(`An axis has the size ${dim_value}.`);
    if (dim_param === undefined || dim_param === "") {
      unnamed += 1;
      return `unnamed_${unnamed}`;
    }
    if (sizeNames === "algebra") return ourDim(dim_param);
    const symbol =
      /^[A-Za-z_]\w{0,60}$/.test(dim_param) && dim_param !== "floor" ? dim_param : `symbol_${symbols.size + 1}`;
    const before = symbols.get(dim_param) ?? symbol;
    symbols.set(dim_param, before);
    return before;
  };
}

function defineInputs(graph: GraphMessage, emitter: Emitter, scope: Scope, { sizeNames, limits }: ReadRules): void {
  const initialised = new Set((graph.initializer ?? []).map(({ name }) => name));
  const readDim = dimReader(sizeNames);
  for (const { name = "", type } of graph.input ?? []) {
    // Old files list every initialiser among the inputs.
    if (initialised.has(name)) continue;
    const { elem_type, shape } = type?.tensor_type ?? {};
    if (type?.tensor_type === undefined) throw unsupported(`The input "${name}" is no dense tensor.`, { name });
    if (shape === undefined) throw unsupported(`The input "${name}" does not say how many axes it has.`, { name });
    const dims = shape.dim ?? [];
    if (dims.length > limits.maxRank) throw invalid(`The input "${name}" has ${dims.length} axes.`);
    scope.define(name, () => emitter.input(name, dtypeOfCode(elem_type ?? 0), dims.map(readDim)));
  }
}

function defineInitialisers(graph: GraphMessage, emitter: Emitter, scope: Scope, rules: ReadRules): void {
  let totalBytes = 0;
  for (const tensor of graph.initializer ?? []) {
    const header = tensorHeader(tensor, rules.limits);
    totalBytes += header.byteLength;
    if (totalBytes > rules.limits.maxWeightBytes)
      throw invalid(`The weights claim more than ${rules.limits.maxWeightBytes} bytes.`);
    const external = tensor.data_location === 1 || known(tensor.external_data);
    scope.define(header.name, () =>
      external ? emitter.adopt(rules.external(tensor, header)) : inside(emitter, tensor, header, rules.limits),
    );
  }
}

function inside(emitter: Emitter, message: Message<"TensorProto">, header: TensorHeader, limits: ModelLimits): Value {
  const tensor = tensorOfMessage(message, limits);
  return tensor.data.length <= constantElements
    ? emitter.constant(tensor, header.name)
    : emitter.adopt(weightOf(header.name, tensor));
}

const text = new TextDecoder();

/** AttributeProto.AttributeType -> value. Graphs, type values and references to function attributes have no reader. */
const attributeReaders: Readonly<
  Record<number, (a: Message<"AttributeProto">, limits: ModelLimits) => AttributeValue>
> = {
  1: ({ f }) => f ?? 0,
  2: ({ i }) => i ?? 0,
  3: ({ s }) => (s instanceof Uint8Array ? text.decode(s) : ""),
  4: ({ t }, limits) => tensorOfMessage(t ?? {}, limits),
  6: ({ floats }) => floats ?? [],
  7: ({ ints }) => ints ?? [],
};

function readNode(node: Message<"NodeProto">, { limits, domains }: ReadRules): FileNode & { readonly domain: Domain } {
  const domain = node.domain === "ai.onnx" ? "" : (node.domain ?? "");
  const op = node.op_type ?? "";
  const name = node.name === undefined || node.name === "" ? `${op} -> ${node.output?.[0] ?? ""}` : node.name;
  if (!domains.includes(domain as Domain))
    throw unsupported(`${name} is an operator of the domain "${domain}".`, { domain, op });
  const attributes = (node.attribute ?? []).map((attribute): [string, AttributeValue] => {
    const reader = attributeReaders[attribute.type ?? 0];
    if (reader === undefined || attribute.g !== undefined || attribute.ref_attr_name !== undefined)
      throw unsupported(`${name}: ${op} has a graph or another kind of attribute that is not run here.`, { op });
    return [attribute.name ?? "", reader(attribute, limits)];
  });
  return {
    name,
    op,
    domain: domain as Domain,
    inputs: node.input ?? [],
    outputs: node.output ?? [],
    attributes: Object.fromEntries(attributes),
  };
}

/** A Constant node's tensor, from whichever attribute holds it. */
function constantTensor({ name, attributes }: FileNode): Tensor {
  const { value, value_float, value_floats, value_int, value_ints } = attributes as {
    readonly value?: Tensor;
    readonly value_float?: number;
    readonly value_floats?: readonly number[];
    readonly value_int?: number;
    readonly value_ints?: readonly number[];
  };
  if (value !== undefined) return value;
  if (value_float !== undefined) return tensorFromValues("float32", [], [value_float]);
  if (value_floats !== undefined) return tensorFromValues("float32", [value_floats.length], value_floats);
  if (value_int !== undefined) return tensorFromValues("int64", [], [value_int]);
  if (value_ints !== undefined) return tensorFromValues("int64", [value_ints.length], value_ints);
  throw unsupported(`${name} holds a constant that is no dense tensor.`);
}

function defineNode(message: Message<"NodeProto">, emitter: Emitter, scope: Scope, { opset, rules }: NodeRules): void {
  const read = readNode(message, rules);
  const [onlyOutput = ""] = read.outputs;
  if (read.op === "Constant" && read.domain === "") {
    scope.define(onlyOutput, () => emitter.constant(constantTensor(read), onlyOutput));
    return;
  }
  const { node, constants } = upgradeNode(read, opset);
  if (!isOpName(node.op) || operatorOf(node.op).domain !== read.domain)
    throw unsupported(`${node.name}: the operator ${node.op} is not known here.`, { op: node.op });
  const inputs = node.inputs.map((name) => {
    if (name === "") return undefined;
    const made = constants.get(name);
    return made === undefined ? scope.read(name, node.name) : emitter.constant(made, name);
  });
  const values = emitter.node(node.op, inputs, node.attributes, { name: node.name, outputCount: node.outputs.length });
  node.outputs.forEach((name, index) => {
    const value = values[index];
    if (name !== "" && value !== undefined) scope.define(name, () => value);
  });
}

type NodeRules = { readonly opset: number; readonly rules: ReadRules };

/** The graph of a model. Throws `onnx.invalid-model`, `onnx.unsupported-model` or what the operators' rules refuse. */
export function graphOfModel(model: Message<"ModelProto">, rules: ReadRules): Graph {
  const opset = opsetOf(model, rules);
  const { graph } = model;
  if (graph === undefined) throw invalid("The file holds no graph.");
  checkCounts(graph, rules);
  const emitter = createEmitter({ strictness: rules.strictness });
  const scope = scopeOf(rules.limits);
  defineInputs(graph, emitter, scope, rules);
  defineInitialisers(graph, emitter, scope, rules);
  for (const node of graph.node ?? []) defineNode(node, emitter, scope, { opset, rules });
  const outputs = (graph.output ?? []).map(({ name = "" }): GraphOutput => ({
    name,
    value: scope.read(name, "The list of outputs"),
  }));
  return emitter.finish(graph.name ?? "model", outputs);
}
