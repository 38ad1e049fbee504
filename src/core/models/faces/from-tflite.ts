// Rebuilds a TFLite model over the graph builder: the same layers, batched, channels first from edge to edge.
import type { Builder, Value } from "../../onnx/index.ts";
import type {
  TfliteActivation,
  TfliteBuiltin,
  TfliteModel,
  TfliteOperator,
  TflitePadding,
} from "../../weights/index.ts";
import { fixedSize } from "../layers.ts";
import { landmarkOperators } from "./landmark-operators.ts";
import { adopt, batched, beside, cannotConvert, constantOf, fromPlain, int32sOf, toPlain } from "./tflite-values.ts";
import type { Constant, Flowing } from "./tflite-values.ts";

/**
 * `picture` [batch, channel, height, width] goes in where the model takes its only input. Gives the model's outputs by
 * their TFLite names, in TFLite's own axis order with the batch first.
 */
export function networkOfTflite(g: Builder, model: TfliteModel, picture: Value): ReadonlyMap<string, Value> {
  const [input, ...others] = model.inputs;
  if (input === undefined || others.length > 0)
    throw cannotConvert(model, `it has ${model.inputs.length} inputs instead of one picture`);
  const wanted = model.tensors[input]?.dims ?? [];
  const [, channels, height, width] = picture.dims;
  if (wanted.slice(1).join() !== [height, width, channels].join())
    throw cannotConvert(model, `its picture is [${wanted.join(", ")}]`);
  const network = new Network(g, model);
  network.put(input, { value: picture, layout: "channels-first" });
  for (const operator of model.operators) network.add(operator);
  return new Map(
    model.outputs.map((index) => [model.tensors[index]?.name ?? "", toPlain(g, network.flowing(index, "its end"))]),
  );
}

type Of<Name extends TfliteBuiltin["op"]> = Extract<TfliteBuiltin, { op: Name }>;

/** What has been computed so far, by tensor. Lives while one network is built. */
class Network {
  readonly g: Builder;
  readonly model: TfliteModel;
  readonly #flowing = new Map<number, Flowing>();
  readonly #widened = new Map<number, Constant>();

  constructor(g: Builder, model: TfliteModel) {
    this.g = g;
    this.model = model;
  }

  put(index: number | undefined, flowing: Flowing): void {
    if (index !== undefined) this.#flowing.set(index, flowing);
  }

  flowing(index: number | undefined, reader: string): Flowing {
    const found = index === undefined ? undefined : this.#flowing.get(index);
    if (!found) throw cannotConvert(this.model, `${reader} reads a constant where something computed should come`);
    return found;
  }

  picture(index: number | undefined, reader: string): Value {
    const { value, layout } = this.flowing(index, reader);
    if (layout !== "channels-first") throw cannotConvert(this.model, `${reader} reads what is no picture`);
    return value;
  }

  constant(index: number | undefined, reader: string): Constant {
    const found = this.maybeConstant(index);
    if (!found) throw cannotConvert(this.model, `${reader} reads weights that are computed`);
    return found;
  }

  maybeConstant(index: number | undefined): Constant | undefined {
    if (index === undefined || index < 0) return undefined;
    const tensor = this.model.tensors[index];
    return this.#widened.get(index) ?? (tensor && constantOf(tensor));
  }

  int32s(index: number | undefined, reader: string): readonly number[] {
    const found = int32sOf(this.model.tensors[index ?? -1]);
    if (!found) throw cannotConvert(this.model, `${reader} reads sizes that are computed`);
    return found;
  }

  dimsOf(index: number | undefined): readonly number[] {
    return this.model.tensors[index ?? -1]?.dims ?? [];
  }

