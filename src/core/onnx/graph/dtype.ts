// Element types, their codes in ONNX files, their widths, and arrays of them.
import { refused } from "../../../shared/failure/index.ts";

/** `code` is TensorProto.DataType; `array` holds one element per item, float16 and bfloat16 as their 16 bits. */
export const dtypes = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  uint8: { code: 2, bytes: 1, array: Uint8Array },
  int8: { code: 3, bytes: 1, array: Int8Array },
  uint16: { code: 4, bytes: 2, array: Uint16Array },
  int16: { code: 5, bytes: 2, array: Int16Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  bool: { code: 9, bytes: 1, array: Uint8Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
  float64: { code: 11, bytes: 8, array: Float64Array },
  uint32: { code: 12, bytes: 4, array: Uint32Array },
  uint64: { code: 13, bytes: 8, array: BigUint64Array },
  bfloat16: { code: 16, bytes: 2, array: Uint16Array },
} as const;

export type DType = keyof typeof dtypes;

export const allDTypes = Object.keys(dtypes) as readonly DType[];
export const floats: readonly DType[] = ["float32", "float16", "float64", "bfloat16"];
export const signedNumbers: readonly DType[] = [...floats, "int32", "int64", "int8", "int16"];
export const numbers: readonly DType[] = [...signedNumbers, "uint8", "uint16", "uint32", "uint64"];

const byCode = new Map<number, DType>(allDTypes.map((dtype) => [dtypes[dtype].code, dtype]));

/** The dtype of a TensorProto.DataType code; strings, complex and 4-bit types are refused. */
export function dtypeOfCode(code: number): DType {
  const dtype = byCode.get(code);
  if (dtype !== undefined) return dtype;
  throw refused("onnx.unsupported-dtype", {
    message: `The model holds elements of ONNX type ${code}; only plain numbers and booleans are read.`,
    details: { code },
  });
}

export type TypedArray =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense tensor in memory, row-major. */
export type Tensor = {
  readonly dtype: DType;
  readonly dims: readonly number[];
  readonly data: TypedArray;
};

export const elementCount = (dims: readonly number[]): number => dims.reduce((count, size) => count * size, 1);

/** The bytes of a tensor without a copy; this house runs on little-endian machines, as ONNX files are. */
export const bytesOf = (tensor: Tensor): Uint8Array =>
  new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);

/** A tensor over a copy of little-endian bytes, whose count must fit dtype and dims. */
export function tensorFromBytes(dtype: DType, dims: readonly number[], bytes: Uint8Array): Tensor {
  const expectedBytes = elementCount(dims) * dtypes[dtype].bytes;
  if (bytes.byteLength !== expectedBytes)
    throw refused("onnx.wrong-byte-count", {
      message: `A ${dtype} tensor [${dims.join(", ")}] needs ${expectedBytes} bytes; ${bytes.byteLength} were found.`,
    });
  const copy = bytes.slice();
  return { dtype, dims, data: new dtypes[dtype].array(copy.buffer, 0, elementCount(dims)) };
}

export const int64Tensor = (dims: readonly number[], values: readonly number[]): Tensor => ({
  dtype: "int64",
  dims,
  data: BigInt64Array.from(values, (value) => BigInt(value)),
});

/** One double as a tensor element of any dtype: halves are rounded to nearest even. */
export function tensorOf(dtype: DType, dims: readonly number[], values: ArrayLike<number>): Tensor {
  const { array } = dtypes[dtype];
  if (dtype === "int64") return { dtype, dims, data: BigInt64Array.from(Array.from(values), (v) => toBigInt(v, 63n)) };
  if (dtype === "uint64")
    return { dtype, dims, data: BigUint64Array.from(Array.from(values), (v) => toBigInt(v, 64n)) };
  const data = new array(values.length) as Exclude<TypedArray, BigInt64Array | BigUint64Array>;
  const encode = encoders[dtype];
  for (let i = 0; i < values.length; i += 1) data[i] = encode === undefined ? (values[i] ?? 0) : encode(values[i] ?? 0);
  return { dtype, dims, data };
}

/** Saturates at the ends of the type: shape arithmetic uses the largest int64 for "to the end". */
function toBigInt(value: number, bits: bigint): bigint {
  const limit = 1n << bits;
  const whole = BigInt(Math.trunc(value));
  return whole >= limit ? limit - 1n : whole < -limit ? -limit : whole;
}

/** The elements as doubles. int64 beyond 2^53 loses its low bits, which no shape needs. */
export function valuesOf(tensor: Tensor): Float64Array {
  const decode = decoders[tensor.dtype];
  return Float64Array.from<number | bigint>(tensor.data, (value) =>
    decode === undefined ? Number(value) : decode(Number(value)),
  );
}

const bits = new DataView(new ArrayBuffer(8));

/** The nearest bfloat16 (ties to even) of a double, as its 16 bits. */
function toBfloat16(value: number): number {
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  if (Number.isNaN(value)) return 0x7fc0;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}

function fromBfloat16(word: number): number {
  bits.setUint32(0, (word << 16) >>> 0);
  return bits.getFloat32(0);
}

/** The nearest float16 (ties to even) of a double, as its 16 bits. */
export function toFloat16(value: number): number {
  bits.setFloat64(0, value);
  const sign = (bits.getUint8(0) >>> 7) << 15;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  // One unit in the last place is 2^(exponent - 10), and never smaller than 2^-24, the subnormals' step.
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 1e-300)));
  const step = 2 ** (exponent - 10);
  const scaled = size / step;
  const floor = Math.floor(scaled);
  const tie = scaled - floor === 0.5;
  const steps = tie ? floor + (floor & 1) : Math.round(scaled);
  // Subnormals count from 0; normals carry 2^10 implicit steps. A carry walks into the next exponent by itself.
  return sign | (steps + (exponent + 14) * 1024);
}

export function fromFloat16(word: number): number {
  const exponent = (word >>> 10) & 31;
  const mantissa = word & 1023;
  const sign = word & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

const encoders: { readonly [D in DType]?: (value: number) => number } = {
  float16: toFloat16,
  bfloat16: toBfloat16,
  bool: (value) => (value === 0 ? 0 : 1),
};

const decoders: { readonly [D in DType]?: (word: number) => number } = { float16: fromFloat16, bfloat16: fromBfloat16 };
