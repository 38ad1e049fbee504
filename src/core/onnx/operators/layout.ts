// Operators that move elements without computing with them.
import type { Dim } from "../graph/dim.ts";
import { addDims, ceilDivideDim, floorDivideDim, multiplyDims, printDims, subtractDims } from "../graph/dim.ts";
import { allDTypes, numberTypes, valuesOf } from "../graph/dtype.ts";
import type { Call, Inferred } from "./operator.ts";
import { may, need, operator, or } from "./operator.ts";
import {
  axisIndex,
  broadcast,
  likeFirst,
  numericElements,
  one,
  optionalNumbers,
  reducedDims,
  reshapedDims,
  slicedDim,
  unsqueezedDims,
} from "./shapes.ts";

const T = allDTypes;
type Plain = Call<unknown>;

function inferConcat(call: Call<{ readonly axis: number }>): readonly Inferred[] {
  const first = call.dims(0);
  const axis = axisIndex(call, call.attributes.axis, first.length);
  const dims = call.inputs.slice(1).reduce<readonly Dim[]>((total, input) => {
    const next = input?.dims ?? [];
    if (next.length !== total.length) return call.fail(`cannot join ${printDims(total)} with ${printDims(next)}`);
    return total.map((size, i) =>
      i === axis ? addDims(size, next[i] ?? 0) : call.same(size, next[i] ?? 0, `axis ${i}`),
    );
  }, first);
  const parts = call.inputs.map((input) => input?.elements);
  const elements = parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  return [{ dims, elements: first.length === 1 ? elements : undefined }];
}

function inferSlice(call: Plain): readonly Inferred[] {
  const dims = [...call.dims(0)];
  const [from, to] = [call.elements(1), call.elements(2)];
  const axes = optionalNumbers(call, 3) ?? from.map((_, i) => i);
  const steps = optionalNumbers(call, 4) ?? from.map(() => 1);
  if (steps.includes(0)) call.fail("a step of 0 goes nowhere");
  axes.forEach((written, i) => {
    const axis = axisIndex(call, written, dims.length);
    const size = slicedDim(dims[axis] ?? 0, from[i] ?? 0, to[i] ?? 0, steps[i] ?? 1);
    dims[axis] = size ?? call.fail(`the size of axis ${axis} cannot be told`);
  });
  const source = call.inputs[0]?.elements;
  const [first, last] = [from[0], to[0]];
  const whole = source !== undefined && typeof first === "number" && typeof last === "number" && steps[0] === 1;
  return [{ dims, elements: whole ? source.slice(first, Math.min(last, 2 ** 31)) : undefined }];
}

function inferGather(call: Call<{ readonly axis: number }>): readonly Inferred[] {
  const dims = call.dims(0);
  const axis = axisIndex(call, call.attributes.axis, dims.length);
  const [source, wanted] = [call.inputs[0]?.elements, call.inputs[1]?.elements];
  const elements = source && wanted?.map((index) => (typeof index === "number" ? source.at(index) : undefined));
  const known = elements?.every((element) => element !== undefined) ? elements : undefined;
  return [{ dims: [...dims.slice(0, axis), ...call.dims(1), ...dims.slice(axis + 1)], elements: known }];
}

function inferSplit(
  call: Call<{ readonly axis: number; readonly num_outputs: number | undefined }>,
): readonly Inferred[] {
  const dims = call.dims(0);
  const axis = axisIndex(call, call.attributes.axis, dims.length);
  const size = dims[axis] ?? 0;
  const count = call.outputCount;
  const given = optionalNumbers(call, 1);
  const part = typeof size === "number" ? Math.ceil(size / count) : undefined;
  const equal = (index: number): Dim => {
    if (typeof size === "number" && part !== undefined) return Math.min(part, size - index * part);
    return floorDivideDim(size, count);
  };
  const sizes = given ?? Array.from({ length: count }, (_, index) => equal(index));
  if (sizes.length !== count) call.fail(`${sizes.length} sizes for ${count} parts`);
  if (given !== undefined)
    call.same(
      size,
      given.reduce((a, b) => a + b, 0),
      "the axis and the sum of its parts",
    );
  return sizes.map((length) => ({ dims: dims.map((d, i) => (i === axis ? length : d)) }));
}

function inferTranspose(call: Call<{ readonly perm: readonly number[] | undefined }>): readonly Inferred[] {
  const dims = call.dims(0);
  const order = call.attributes.perm ?? dims.map((_, axis) => dims.length - 1 - axis);
  if (order.length !== dims.length || new Set(order).size !== dims.length)
    return call.fail(`[${order.join(", ")}] is no order of the axes of ${printDims(dims)}`);
  return one(order.map((axis) => dims[axisIndex(call, axis, dims.length)] ?? 0));
}

function inferPad(call: Plain): readonly Inferred[] {
  const dims = call.dims(0);
  const pads = call.elements(1);
  const axes = optionalNumbers(call, 3) ?? dims.map((_, axis) => axis);
  if (pads.length !== 2 * axes.length) return call.fail(`${pads.length} pads for ${axes.length} axes`);
  const out = [...dims];
  axes.forEach((written, i) => {
    const axis = axisIndex(call, written, dims.length);
    out[axis] = addDims(out[axis] ?? 0, addDims(pads[i] ?? 0, pads[i + axes.length] ?? 0));
  });
  return one(out);
}