  add(operator: TfliteOperator): void {
    const [output] = operator.outputs;
    if (operator.op === "DEQUANTIZE") {
      // Halves in the file, floats in the network: only constants are kept so.
      const constant = this.constant(operator.inputs[0], operator.op);
      if (output !== undefined) this.#widened.set(output, { ...constant, key: this.model.tensors[output]?.name ?? "" });
      return;
    }
    if (operator.op === "CUSTOM") {
      const build = landmarkOperators[operator.name];
      if (!build || operator.version !== 2)
        throw cannotConvert(this.model, `the operator "${operator.name}" of version ${operator.version} is not known`);
      const inputs = operator.inputs.map((index) => this.flowing(index, operator.name).value);
      const refuse = (why: string) => cannotConvert(this.model, `${operator.name}: ${why}`);
      const value = build(this.g, { inputs, options: operator.options, refuse });
      this.put(output, { value, layout: operator.name === "TransformTensorBilinear" ? "channels-first" : "plain" });
      return;
    }
    const build = builders[operator.op] as (network: Network, operator: TfliteOperator) => Flowing;
    this.put(output, build(this, operator));
  }
}

const builders: { readonly [Name in TfliteBuiltin["op"]]?: (network: Network, operator: Of<Name>) => Flowing } = {
  CONV_2D: convolution,
  DEPTHWISE_CONV_2D: convolution,
  ADD: (network, operator) => elementwise(network, operator),
  MUL: (network, operator) => elementwise(network, operator),
  RELU: (network, { inputs }) => {
    const { value, layout } = network.flowing(inputs[0], "RELU");
    return { value: network.g.relu(value), layout };
  },
  PRELU: (network, { inputs }) => {
    const { value, layout } = network.flowing(inputs[0], "PRELU");
    const slope = beside(network.g, network.constant(inputs[1], "PRELU"), layout);
    if (!slope) throw cannotConvert(network.model, "PRELU has a slope for every pixel");
    return { value: network.g.prelu(value, slope), layout };
  },
  MAX_POOL_2D: maxPool,
  CONCATENATION: concatenation,
  PAD: pad,
  RESHAPE: (network, { inputs, outputs }) => {
    const { g, model } = network;
    const plain = toPlain(g, network.flowing(inputs[0], "RESHAPE"));
    return fromPlain(g, g.reshape(plain, batched(model, network.dimsOf(outputs[0]))));
  },
  RESIZE_BILINEAR: resize,
  STRIDED_SLICE: wholeSlice,
};

function activate(g: Builder, x: Value, activation: TfliteActivation): Value {
  if (activation === "relu") return g.relu(x);
  return activation === "relu6" ? g.clip(x, 0, 6) : x;
}

type Window = {
  readonly padding: TflitePadding;
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
};

/** [top, left, bottom, right]. "same" gives ceil(size / stride) and puts the odd pixel at the end. */
function padsOf(picture: Value, { padding, kernel, strides, dilations = [1, 1] }: Window): readonly number[] {
  if (padding === "valid") return [0, 0, 0, 0];
  const totals = [0, 1].map((axis) => {
    const sizePx = fixedSize(picture, 2 + axis);
    const stride = strides[axis] ?? 1;
    const reachPx = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1;
    return Math.max((Math.ceil(sizePx / stride) - 1) * stride + reachPx - sizePx, 0);
  });
  const before = totals.map((total) => Math.floor(total / 2));
  return [...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))];
}

/** Weights [out, height, width, in], or [1, height, width, channels] where each channel has its own. */
function convolution(network: Network, operator: Of<"CONV_2D"> | Of<"DEPTHWISE_CONV_2D">): Flowing {
  const { g, model } = network;
  const { op, inputs, options } = operator;
  const picture = network.picture(inputs[0], op);
  const weight = network.constant(inputs[1], op);
  if (weight.dims.length !== 4) throw cannotConvert(model, `${op} has weights of ${weight.dims.length} axes`);
  const [, height = 1, width = 1] = weight.dims;
  const bias = network.maybeConstant(inputs[2]);
  const pads = padsOf(picture, { ...options, kernel: [height, width] });
  const convolved = g.conv(picture, adopt(g, weight, op === "CONV_2D" ? [0, 3, 1, 2] : [3, 0, 1, 2]), {
    bias: bias && adopt(g, bias),
    stride: options.strides,
    dilation: options.dilations,
    padding: pads,
    groups: op === "CONV_2D" ? 1 : fixedSize(picture, 1),
  });
  return { value: activate(g, convolved, options.activation), layout: "channels-first" };
}

