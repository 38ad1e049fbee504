// Shape rules shared by many operators.
import type { Dim } from "../graph/dim.ts";
import {
  addDims,
  ceilDivideDim,
  divideProducts,
  floorDivideDim,
  multiplyDims,
  printDims,
  productOfDims,
  subtractDims,
} from "../graph/dim.ts";
import type { Call, Inferred } from "./operator.ts";

type AnyCall = Call<unknown>;

/** The same dims as input 0; the rule of everything that works element by element on one input. */
export const likeFirst = (call: AnyCall): readonly Inferred[] => one(call.dims(0));

/** One output of these dims. */
export const one = (dims: readonly Dim[]): readonly Inferred[] => [{ dims }];

/** An axis counted from the end when negative, as an index into `rank` axes. */
export function axisIndex(call: AnyCall, axis: number, rank: number): number {
  const index = axis < 0 ? axis + rank : axis;
  return index >= 0 && index < rank ? index : call.fail(`axis ${axis} is outside its ${rank} axes`);
}

/** NumPy's broadcasting: aligned at the last axis, a size of 1 stretches. */
export function broadcast(call: AnyCall, a: readonly Dim[], b: readonly Dim[]): readonly Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left === 1) return right;
    if (right === 1) return left;
    return call.same(left, right, `sizes in broadcasting ${printDims(a)} with ${printDims(b)}`);
  });
}

/** All present inputs broadcast together. */
export const broadcastAll = (call: AnyCall): readonly Inferred[] =>
  one(call.inputs.reduce<readonly Dim[]>((dims, input) => (input ? broadcast(call, dims, input.dims) : dims), []));

/** Elements of two small integer inputs, one by one; a single element stretches. */
export function elementwise(call: AnyCall, combine: (a: Dim, b: Dim) => Dim | undefined): readonly Dim[] | undefined {
  const [a, b] = call.inputs.map((input) => input?.elements);
  if (a === undefined || b === undefined) return undefined;
  const results = Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    combine(a[a.length === 1 ? 0 : i] ?? 1, b[b.length === 1 ? 0 : i] ?? 1),
  );
  return results.every((element) => element !== undefined) ? results : undefined;
}

/** Leading batch axes broadcast, last two multiply: [..., m, k] x [..., k, n]. Vectors as in NumPy. */
export function matMulDims(call: AnyCall, left: readonly Dim[], right: readonly Dim[]): readonly Dim[] {
  if (left.length === 0 || right.length === 0) return call.fail("a scalar has no rows to multiply");
  const a = left.length === 1 ? [1, ...left] : left;
  const b = right.length === 1 ? [...right, 1] : right;
  call.same(a.at(-1) ?? 0, b.at(-2) ?? 0, `inner sizes of ${printDims(left)} x ${printDims(right)}`);
  const rows = left.length === 1 ? [] : [a.at(-2) ?? 0];
  const columns = right.length === 1 ? [] : [b.at(-1) ?? 0];
  return [...broadcast(call, a.slice(0, -2), b.slice(0, -2)), ...rows, ...columns];
}

export type Window = {
  readonly kernel: readonly number[];
  readonly pads?: readonly number[] | undefined;
  readonly strides?: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly autoPad?: string;
  readonly roundUp?: boolean;
};

/** out = floor((in + pads - dilation * (kernel - 1) - 1) / stride) + 1 for every spatial axis. */
export function windowDims(call: AnyCall, spatial: readonly Dim[], window: Window): readonly Dim[] {
  const rank = spatial.length;
  if (window.kernel.length !== rank)
    return call.fail(`a kernel of ${window.kernel.length} axes cannot slide over ${rank} axes`);
  if (window.pads !== undefined && window.pads.length !== 2 * rank)
    return call.fail(`pads must hold ${2 * rank} numbers, ${window.pads.length} were given`);
  return spatial.map((size, axis) => {
    const stride = window.strides?.[axis] ?? 1;
    if (window.autoPad === "SAME_UPPER" || window.autoPad === "SAME_LOWER") return ceilDivideDim(size, stride);
    const padding = (window.pads?.[axis] ?? 0) + (window.pads?.[axis + rank] ?? 0);
    const reach = (window.dilations?.[axis] ?? 1) * ((window.kernel[axis] ?? 1) - 1) + 1;
    const room = addDims(size, padding - reach);
    if (typeof room === "number" && room < 0)
      return call.fail(`a window of ${reach} does not fit into axis ${axis} of size ${size} with padding ${padding}`);
    return addDims(window.roundUp === true ? ceilDivideDim(room, stride) : floorDivideDim(room, stride), 1);
  });
}

