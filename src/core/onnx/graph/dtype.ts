// Element types as ONNX files and shape rules see them: codes, widths, and conversions from and to plain numbers.
import { refused } from "../../../shared/failure/index.ts";
import { elementCount, float16Bits, float16Value } from "../../tensor/index.ts";
import type { DType, Tensor } from "../../tensor/index.ts";

/** `code` is TensorProto.DataType. */
export const dtypes = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  uint8: { code: 2, bytes: 1, array: Uint8Array },
  int8: { code: 3, bytes: 1, array: Int8Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  bool: { code: 9, bytes: 1, array: Uint8Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
} as const satisfies Record<DType, object>;

export const allDTypes: readonly DType[] = ["float32", "float16", "int64", "int32", "uint8", "int8", "bool"];
export const floatTypes: readonly DType[] = ["float32", "float16"];
export const signedTypes: readonly DType[] = [...floatTypes, "int32", "int64", "int8"];
export const numberTypes: readonly DType[] = [...signedTypes, "uint8"];

const byCode = new Map<number, DType>(allDTypes.map((dtype) => [dtypes[dtype].code, dtype]));

/** The dtype of a TensorProto.DataType code; the types no network of ours uses are refused. */
export function dtypeOfCode(code: number): DType {
  const dtype = byCode.get(code);
  if (dtype !== undefined) return dtype;
  throw refused("onnx.unsupported-dtype", {
    message: `The model holds elements of ONNX type ${code}; known are ${allDTypes.join(", ")}.`,
    details: { code },
  });
}

/** The bytes of a tensor without a copy; every machine this house runs on is little-endian, as ONNX files are. */
export const bytesOf = ({ data }: Tensor): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** A tensor over a copy of little-endian bytes, whose count must fit dtype and dims. */
export function tensorFromBytes(dtype: DType, dims: readonly number[], bytes: Uint8Array): Tensor {
  const expectedBytes = elementCount(dims) * dtypes[dtype].bytes;
  if (bytes.byteLength !== expectedBytes)
    throw refused("onnx.wrong-byte-count", {
      message: `A ${dtype} tensor [${dims.join(", ")}] needs ${expectedBytes} bytes; ${bytes.byteLength} were found.`,
    });
  // A fresh buffer, so that wide elements are aligned whatever the file's layout.
  return tensorOverBuffer(dtype, dims, Uint8Array.from(bytes).buffer);
}

/** A tensor over a whole buffer of little-endian elements, which it shares. */
export const tensorOverBuffer = (dtype: DType, dims: readonly number[], buffer: ArrayBuffer): Tensor =>
  ({ dtype, dims, data: new dtypes[dtype].array(buffer) }) as Tensor;

/** Saturates at the ends of int64: shape arithmetic uses the largest one for "to the end". */
function toInt64(value: number): bigint {
  const whole = BigInt(Math.trunc(value));
  return BigInt.asIntN(64, whole) === whole ? whole : whole < 0n ? -(2n ** 63n) : 2n ** 63n - 1n;
}

/** Numbers as elements of any dtype: halves to nearest, integers cut, truth as 0 and 1. */
export function tensorFromValues(dtype: DType, dims: readonly number[], values: ArrayLike<number>): Tensor {
  if (dtype === "int64") return { dtype, dims, data: BigInt64Array.from(Array.from(values), toInt64) };
  if (dtype === "float16") return { dtype, dims, data: Uint16Array.from(values, float16Bits) };
  if (dtype === "bool") return { dtype, dims, data: Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)) };
  return { dtype, dims, data: new dtypes[dtype].array(values) } as Tensor;
}

/** The elements as doubles. int64 beyond 2^53 loses its low bits, which no shape needs. */
export function valuesOf(tensor: Tensor): Float64Array {
  if (tensor.dtype === "float16") return Float64Array.from(tensor.data, float16Value);
  if (tensor.dtype === "int64") return Float64Array.from(tensor.data, Number);
  // From an array the constructor copies in one go; `from` walks an iterator, twenty times slower.
  return new Float64Array(tensor.data);
}