function maxPool(network: Network, { inputs, options }: Of<"MAX_POOL_2D">): Flowing {
  const { g } = network;
  const picture = network.picture(inputs[0], "MAX_POOL_2D");
  const { kernel, strides, activation } = options;
  const pooled = g.maxPool(picture, { kernel, stride: strides, padding: padsOf(picture, options) });
  return { value: activate(g, pooled, activation), layout: "channels-first" };
}

function elementwise(network: Network, { op, inputs, options }: Of<"ADD"> | Of<"MUL">): Flowing {
  const { g, model } = network;
  const computed = inputs.find((index) => !network.maybeConstant(index));
  const { value, layout } = network.flowing(computed, op);
  const other = inputs[0] === computed ? inputs[1] : inputs[0];
  const constant = network.maybeConstant(other);
  const operand = constant ? beside(g, constant, layout) : network.flowing(other, op).value;
  if (!operand) throw cannotConvert(model, `${op} has a constant for every pixel`);
  const result = op === "ADD" ? g.add(value, operand) : g.mul(value, operand);
  return { value: activate(g, result, options.activation), layout };
}

function concatenation(network: Network, { inputs, outputs, options }: Of<"CONCATENATION">): Flowing {
  const { g } = network;
  const parts = inputs.map((index) => network.flowing(index, "CONCATENATION"));
  const axes = network.dimsOf(outputs[0]).length;
  const axis = options.axis < 0 ? options.axis + axes : options.axis;
  const layout = parts[0]?.layout ?? "plain";
  const place = layout === "plain" ? axis : [0, 2, 3, 1].indexOf(axis);
  const joined = g.concat(
    parts.map(({ value }) => value),
    place,
  );
  return { value: activate(g, joined, options.activation), layout };
}

/** Zeros around a picture; paddings [4, 2] in TFLite's axis order, before and after. */
function pad(network: Network, { inputs }: Of<"PAD">): Flowing {
  const { g, model } = network;
  const picture = network.picture(inputs[0], "PAD");
  const paddings = network.int32s(inputs[1], "PAD");
  if (paddings.length !== 8 || paddings.some((count) => count < 0 || count > 4096) || paddings[0] || paddings[1])
    throw cannotConvert(model, `PAD adds [${paddings.join(", ")}]`);
  const axes = [0, 3, 1, 2].map((plainAxis, axis) => ({
    axis,
    before: paddings[2 * plainAxis] ?? 0,
    after: paddings[2 * plainAxis + 1] ?? 0,
  }));
  const padded = axes.filter(({ before, after }) => before + after > 0);
  const value = g.pad(picture, {
    axes: padded.map(({ axis }) => axis),
    before: padded.map(({ before }) => before),
    after: padded.map(({ after }) => after),
  });
  return { value, layout: "channels-first" };
}

function resize(network: Network, { inputs, options }: Of<"RESIZE_BILINEAR">): Flowing {
  const { g, model } = network;
  const picture = network.picture(inputs[0], "RESIZE_BILINEAR");
  const [height = 0, width = 0] = network.int32s(inputs[1], "RESIZE_BILINEAR");
  if (options.corners !== "free" || options.centres !== "half-pixel")
    throw cannotConvert(model, "RESIZE_BILINEAR places pixel centres elsewhere than at .5");
  const scales = [1, 1, height / fixedSize(picture, 2), width / fixedSize(picture, 3)];
  return { value: g.resize(picture, scales, { mode: "linear" }), layout: "channels-first" };
}

/** The published models slice only to copy: everything, in steps of one. */
function wholeSlice(network: Network, { inputs, outputs }: Of<"STRIDED_SLICE">): Flowing {
  const [source, from, , steps] = inputs;
  const isWhole =
    network.dimsOf(source).join() === network.dimsOf(outputs[0]).join() &&
    network.int32s(from, "STRIDED_SLICE").every((place) => place === 0) &&
    network.int32s(steps, "STRIDED_SLICE").every((step) => step === 1);
  if (!isWhole) throw cannotConvert(network.model, "STRIDED_SLICE leaves something out");
  return network.flowing(source, "STRIDED_SLICE");
}