/** The dims after removing or keeping (as 1) some axes; no axes means all of them. */
export function reducedDims(
  call: AnyCall,
  dims: readonly Dim[],
  {
    axes,
    keep,
    emptyMeansNone,
  }: { readonly axes: readonly number[]; readonly keep: boolean; readonly emptyMeansNone?: boolean },
): readonly Dim[] {
  if (axes.length === 0 && emptyMeansNone === true) return dims;
  const chosen = new Set(axes.length === 0 ? dims.keys() : axes.map((axis) => axisIndex(call, axis, dims.length)));
  return dims.flatMap((size, axis) => (chosen.has(axis) ? (keep ? [1] : []) : [size]));
}

/** Elements that are plain numbers (axes, pads, scales), or a failure naming the input. */
export function numericElements(call: AnyCall, index: number): readonly number[] {
  return call
    .elements(index)
    .map((element) =>
      typeof element === "number" ? element : call.fail(`input ${index} must be known in numbers, it holds ${element}`),
    );
}

/** As numericElements, for an optional input. */
export const optionalNumbers = (call: AnyCall, index: number): readonly number[] | undefined =>
  call.inputs[index] === undefined ? undefined : numericElements(call, index);

/** The dims a Reshape asks for: 0 copies (unless allowZero), one -1 takes what is left. */
export function reshapedDims(
  call: AnyCall,
  from: readonly Dim[],
  { target, allowZero }: { readonly target: readonly Dim[]; readonly allowZero: boolean },
): readonly Dim[] {
  const asked = target.map((size, axis) =>
    size === 0 && !allowZero ? (from[axis] ?? call.fail(`no axis ${axis} to copy`)) : size,
  );
  const open = asked.indexOf(-1);
  if (open < 0) {
    call.same(
      productOfDims(from),
      productOfDims(asked),
      `element counts of ${printDims(from)} and ${printDims(asked)}`,
    );
    return asked;
  }
  const others = asked.filter((_, axis) => axis !== open);
  const rest = others.includes(0) ? 0 : divideProducts(from, others);
  if (rest === undefined || others.includes(-1))
    return call.fail(`${printDims(from)} cannot be divided evenly into ${printDims(asked)}`);
  return asked.map((size, axis) => (axis === open ? rest : size));
}

/** Output size of a slice of one axis; `from` and `to` may be negative (from the end) or beyond the axis. */
export function slicedDim(size: Dim, from: Dim, to: Dim, step: number): Dim | undefined {
  const place = (at: Dim, low: number, high: Dim): Dim => {
    if (typeof at !== "number") return at;
    if (at < 0) {
      const counted = addDims(size, at);
      return typeof counted === "number" ? Math.max(low, counted) : at < -(2 ** 31) ? low : counted;
    }
    if (typeof high === "number") return Math.min(high, at);
    // A position inside a symbolic axis is taken at its word; "to the end" is any number from 2^31 - 1 on.
    return at >= 2 ** 31 - 1 ? high : at;
  };
  const last = subtractDims(size, 1);
  const [first, beyond] =
    step > 0 ? [place(from, 0, size), place(to, 0, size)] : [place(from, 0, last), place(to, -1, last)];
  const span = step > 0 ? subtractDims(beyond, first) : subtractDims(first, beyond);
  const count = ceilDivideDim(span, Math.abs(step));
  return typeof count === "number" ? Math.max(0, count) : count;
}

/** Adds axes of size 1 at `axes`, which count in the result. */
export function unsqueezedDims(call: AnyCall, dims: readonly Dim[], axes: readonly number[]): readonly Dim[] {
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => axisIndex(call, axis, rank)));
  if (added.size !== axes.length) return call.fail(`axes [${axes.join(", ")}] name one place twice`);
  const rest = dims[Symbol.iterator]();
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : (rest.next().value ?? 1)));
}

export const scaleDim = (size: Dim, scale: number): Dim =>
  typeof size === "number"
    ? Math.floor(size * scale)
    : Number.isInteger(scale)
      ? multiplyDims(size, scale)
      : floorDivideDim(size, 1 / scale);