function inferSqueeze(call: Plain): readonly Inferred[] {
  const dims = call.dims(0);
  const axes = optionalNumbers(call, 1) ?? [...dims.keys()].filter((axis) => dims[axis] === 1);
  for (const axis of axes) call.same(dims[axisIndex(call, axis, dims.length)] ?? 0, 1, `squeezed axis ${axis}`);
  return [
    { dims: reducedDims(call, dims, { axes, keep: false, emptyMeansNone: true }), elements: call.inputs[0]?.elements },
  ];
}

export const layoutOperators = {
  Reshape: operator("data: T, shape: int64 -> reshaped: T", {
    types: { T },
    attributes: { allowzero: or("int", 0) },
    infer: (call) => {
      const asked = { target: call.elements(1), allowZero: call.attributes.allowzero === 1 };
      return [{ dims: reshapedDims(call, call.dims(0), asked), elements: call.inputs[0]?.elements }];
    },
  }),
  Flatten: operator("input: T -> output: T", {
    types: { T },
    attributes: { axis: or("int", 1) },
    infer: (call) => {
      const dims = call.dims(0);
      const axis = call.attributes.axis < 0 ? call.attributes.axis + dims.length : call.attributes.axis;
      return one([dims.slice(0, axis).reduce(multiplyDims, 1), dims.slice(axis).reduce(multiplyDims, 1)]);
    },
  }),
  Transpose: operator("data: T -> transposed: T", {
    types: { T },
    attributes: { perm: may("ints") },
    infer: inferTranspose,
  }),
  Concat: operator("inputs*: T -> concat: T", { types: { T }, attributes: { axis: need("int") }, infer: inferConcat }),
  Split: operator("input: T, split?: int64 -> outputs*: T", {
    types: { T },
    attributes: { axis: or("int", 0), num_outputs: may("int") },
    infer: inferSplit,
  }),
  Slice: operator("data: T, starts: I, ends: I, axes?: I, steps?: I -> output: T", {
    types: { T, I: ["int64", "int32"] },
    infer: inferSlice,
  }),
  Gather: operator("data: T, indices: I -> output: T", {
    types: { T, I: ["int64", "int32"] },
    attributes: { axis: or("int", 0) },
    infer: inferGather,
  }),
  Unsqueeze: operator("data: T, axes: int64 -> expanded: T", {
    types: { T },
    infer: (call) => [
      { dims: unsqueezedDims(call, call.dims(0), numericElements(call, 1)), elements: call.inputs[0]?.elements },
    ],
  }),
  Squeeze: operator("data: T, axes?: int64 -> squeezed: T", { types: { T }, infer: inferSqueeze }),
  Expand: operator("input: T, shape: int64 -> output: T", {
    types: { T },
    infer: (call) => one(broadcast(call, call.dims(0), call.elements(1))),
  }),
  Tile: operator("input: T, repeats: int64 -> output: T", {
    types: { T },
    infer: (call) => one(call.dims(0).map((size, axis) => multiplyDims(size, call.elements(1)[axis] ?? 1))),
  }),
  Pad: operator("data: T, pads: int64, constant_value?: T, axes?: int64 -> output: T", {
    types: { T },
    attributes: { mode: or("string", "constant") },
    infer: inferPad,
  }),
  Shape: operator("data: T -> shape: int64", {
    types: { T },
    attributes: { start: or("int", 0), end: may("int") },
    infer: (call) => {
      const elements = call.dims(0).slice(call.attributes.start, call.attributes.end);
      return [{ dims: [elements.length], elements }];
    },
  }),
  Size: operator("data: T -> size: int64", {
    types: { T },
    infer: (call) => [{ dims: [], elements: [call.dims(0).reduce(multiplyDims, 1)] }],
  }),
  Range: operator("start: T, limit: T, delta: T -> output: T", {
    types: { T: numberTypes },
    infer: (call) => {
      const [first = 0, limit = 0] = [call.elements(0)[0], call.elements(1)[0]];
      const step = numericElements(call, 2)[0] ?? 1;
      if (step === 0) call.fail("a step of 0 goes nowhere");
      const span = step > 0 ? subtractDims(limit, first) : subtractDims(first, limit);
      const count = ceilDivideDim(span, Math.abs(step));
      return one([typeof count === "number" ? Math.max(0, count) : count]);
    },
  }),
  ConstantOfShape: operator("input: int64 -> output: T", {
    types: { T },
    attributes: { value: may("tensor") },
    infer: (call) => {
      const dims = call.elements(0);
      const { value } = call.attributes;
      const fill = value === undefined ? 0 : (valuesOf(value)[0] ?? 0);
      const small = dims.length <= 1 && typeof (dims[0] ?? 1) === "number" && Number(dims[0] ?? 1) <= 64;
      const elements = small ? Array.from({ length: Number(dims[0] ?? 1) }, () => fill) : undefined;
      return [{ dims, dtype: value?.dtype ?? "float32", elements }];
    },
  }),
  ScatterND: operator("data: T, indices: int64, updates: T -> output: T", {
    types: { T },
    attributes: { reduction: or("string", "none") },
    infer: likeFirst,
  }),
  DepthToSpace: operator("input: T -> output: T", {
    types: { T },
    attributes: { blocksize: need("int"), mode: or("string", "DCR") },
    infer: (call) => {
      const [n = 0, c = 0, h = 0, w = 0] = call.dims(0);
      const { blocksize: b } = call.attributes;
      const channels = typeof c === "number" ? c / (b * b) : call.fail("its channels must be a number");
      return one([n, channels, multiplyDims(h, b), multiplyDims(w, b)]);
    },
  }),
};
