// Older spellings of standard operators, rewritten as opset 21 spells them.
import { int64s, tensorOf } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { AttributeValue } from "../operators/operator.ts";
import { unsupported } from "./limits.ts";

/** A node as a file has it: names of values, attributes by name. */
export type FileNode = {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
};

/** Constants a rewritten node needs, as inputs after its own. */
export type Upgraded = { readonly node: FileNode; readonly constants: ReadonlyMap<string, Tensor> };

const same = (node: FileNode): Upgraded => ({ node, constants: new Map() });

function without(node: FileNode, ...names: readonly string[]): FileNode {
  const kept = Object.entries(node.attributes).filter(([name]) => !names.includes(name));
  return { ...node, attributes: Object.fromEntries(kept) };
}

/** Axes were an attribute before they became the second input. */
function axesToInput(node: FileNode): Upgraded {
  const { axes } = node.attributes;
  if (!Array.isArray(axes) || node.inputs.length > 1) return same(node);
  const name = `${node.outputs[0] ?? node.name}/axes`;
  const [data = ""] = node.inputs;
  const list = (axes as readonly number[]).map(Number);
  return {
    node: { ...without(node, "axes"), inputs: [data, name] },
    constants: new Map([[name, int64s([list.length], list)]]),
  };
}

/** Clip's bounds were attributes before opset 11. */
function boundsToInputs(node: FileNode): Upgraded {
  const constants = new Map<string, Tensor>();
  const inputs = [node.inputs[0] ?? ""];
  for (const bound of ["min", "max"]) {
    const value = node.attributes[bound];
    const name = typeof value === "number" ? `${node.outputs[0] ?? node.name}/${bound}` : "";
    if (typeof value === "number") constants.set(name, tensorOf("float32", [], Float32Array.of(value)));
    inputs.push(name);
  }
  return constants.size === 0 ? same(node) : { node: { ...without(node, "min", "max"), inputs }, constants };
}

/** Before opset 13 softmax ran over all axes from `axis` on; only the last axis means the same then and now. */
function oldSoftmax(node: FileNode, opset: number): Upgraded {
  if (opset >= 13 || node.attributes["axis"] === -1) return same(node);
  throw unsupported(
    `${node.name}: ${node.op} of opset ${opset} has another meaning today unless it runs over the last axis.`,
  );
}

const splitToInput = (node: FileNode, opset: number): Upgraded => {
  const { split } = node.attributes;
  if (Array.isArray(split)) {
    const name = `${node.outputs[0] ?? node.name}/split`;
    const list = (split as readonly number[]).map(Number);
    return {
      node: { ...without(node, "split"), inputs: [node.inputs[0] ?? "", name] },
      constants: new Map([[name, int64s([list.length], list)]]),
    };
  }
  const equal = opset < 18 && node.inputs.length === 1;
  return same(equal ? { ...node, attributes: { ...node.attributes, num_outputs: node.outputs.length } } : node);
};

const reductions = [
  "ReduceSum",
  "ReduceMean",
  "ReduceMax",
  "ReduceMin",
  "ReduceProd",
  "ReduceL1",
  "ReduceL2",
  "ReduceSumSquare",
];

const upgrades: Readonly<Record<string, (node: FileNode, opset: number) => Upgraded>> = {
  ...Object.fromEntries([...reductions, "Squeeze", "Unsqueeze"].map((op) => [op, axesToInput])),
  Clip: boundsToInputs,
  Softmax: oldSoftmax,
  LogSoftmax: oldSoftmax,
  Split: splitToInput,
  // "linear" was called "bilinear" before opset 20.
  GridSample: (node) =>
    same(
      node.attributes["mode"] === "bilinear" ? { ...node, attributes: { ...node.attributes, mode: "linear" } } : node,
    ),
  // Training outputs and the spatial flag of old exports say nothing to inference.
  BatchNormalization: (node) => same({ ...without(node, "spatial", "is_test"), outputs: node.outputs.slice(0, 1) }),
  Dropout: (node) =>
    same({ ...without(node, "ratio", "is_test"), inputs: node.inputs.slice(0, 1), outputs: node.outputs.slice(0, 1) }),
};

export const upgradeNode = (node: FileNode, opset: number): Upgraded => upgrades[node.op]?.(node, opset) ?? same(node);
