// What flows through a TFLite model while it is rebuilt over the graph builder: constants, and values with their layout.
import { refused } from "../../../shared/failure/index.ts";
import { weightOf } from "../../onnx/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import { float16ToFloat32, floats, transpose } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { TfliteModel, TfliteTensor } from "../../weights/index.ts";

/**
 * "channels-first": a picture whose TFLite dims are [1, height, width, channel], kept as [batch, channel, height, width]
 * from the first layer to the last. "plain": axes in TFLite's own order.
 */
export type Flowing = { readonly value: Value; readonly layout: "channels-first" | "plain" };

/** Floats of a constant, halves widened. */
export type Constant = { readonly key: string; readonly dims: readonly number[]; readonly values: Float32Array };

export const cannotConvert = (model: TfliteModel, why: string) =>
  refused("models.tflite-unsupported", {
    message: `${model.name} cannot be turned into a graph: ${why}.`,
    hint: "Use the model file that comes with the program.",
    details: { why },
  });

/** Elements of a float constant as float32. */
export function constantOf(tensor: TfliteTensor): Constant | undefined {
  const { data, dims, name: key } = tensor;
  if (!data || tensor.dtype === "int32") return undefined;
  const values =
    tensor.dtype === "float16"
      ? float16ToFloat32(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2))
      : new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return { key, dims, values };
}

/** Whole numbers of an int32 constant: paddings, sizes, axes. */
export function int32sOf(tensor: TfliteTensor | undefined): readonly number[] | undefined {
  if (!tensor?.data || tensor.dtype !== "int32") return undefined;
  return [...new Int32Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength / 4)];
}

const tensorOfConstant = ({ dims, values }: Constant): Tensor<"float32"> => floats(dims, values);

/** The constant as a weight of the graph, after `order` has turned its axes (output axis i is axis order[i]). */
export function adopt(g: Builder, constant: Constant, order?: readonly number[]): Value {
  const tensor = tensorOfConstant(constant);
  const turned = order ? transpose(tensor, order) : tensor;
  // One constant may be read under two axis orders; the key tells them apart.
  return g.adopt(weightOf(order ? `${constant.key}/${order.join("")}` : constant.key, turned));
}

/** A constant beside a picture: a single number, or one for each channel. */
export function beside(g: Builder, constant: Constant, layout: Flowing["layout"]): Value | undefined {
  const { dims, values } = constant;
  if (layout === "plain") return adopt(g, constant);
  if (values.length === 1) return g.scalar("float32", values[0] ?? 0);
  const isPerChannel = dims.at(-1) === values.length;
  return isPerChannel ? g.floats([values.length, 1, 1], values) : undefined;
}

/** TFLite dims of batch 1 with the batch of our graph; a first axis of another size cannot become a batch. */
export function batched(model: TfliteModel, dims: readonly number[]): readonly (number | "batch")[] {
  if (dims[0] !== 1) throw cannotConvert(model, `a value of [${dims.join(", ")}] has no batch axis`);
  return ["batch", ...dims.slice(1)];
}

/** In TFLite's own axis order, which only the edges of the network see. */
export function toPlain(g: Builder, { value, layout }: Flowing): Value {
  if (layout === "plain") return value;
  const [batch = 0, channels = 0, height = 0, width = 0] = value.dims;
  // A single pixel has no order: moving its axes is only a new name for them.
  if (height === 1 && width === 1) return g.reshape(value, [batch, 1, 1, channels]);
  return g.transpose(value, [0, 2, 3, 1]);
}

/** From TFLite's own axis order; pictures become channels-first. */
export function fromPlain(g: Builder, value: Value): Flowing {
  if (value.dims.length !== 4) return { value, layout: "plain" };
  const [batch = 0, height = 0, width = 0, channels = 0] = value.dims;
  const turned =
    height === 1 && width === 1 ? g.reshape(value, [batch, channels, 1, 1]) : g.transpose(value, [0, 3, 1, 2]);
  return { value: turned, layout: "channels-first" };
}
