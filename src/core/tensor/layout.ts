// Moving elements about: concatenation along an axis and transposition. Blind to type: elements are words of a width.
import { assert } from "../../shared/failure/index.ts";
import { dimsText, elementCount, stridesOf, zeros } from "./tensor.ts";
import type { Dims, DType, Tensor } from "./tensor.ts";

/** Any tensor, with no eye for its type. */
type Elements = {
  readonly data: {
    readonly buffer: ArrayBufferLike;
    readonly byteOffset: number;
    readonly byteLength: number;
    readonly length: number;
  };
};

const bytesOf = ({ data }: Elements): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Tensors joined along `axis`; types and all other dimensions must agree. */
export function concat<D extends DType>(tensors: readonly Tensor<D>[], axis: number): Tensor<D> {
  const [first] = tensors;
  assert(first !== undefined, "concat joins at least one tensor");
  assert(axis >= 0 && axis < first.dims.length, `axis ${axis} is one of ${dimsText(first.dims)}`);
  for (const { dtype, dims } of tensors) {
    const fits =
      dtype === first.dtype &&
      dims.length === first.dims.length &&
      dims.every((dim, k) => k === axis || dim === first.dims[k]);
    assert(fits, `${first.dtype} ${dimsText(first.dims)} cannot join ${dtype} ${dimsText(dims)} along axis ${axis}`);
  }
  const joined = tensors.reduce((sum, { dims }) => sum + (dims[axis] ?? 0), 0);
  const result: Tensor<D> = zeros(first.dtype, first.dims.toSpliced(axis, 1, joined));
  const outerCount = elementCount(first.dims.slice(0, axis));
  const parts = tensors.map(bytesOf);
  const target = bytesOf(result);
  let at = 0;
  for (let outer = 0; outer < outerCount; outer++) {
    for (const part of parts) {
      const runBytes = part.length / outerCount;
      target.set(part.subarray(outer * runBytes, (outer + 1) * runBytes), at);
      at += runBytes;
    }
  }
  return result;
}

/** Axis k of the result is axis `order[k]` of the tensor, as in NumPy: HWC to CHW is [2, 0, 1]. */
export function transpose<D extends DType>(tensor: Tensor<D>, order: readonly number[]): Tensor<D> {
  const rank = tensor.dims.length;
  const isOrder = order.length === rank && new Set(order).size === rank && order.every((axis) => axis in tensor.dims);
  assert(isOrder, `an order of the axes of ${dimsText(tensor.dims)} names each once, not ${dimsText(order)}`);
  const strides = stridesOf(tensor.dims);
  const dims = order.map((axis) => tensor.dims[axis] ?? 1);
  const result: Tensor<D> = zeros(tensor.dtype, dims);
  const places = { dims, steps: order.map((axis) => strides[axis] ?? 1) };
  gatherers[tensor.data.BYTES_PER_ELEMENT]?.(tensor, result, places);
  return result;
}

type Places = { readonly dims: Dims; readonly steps: readonly number[] };

const over =
  <Word>(words: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Words<Word>) =>
  (from: Elements, to: Elements, places: Places) =>
    gather(
      new words(from.data.buffer, from.data.byteOffset, from.data.length),
      new words(to.data.buffer, to.data.byteOffset, to.data.length),
      places,
    );

/** By the width of an element in bytes. */
const gatherers: Readonly<Record<number, (from: Elements, to: Elements, places: Places) => void>> = {
  1: over(Uint8Array),
  2: over(Uint16Array),
  4: over(Uint32Array),
  8: over(BigUint64Array),
};

type Words<Word> = { readonly length: number; [index: number]: Word };

/** Fills `to` in order from `from`, where one step along axis k of `dims` moves `steps[k]` elements. */
function gather<Word>(from: Words<Word>, to: Words<Word>, { dims, steps }: Places): void {
  const innerCount = dims.at(-1) ?? 1;
  const innerStep = steps.at(-1) ?? 1;
  const index = dims.slice(0, -1).fill(0);
  let place = 0;
  for (let at = 0; at < to.length; at += innerCount) {
    for (let k = 0, source = place; k < innerCount; k++, source += innerStep) to[at + k] = from[source] as Word;
    // The next row: count the outer axes up like an odometer, the last one fastest.
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const dim = dims[axis] ?? 1;
      const step = steps[axis] ?? 1;
      const next = (index[axis] ?? 0) + 1;
      place += step;
      if (next < dim) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      place -= dim * step;
    }
  }
}
