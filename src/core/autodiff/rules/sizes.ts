// Sizes of values as numbers, and the way back from broadcasting.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";

/** The dims of a value, all of them numbers: gradients are taken of graphs with fixed sizes. */
export const sizesOf = (value: Value): readonly number[] =>
  value.dims.map((size) => {
    assert(
      typeof size === "number",
      `${value.name} has the open size "${size}": bake sizes in before taking gradients`,
    );
    return size;
  });

export const countOf = (sizes: readonly number[]): number => sizes.reduce((count, size) => count * size, 1);

/** An axis counted from the end when negative. */
export const axisOf = (axis: number, value: Value): number => (axis < 0 ? axis + value.dims.length : axis);

/** All axes of a value but the named ones. */
export const axesBut = (value: Value, ...kept: readonly number[]): readonly number[] =>
  [...value.dims.keys()].filter((axis) => !kept.includes(axis));

/** The known elements of a small integer input, such as axes or pads. */
export const numbersOf = (value: Value | undefined): readonly number[] | undefined =>
  value?.elements?.map((element) => {
    assert(typeof element === "number", `${value.name} holds the open size "${element}"`);
    return element;
  });

/** y = broadcast(x) repeats x, so d x sums d y over every axis along which it was stretched. */
export function sumTo(g: Builder, dy: Value, dims: readonly number[]): Value {
  const from = sizesOf(dy);
  const added = from.length - dims.length;
  assert(added >= 0, `a gradient [${from.join()}] cannot belong to [${dims.join()}]`);
  const stretched = [...from.keys()].filter((axis) => {
    const own = axis < added ? 1 : dims[axis - added];
    assert(own === from[axis] || own === 1, `a gradient [${from.join()}] cannot belong to [${dims.join()}]`);
    return axis < added || own !== from[axis];
  });
  return g.reshape(stretched.length === 0 ? dy : g.reduceSum(dy, stretched), dims);
}

/** A float vector or table of numbers in the dtype of a value beside it. */
export const numbersLike = (g: Builder, like: Value, dims: readonly number[], values: ArrayLike<number>): Value =>
  g.cast(g.floats(dims, values), like.dtype);
