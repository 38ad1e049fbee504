// Builder words that move elements. Dims may be symbolic: what a file cannot state as a constant is computed in the graph.
import { assert, refused } from "../../../shared/failure/index.ts";
import type { Dim } from "../graph/dim.ts";
import { dim, divideProducts, multipleOfSymbol, printDims, walkDim } from "../graph/dim.ts";
import type { Value } from "../graph/graph.ts";
import type { Emitter } from "./emitter.ts";

/** Where a symbol's size can be read: an input axis that is a whole multiple of it. */
function readSymbol(e: Emitter, symbol: string): Value {
  for (const input of e.inputs()) {
    const axis = input.dims.findIndex((size) => multipleOfSymbol(size)?.symbol === symbol);
    const factor = axis < 0 ? undefined : multipleOfSymbol(input.dims[axis] ?? 0)?.factor;
    if (factor === undefined) continue;
    const size = e.op("Shape", [input], { start: axis, end: axis + 1 }, { name: symbol });
    return factor === 1 ? size : e.op("Div", [size, e.ints([factor])], {}, { name: symbol });
  }
  throw refused("onnx.unknown-symbol", { message: `No input has an axis that gives the size "${symbol}".`, details: { symbol } });
}

/** A size as an int64 vector of one element. */
function sizeValue(e: Emitter, size: Dim): Value {
  return walkDim<Value>(size, {
    number: (value) => e.ints([value]),
    symbol: (name) => readSymbol(e, name),
    add: (a, b) => e.op("Add", [a, b]),
    multiply: (a, b) => e.op("Mul", [a, b]),
    floorDivide: (a, divisor) => e.op("Div", [a, e.ints([divisor])]),
  });
}

/** Dims as an int64 vector: a constant when they are numbers, else joined from computed sizes. */
function shapeValue(e: Emitter, dims: readonly Dim[]): Value {
  const whole = dims.every((size) => typeof size === "number");
  if (whole) return e.ints(dims.map(Number));
  const parts = dims.map((size) => sizeValue(e, size));
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : e.op("Concat", parts, { axis: 0 });
}

/** The target of a Reshape: constants with 0 for "as it was" and one -1 where that says everything. */
function reshapeTarget(e: Emitter, from: readonly Dim[], to: readonly Dim[]): Value {
  const copied = to.map((size, axis) => (typeof size === "string" && size === from[axis] ? 0 : size));
  const open = copied.filter((size) => typeof size === "string").length;
  const zeroSized = to.includes(0);
  if (open > 1 || (zeroSized && open > 0)) return shapeValue(e, to);
  return e.ints(copied.map((size) => (typeof size === "string" ? -1 : size)));
}

/** Replaces one -1 by what is left of the element count. */
function completeDims(from: readonly Dim[], asked: readonly Dim[]): readonly Dim[] {
  const to = asked.map((size) => (size === -1 ? size : dim(size)));
  const open = to.indexOf(-1);
  if (open < 0) return to;
  const rest = divideProducts(from, to.filter((_, axis) => axis !== open));
  assert(rest !== undefined, `${printDims(from)} cannot be divided into ${printDims(asked)}`);
  return to.map((size, axis) => (axis === open ? rest : size));
}

export type SliceOptions = { readonly axis: number; readonly from?: Dim; readonly to?: Dim; readonly step?: number };

/** "To the end" in an ONNX Slice. */
const toTheEnd = Number.MAX_SAFE_INTEGER;

function sliceOf(e: Emitter, x: Value, { axis, from = 0, to = toTheEnd, step = 1 }: SliceOptions): Value {
  const place = (at: Dim) => (typeof at === "number" ? e.ints([at]) : sizeValue(e, dim(at)));
  return e.op("Slice", [x, place(from), place(to), e.ints([axis]), e.ints([step])]);
}

/** How many axes from the first on are padded before and after, in axis order. */
export type Padding = { readonly axes: readonly number[]; readonly before: readonly number[]; readonly after: readonly number[] };

export const layout = (e: Emitter) => ({
  /** The same elements under other dims; one of them may be -1. */
  reshape: (x: Value, dims: readonly Dim[]): Value => {
    const to = completeDims(x.dims, dims);
    return to.length === x.dims.length && to.every((size, axis) => size === x.dims[axis])
      ? x
      : e.op("Reshape", [x, reshapeTarget(e, x.dims, to)]);
  },
  /** A size of the graph as an int64 vector of one element. */
  size: (size: Dim): Value => sizeValue(e, dim(size)),
  shape: (dims: readonly Dim[]): Value => shapeValue(e, dims.map(dim)),
  /** Output axis i is input axis order[i]. */
  transpose: (x: Value, order: readonly number[]): Value => e.op("Transpose", [x], { perm: order }),
  concat: (values: readonly Value[], axis: number): Value => e.op("Concat", values, { axis }),
  /** `parts` equal parts, or parts of the given sizes. */
  split: (x: Value, axis: number, parts: number | readonly number[]): readonly Value[] =>
    typeof parts === "number"
      ? e.node("Split", [x], { axis, num_outputs: parts }, { outputCount: parts })
      : e.node("Split", [x, e.ints(parts)], { axis }, { outputCount: parts.length }),
  slice: (x: Value, options: SliceOptions): Value => sliceOf(e, x, options),
  gather: (x: Value, indices: Value, axis = 0): Value => e.op("Gather", [x, indices], { axis }),
  unsqueeze: (x: Value, ...axes: readonly number[]): Value => e.op("Unsqueeze", [x, e.ints(axes)]),
  squeeze: (x: Value, ...axes: readonly number[]): Value => e.op("Squeeze", [x, e.ints(axes)]),
  /** Stretches sizes of 1 to `dims`. */
  expand: (x: Value, dims: readonly Dim[]): Value => e.op("Expand", [x, shapeValue(e, dims.map(dim))]),
  tile: (x: Value, repeats: readonly Dim[]): Value => e.op("Tile", [x, shapeValue(e, repeats.map(dim))]),
  pad: (x: Value, { axes, before, after }: Padding, mode: "constant" | "reflect" | "edge" = "constant"): Value =>
    e.op("Pad", [x, e.ints([...before, ...after]), undefined, e.ints(axes)], { mode }),
  range: (count: Dim): Value => {
    const scalar = (value: Value) => e.op("Squeeze", [value, e.ints([0])]);
    return e.op("Range", [e.scalar("int64", 0), scalar(sizeValue(e, dim(count))), e.scalar("int64", 1)]);
  },
  scatter: (data: Value, indices: Value, updates: Value, reduction: "none" | "add" = "none"): Value =>
    e.op("ScatterND", [data, indices, updates], { reduction }),
});
