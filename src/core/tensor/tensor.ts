// A tensor is a plain value: a type, dimensions, and dense data in row-major order. Nothing is lazy, nothing is hidden.
import { assert } from "../../shared/failure/index.ts";

/** What holds the elements of each type. float16 is kept as its bits; bool as 0 and 1. */
type Storage = {
  readonly float32: Float32Array;
  readonly float16: Uint16Array;
  readonly int64: BigInt64Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
  readonly bool: Uint8Array;
};

export type DType = keyof Storage;
export type Dims = readonly number[];
export type DataOf<D extends DType> = Storage[D];

/** `Tensor` is any tensor, `Tensor<"float32">` one of that type; a test of `dtype` narrows `data`. */
export type Tensor<D extends DType = DType> = {
  [K in D]: { readonly dtype: K; readonly dims: Dims; readonly data: Storage[K] };
}[D];

const allocators: { readonly [D in DType]: (length: number) => Storage[D] } = {
  float32: (length) => new Float32Array(length),
  float16: (length) => new Uint16Array(length),
  int64: (length) => new BigInt64Array(length),
  int32: (length) => new Int32Array(length),
  uint8: (length) => new Uint8Array(length),
  int8: (length) => new Int8Array(length),
  bool: (length) => new Uint8Array(length),
};

const storages: { readonly [D in DType]: (data: unknown) => data is Storage[D] } = {
  float32: (data) => data instanceof Float32Array,
  float16: (data) => data instanceof Uint16Array,
  int64: (data) => data instanceof BigInt64Array,
  int32: (data) => data instanceof Int32Array,
  uint8: (data) => data instanceof Uint8Array,
  int8: (data) => data instanceof Int8Array,
  bool: (data) => data instanceof Uint8Array,
};

/** "[2, 3, 256, 256]", for messages; unknown dimensions print as "?". */
export const dimsText = (dims: readonly (number | undefined)[]): string =>
  `[${dims.map((dim) => dim ?? "?").join(", ")}]`;

/** Product of the dimensions; 1 for a scalar's `[]`, 0 when a dimension is 0. */
export function elementCount(dims: Dims): number {
  for (const dim of dims) {
    assert(Number.isSafeInteger(dim) && dim >= 0, `dimensions are whole numbers from 0, not ${dimsText(dims)}`);
  }
  return dims.reduce((count, dim) => count * dim, 1);
}

/** How many elements one step along each axis is: `[12, 4, 1]` for `[2, 3, 4]`. */
export function stridesOf(dims: Dims): readonly number[] {
  const strides: number[] = Array.from(dims, () => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) {
    strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  }
  return strides;
}

export const sameDims = (a: Dims, b: Dims): boolean => a.length === b.length && a.every((dim, axis) => dim === b[axis]);

/** A tensor over `data`, which it shares; refuses data of another type or length. */
export function tensorOf<D extends DType>(dtype: D, dims: Dims, data: Storage[D]): Tensor<D> {
  assert(storages[dtype](data), `a ${dtype} tensor's data is a ${allocators[dtype](0).constructor.name}`);
  const count = elementCount(dims);
  assert(data.length === count, `${dtype} ${dimsText(dims)} holds ${count} elements, not ${data.length}`);
  return { dtype, dims, data };
}

export function zeros<D extends DType>(dtype: D, dims: Dims): Tensor<D> {
  return { dtype, dims, data: allocators[dtype](elementCount(dims)) };
}

/** A float32 tensor of numbers: `floats([2, 2], [1, 2, 3, 4])`. */
export const floats = (dims: Dims, values: Iterable<number>): Tensor<"float32"> =>
  tensorOf("float32", dims, Float32Array.from(values));

/** An int64 tensor of safe integers: what networks take as indices, lengths and time steps. */
export const int64s = (dims: Dims, values: readonly number[]): Tensor<"int64"> =>
  tensorOf(
    "int64",
    dims,
    BigInt64Array.from(values, (value) => BigInt(value)),
  );

/**
 * The tensor as the type and shape its reader counts on; `undefined` in `dims` accepts any size there.
 * `expectTensor("latents", tensor, "float32", [1, 4, 16, undefined, undefined])`.
 */
export function expectTensor<D extends DType>(
  name: string,
  tensor: Tensor,
  dtype: D,
  dims: readonly (number | undefined)[],
): Tensor<D> {
  const fits =
    tensor.dtype === dtype &&
    tensor.dims.length === dims.length &&
    dims.every((dim, axis) => dim === undefined || dim === tensor.dims[axis]);
  const found = `${tensor.dtype} ${dimsText(tensor.dims)}`;
  assert(fits, `${name} is ${dtype} ${dimsText(dims)}, but was ${found}`);
  return tensor as Tensor<D>;
}

/** The same elements under other dimensions; shares data. One dimension may be -1: what is left. */
export function reshape<D extends DType>(tensor: Tensor<D>, dims: Dims): Tensor<D> {
  const open = dims.filter((dim) => dim === -1).length;
  assert(open <= 1, `at most one dimension is -1 in ${dimsText(dims)}`);
  const known = elementCount(dims.filter((dim) => dim !== -1));
  const count = elementCount(tensor.dims);
  const left = known === 0 ? 0 : count / known;
  const filled = dims.map((dim) => (dim === -1 ? left : dim));
  const fits = filled.every((dim) => Number.isInteger(dim)) && elementCount(filled) === count;
  assert(fits, `${dimsText(tensor.dims)} has ${count} elements and cannot become ${dimsText(dims)}`);
  return { ...tensor, dims: filled };
}

/** Rows `startRow` (inclusive) to `endRow` (exclusive) along axis 0, as a view that shares data. */
export function sliceRows<D extends DType>(tensor: Tensor<D>, startRow: number, endRow: number): Tensor<D> {
  const [rows = 0, ...rest] = tensor.dims;
  assert(tensor.dims.length > 0, "a scalar has no rows");
  const inside = Number.isInteger(startRow) && Number.isInteger(endRow) && 0 <= startRow && startRow <= endRow;
  assert(inside && endRow <= rows, `rows ${startRow} to ${endRow} lie within ${rows}`);
  const rowLength = elementCount(rest);
  const data = tensor.data.subarray(startRow * rowLength, endRow * rowLength);
  return { ...tensor, dims: [endRow - startRow, ...rest], data };
}

/** One row along axis 0 without that axis, as a view that shares data. */
export function rowOf<D extends DType>(tensor: Tensor<D>, row: number): Tensor<D> {
  const slice = sliceRows(tensor, row, row + 1);
  return { ...slice, dims: slice.dims.slice(1) };
}
