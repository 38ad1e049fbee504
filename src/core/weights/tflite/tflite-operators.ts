// The TFLite operators that are read, with their options as plain values. Numbers as in TensorFlow's schema.fbs.
import type { FlatTable } from "./flatbuffer.ts";
import type { FlexValue } from "./flexbuffer.ts";

export type TflitePadding = "same" | "valid";
export type TfliteActivation = "none" | "relu" | "relu6";

/** Throws the refusal that names the operator. */
export type Bad = (why: string) => Error;

const paddings: Readonly<Record<number, TflitePadding>> = { 0: "same", 1: "valid" };
const activations: Readonly<Record<number, TfliteActivation>> = { 0: "none", 1: "relu", 3: "relu6" };

function oneOf<T>(table: Readonly<Record<number, T>>, value: number, { what, bad }: { what: string; bad: Bad }): T {
  const found = table[value];
  if (found === undefined) throw bad(`${what} ${value} is unknown`);
  return found;
}

/** Strides, dilations and kernels count pixels: 1 to some hundreds. */
function pixels(value: number, bad: Bad): number {
  if (value < 1 || value > 256) throw bad(`a step or size of ${value} pixels makes no sense`);
  return value;
}

const activation = (options: FlatTable, field: number, bad: Bad) =>
  oneOf(activations, options.int8(field), { what: "the activation", bad });

const padding = (options: FlatTable, bad: Bad) => oneOf(paddings, options.int8(0), { what: "the padding", bad });

/** [down, across], which the schema keeps as width, then height. */
const downAcross = (options: FlatTable, widthField: number, bad: Bad) =>
  [pixels(options.int32(widthField + 1, 1), bad), pixels(options.int32(widthField, 1), bad)] as const;

const none = () => ({});

/**
 * `optionsType` is the member of the union BuiltinOptions; undefined where the operator has none or may omit it.
 * `inputs` is how many tensors it takes, [fewest, most].
 */
export const tfliteOperators = {
  ADD: {
    code: 0,
    optionsType: 11,
    inputs: [2, 2],
    options: (table: FlatTable, bad: Bad) => ({ activation: activation(table, 0, bad) }),
  },
  CONCATENATION: {
    code: 2,
    optionsType: 10,
    inputs: [1, 64],
    options: (table: FlatTable, bad: Bad) => ({ axis: table.int32(0), activation: activation(table, 1, bad) }),
  },
  CONV_2D: {
    code: 3,
    optionsType: 1,
    inputs: [2, 3],
    options: (table: FlatTable, bad: Bad) => ({
      padding: padding(table, bad),
      strides: downAcross(table, 1, bad),
      activation: activation(table, 3, bad),
      dilations: downAcross(table, 4, bad),
    }),
  },
  DEPTHWISE_CONV_2D: {
    code: 4,
    optionsType: 2,
    inputs: [2, 3],
    options: (table: FlatTable, bad: Bad) => ({
      padding: padding(table, bad),
      strides: downAcross(table, 1, bad),
      activation: activation(table, 4, bad),
      dilations: downAcross(table, 5, bad),
    }),
  },
  DEQUANTIZE: { code: 6, optionsType: undefined, inputs: [1, 1], options: none },
  MAX_POOL_2D: {
    code: 17,
    optionsType: 5,
    inputs: [1, 1],
    options: (table: FlatTable, bad: Bad) => ({
      padding: padding(table, bad),
      strides: downAcross(table, 1, bad),
      kernel: downAcross(table, 3, bad),
      activation: activation(table, 5, bad),
    }),
  },
  MUL: {
    code: 18,
    optionsType: 21,
    inputs: [2, 2],
    options: (table: FlatTable, bad: Bad) => ({ activation: activation(table, 0, bad) }),
  },
  RELU: { code: 19, optionsType: undefined, inputs: [1, 1], options: none },
  // The target shape is that of the output tensor; the option and the second input only repeat it.
  RESHAPE: { code: 22, optionsType: undefined, inputs: [1, 2], options: none },
  RESIZE_BILINEAR: {
    code: 23,
    optionsType: 15,
    inputs: [2, 2],
    options: (table: FlatTable) => ({
      corners: table.int8(2) === 0 ? "free" : "aligned",
      centres: table.int8(3) === 0 ? "asymmetric" : "half-pixel",
    }),
  },
  PAD: { code: 34, optionsType: undefined, inputs: [2, 2], options: none },
  STRIDED_SLICE: { code: 45, optionsType: 32, inputs: [4, 4], options: none },
  PRELU: { code: 54, optionsType: undefined, inputs: [2, 2], options: none },
} as const;

export type TfliteOperatorName = keyof typeof tfliteOperators;

type Wiring = { readonly inputs: readonly number[]; readonly outputs: readonly number[] };

/** Inputs and outputs are indices of tensors; an optional input that is not there has the index -1. */
export type TfliteBuiltin = {
  readonly [Name in TfliteOperatorName]: Wiring & {
    readonly op: Name;
    readonly options: ReturnType<(typeof tfliteOperators)[Name]["options"]>;
  };
}[TfliteOperatorName];

/** An operator of MediaPipe's own, by its name; which of them can be computed is for the network's definition to say. */
export type TfliteCustom = Wiring & {
  readonly op: "CUSTOM";
  readonly name: string;
  readonly version: number;
  readonly options: ReadonlyMap<string, FlexValue>;
};

export type TfliteOperator = TfliteBuiltin | TfliteCustom;

/** The code that stands for an operator with a name of its own. */
export const customCode = 32;

/** Others that face models of this family are published with, so that a refusal can say their name. */
const otherNames: Readonly<Record<number, string>> = {
  1: "AVERAGE_POOL_2D",
  5: "DEPTH_TO_SPACE",
  9: "FULLY_CONNECTED",
  14: "LOGISTIC",
  21: "RELU6",
  25: "SOFTMAX",
  28: "TANH",
  39: "TRANSPOSE",
  40: "MEAN",
  41: "SUB",
  67: "TRANSPOSE_CONV",
  114: "QUANTIZE",
  124: "DENSIFY",
};

const names = new Map<number, TfliteOperatorName>(
  Object.entries(tfliteOperators).map(([name, { code }]) => [code, name as TfliteOperatorName]),
);

export const operatorNamed = (code: number): TfliteOperatorName | undefined => names.get(code);

export const describeCode = (code: number): string => otherNames[code] ?? `number ${code}`;
