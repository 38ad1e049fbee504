// Applies an operator's signature and rule to one use of it: checks arity, attributes and dtypes, gives output types.
import { refused } from "../../../shared/failure/index.ts";
import type { Dim } from "../graph/dim.ts";
import { differ, printDims } from "../graph/dim.ts";
import type { DType } from "../../tensor/index.ts";
import { dtypes } from "../graph/dtype.ts";
import type { ValueType } from "../graph/graph.ts";
import type { AttributeValue, Call, Inferred, Operator, Port } from "./operator.ts";
import type { OpName } from "./table.ts";
import { operatorOf } from "./table.ts";

/** Ours: sizes must be provably equal. Foreign: provably different ones are refused, the others trusted. */
export type Strictness = "prove" | "trust";

export type Use = {
  readonly op: OpName;
  readonly name: string;
  readonly inputs: readonly (ValueType | undefined)[];
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly outputCount: number;
  readonly strictness: Strictness;
};

const printType = (type: ValueType | undefined): string =>
  type === undefined ? "-" : `${type.dtype}${printDims(type.dims)}`;

function failAt(use: Use, why: string): never {
  const inputs = use.inputs.map(printType).join(", ");
  throw refused("onnx.shape-mismatch", {
    message: `${use.name}: ${use.op}(${inputs}) is impossible: ${why}.`,
    hint: "The network's definition, its weights and its configuration must belong together.",
    details: { node: use.name, op: use.op },
  });
}

/** The port of the input or output at `index`: the last one repeats when it is variadic. */
function portAt(ports: readonly Port[], index: number): Port | undefined {
  const last = ports.at(-1);
  return ports[index] ?? (last?.variadic === true ? last : undefined);
}

function checkInputs(use: Use, operator: Operator): Map<string, DType> {
  const variables = new Map<string, DType>();
  operator.inputs.forEach((port, index) => {
    if (!port.optional && !port.variadic && use.inputs[index] === undefined)
      failAt(use, `input "${port.name}" is missing`);
  });
  use.inputs.forEach((input, index) => {
    const port = portAt(operator.inputs, index);
    if (port === undefined) failAt(use, `it takes no input ${index}`);
    else if (input !== undefined) bindVariable(use, { operator, variables, port, dtype: input.dtype });
  });
  return variables;
}

type Binding = {
  readonly operator: Operator;
  readonly variables: Map<string, DType>;
  readonly port: Port;
  readonly dtype: DType;
};

function bindVariable(use: Use, { operator, variables, port, dtype }: Binding): void {
  const allowed = operator.types[port.type] ?? [port.type];
  if (!allowed.includes(dtype)) failAt(use, `"${port.name}" must be ${allowed.join(" or ")}, not ${dtype}`);
  const bound = variables.get(port.type) ?? dtype;
  if (bound !== dtype) failAt(use, `"${port.name}" must be ${bound} as the inputs before it, not ${dtype}`);
  variables.set(port.type, dtype);
}

/** Attributes with defaults filled in; unknown, missing or wrongly typed ones are refused. */
export function fillAttributes(
  op: OpName,
  name: string,
  given: Readonly<Record<string, AttributeValue | undefined>>,
): Readonly<Record<string, AttributeValue | undefined>> {
  const specs = operatorOf(op).attributes;
  const wrong = (why: string): never => {
    throw refused("onnx.wrong-attribute", { message: `${name}: ${op} ${why}.`, details: { node: name, op } });
  };
  for (const key of Object.keys(given)) if (!Object.hasOwn(specs, key)) wrong(`has no attribute "${key}"`);
  return Object.fromEntries(
    Object.entries(specs).map(([key, spec]) => {
      const value = given[key] ?? spec.fallback;
      if (value === undefined && !spec.optional) wrong(`needs the attribute "${key}"`);
      if (value !== undefined && !attributeChecks[spec.kind](value)) wrong(`needs ${spec.kind} for "${key}"`);
      return [key, value];
    }),
  );
}

const allNumbers = (value: AttributeValue, test: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(test);

const attributeChecks = {
  int: (value: AttributeValue) => Number.isInteger(value),
  float: (value: AttributeValue) => typeof value === "number",
  string: (value: AttributeValue) => typeof value === "string",
  ints: (value: AttributeValue) => allNumbers(value, Number.isInteger),
  floats: (value: AttributeValue) => allNumbers(value, (item) => typeof item === "number"),
  tensor: (value: AttributeValue) => typeof value === "object" && "dtype" in value,
};

const isSize = (size: Dim): boolean => typeof size === "string" || (Number.isSafeInteger(size) && size >= 0);

/** The types of the outputs of one use of an operator. `attributes` are already filled in. */
export function inferTypes(use: Use): readonly ValueType[] {
  const operator = operatorOf(use.op);
  const variables = checkInputs(use, operator);
  const fail = (why: string): never => failAt(use, why);
  const dims = (index: number): readonly Dim[] => use.inputs[index]?.dims ?? fail(`input ${index} is missing`);
  const call: Call<never> = {
    attributes: use.attributes as never,
    inputs: use.inputs,
    outputCount: use.outputCount,
    dims,
    elements: (index) =>
      use.inputs[index]?.elements ?? fail(`input ${index} (${operator.inputs[index]?.name}) depends on data`),
    same: (a, b, what) => {
      if (a === b) return a;
      if (use.strictness === "prove" || differ(a, b)) return fail(`${what} must be equal, ${a} is not ${b}`);
      return typeof a === "number" ? a : b;
    },
    fail,
  };
  const inferred: readonly Inferred[] = operator.infer(call);
  if (inferred.length < use.outputCount) fail(`it has ${inferred.length} outputs, not ${use.outputCount}`);
  return inferred.slice(0, use.outputCount).map((output, index) => {
    const type = portAt(operator.outputs, index)?.type ?? "";
    const declared = type in dtypes ? (type as DType) : variables.get(type);
    const dtype = output.dtype ?? declared;
    if (dtype === undefined) return fail(`the dtype of output ${index} cannot be told`);
    // Steps of 0, negative pads or absurd scales of a foreign model end here, whatever rule they came through.
    if (!output.dims.every(isSize)) return fail(`output ${index} would be ${printDims(output.dims)}`);
    return { dtype, dims: output.dims, elements: output.elements };
  });
}
