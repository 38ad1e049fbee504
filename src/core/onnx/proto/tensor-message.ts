// TensorProto to tensors: three ways of writing numbers, one way of reading them.
import { elementCount, tensorOf } from "../../tensor/index.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import { dtypeOfCode, dtypes, tensorFromBytes, tensorFromValues } from "../graph/dtype.ts";
import type { ModelLimits } from "./limits.ts";
import { invalid } from "./limits.ts";
import type { Message } from "./schema.ts";

type TensorMessage = Message<"TensorProto">;

export type TensorHeader = {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly byteLength: number;
};

/** Type, dims and size of a tensor, each bounded before anything is made of it. */
export function tensorHeader(tensor: TensorMessage, limits: ModelLimits): TensorHeader {
  const name = tensor.name ?? "";
  const dims = tensor.dims ?? [];
  if (dims.length > limits.maxRank)
    throw invalid(`The tensor "${name}" has ${dims.length} axes; ${limits.maxRank} are allowed.`);
  if (!dims.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw invalid(`The tensor "${name}" has a size that is no size.`);
  const dtype = dtypeOfCode(tensor.data_type ?? 0);
  const byteLength = dims.reduce((count, size) => count * size, 1) * dtypes[dtype].bytes;
  if (byteLength > limits.maxWeightBytes)
    throw invalid(`The tensor "${name}" claims ${byteLength} bytes; ${limits.maxWeightBytes} are allowed.`);
  if (tensor.segment !== undefined) throw invalid(`The tensor "${name}" is cut into segments.`);
  return { name, dtype, dims, byteLength };
}

/** Numbers in typed fields; int32_data also holds the bits of halves and all small integers. */
const listFields: { readonly [D in DType]: (tensor: TensorMessage) => readonly (number | bigint)[] } = {
  float32: ({ float_data }) => float_data ?? [],
  float16: ({ int32_data }) => int32_data ?? [],
  int64: ({ int64_data }) => int64_data ?? [],
  int32: ({ int32_data }) => int32_data ?? [],
  uint8: ({ int32_data }) => int32_data ?? [],
  int8: ({ int32_data }) => int32_data ?? [],
  bool: ({ int32_data }) => int32_data ?? [],
};

/** The tensor of a message whose bytes lie inside the model. */
export function tensorOfMessage(tensor: TensorMessage, limits: ModelLimits): Tensor {
  const { name, dtype, dims, byteLength } = tensorHeader(tensor, limits);
  const raw = tensor.raw_data;
  if (raw instanceof Uint8Array) {
    if (raw.byteLength !== byteLength)
      throw invalid(`The tensor "${name}" needs ${byteLength} bytes and has ${raw.byteLength}.`);
    return tensorFromBytes(dtype, dims, raw);
  }
  const items = listFields[dtype](tensor);
  if (items.length !== elementCount(dims))
    throw invalid(`The tensor "${name}" needs ${elementCount(dims)} numbers and has ${items.length}.`);
  if (dtype === "int64") return tensorOf("int64", dims, BigInt64Array.from(items, BigInt));
  // The bits of a half are an integer already.
  if (dtype === "float16") return tensorOf("float16", dims, Uint16Array.from(items, Number));
  return tensorFromValues(dtype, dims, items.map(Number));
}
