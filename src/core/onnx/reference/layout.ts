// Reference kernels of the operators that only move elements.
import { assert } from "../../../shared/failure/index.ts";
import { valuesOf } from "../graph/dtype.ts";
import type { layoutOperators } from "../operators/layout.ts";
import type { Dense } from "./dense.ts";
import { at, broadcastStrides, countOf, dot, permute, stridesOf, tabulate } from "./dense.ts";
import type { KernelCall, Kernels } from "./kernel.ts";

type Name = keyof typeof layoutOperators;

const sameElements = ({ x, dims }: Pick<KernelCall<Name>, "x" | "dims">): Dense => ({ dims, values: x(0).values });

const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

const listOf = (x: Dense | undefined): readonly number[] | undefined => (x === undefined ? undefined : [...x.values]);

function slice({ x, inputs, dims }: KernelCall<"Slice">): Dense {
  const source = x(0);
  const [from, to] = [[...x(1).values], [...x(2).values]];
  const axes = listOf(inputs[3]) ?? from.map((_, i) => i);
  const steps = listOf(inputs[4]) ?? from.map(() => 1);
  const [first, step] = [source.dims.map(() => 0), source.dims.map(() => 1)];
  axes.forEach((written, i) => {
    const axis = fromEnd(written, source.dims.length);
    const size = source.dims[axis] ?? 0;
    const begin = from[i] ?? 0;
    const place = begin < 0 ? begin + size : begin;
    step[axis] = steps[i] ?? 1;
    first[axis] = (steps[i] ?? 1) > 0 ? Math.min(Math.max(place, 0), size) : Math.min(Math.max(place, 0), size - 1);
  });
  assert(to.length === from.length, "a slice has as many ends as beginnings");
  const strides = stridesOf(source.dims);
  return tabulate(dims, (c) =>
    at(
      source,
      strides,
      c.map((i, axis) => (first[axis] ?? 0) + i * (step[axis] ?? 1)),
    ),
  );
}

/** Index of a padded place in the picture, or undefined where the constant goes. */
const padPlaces: Readonly<Record<string, (i: number, size: number) => number | undefined>> = {
  constant: (i, size) => (i < 0 || i >= size ? undefined : i),
  edge: (i, size) => Math.min(Math.max(i, 0), size - 1),
  reflect: (i, size) => {
    const period = Math.max(1, 2 * (size - 1));
    const folded = ((i % period) + period) % period;
    return folded < size ? folded : period - folded;
  },
  wrap: (i, size) => ((i % size) + size) % size,
};

function pad({ x, inputs, attributes, dims }: KernelCall<"Pad">): Dense {
  const source = x(0);
  const pads = [...x(1).values];
  const axes = listOf(inputs[3]) ?? source.dims.map((_, axis) => axis);
  const before = source.dims.map(() => 0);
  axes.forEach((axis, i) => {
    before[fromEnd(axis, source.dims.length)] = pads[i] ?? 0;
  });
  const fill = inputs[2]?.values[0] ?? 0;
  const place = padPlaces[attributes.mode];
  assert(place !== undefined, `padding mode ${attributes.mode} is not known`);
  const strides = stridesOf(source.dims);
  return tabulate(dims, (c) => {
    const places = c.map((i, axis) => place(i - (before[axis] ?? 0), source.dims[axis] ?? 1));
    return places.every((p) => p !== undefined) ? at(source, strides, places) : fill;
  });
}

function concat({ inputs, attributes, dims }: KernelCall<"Concat">): Dense {
  const parts = inputs.filter((part) => part !== undefined);
  const axis = fromEnd(attributes.axis, dims.length);
  const inner = countOf(dims.slice(axis + 1));
  const values = new Float64Array(countOf(dims));
  let first = 0;
  for (const part of parts) {
    const run = (part.dims[axis] ?? 0) * inner;
    for (let row = 0; row * run < part.values.length; row += 1)
      values.set(part.values.subarray(row * run, (row + 1) * run), row * (dims[axis] ?? 0) * inner + first);
    first += run;
  }
  return { dims, values };
}

function split({ x, attributes, outputs }: KernelCall<"Split">): readonly Dense[] {
  const source = x(0);
  const axis = fromEnd(attributes.axis, source.dims.length);
  const strides = stridesOf(source.dims);
  let first = 0;
  return outputs.map(({ dims }) => {
    const shift = first * (strides[axis] ?? 0);
    first += dims[axis] ?? 0;
    return tabulate(dims, (c) => source.values[shift + dot(c, strides)] ?? 0);
  });
}

function gather({ x, attributes, dims }: KernelCall<"Gather">): Dense {
  const [source, indices] = [x(0), x(1)];
  const axis = fromEnd(attributes.axis, source.dims.length);
  const [strides, indexStrides] = [stridesOf(source.dims), stridesOf(indices.dims)];
  const rank = indices.dims.length;
  return tabulate(dims, (c) => {
    const index = at(indices, indexStrides, c.slice(axis, axis + rank));
    return at(source, strides, [...c.slice(0, axis), fromEnd(index, source.dims[axis] ?? 0), ...c.slice(axis + rank)]);
  });
}

function scatter({ x, attributes }: KernelCall<"ScatterND">): Dense {
  const [data, indices, updates] = [x(0), x(1), x(2)];
  const depth = indices.dims.at(-1) ?? 1;
  const strides = stridesOf(data.dims);
  const run = countOf(data.dims.slice(depth));
  const values = data.values.slice();
  for (let row = 0; row * depth < indices.values.length; row += 1) {
    const place = [...indices.values.subarray(row * depth, (row + 1) * depth)];
    const first = dot(
      place.map((i, axis) => fromEnd(i, data.dims[axis] ?? 0)),
      strides,
    );
    for (let i = 0; i < run; i += 1) {
      const update = updates.values[row * run + i] ?? 0;
      values[first + i] = attributes.reduction === "add" ? (values[first + i] ?? 0) + update : update;
    }
  }
  return { dims: data.dims, values };
}

/** DCR: channel = (row in block, column in block, c); CRD: (c, row, column). */
function depthToSpace({ x, attributes, dims }: KernelCall<"DepthToSpace">): Dense {
  const { blocksize: b, mode } = attributes;
  const [n = 0, c = 0, h = 0, w = 0] = x(0).dims;
  const inner = c / (b * b);
  const [blocks, order] =
    mode === "CRD"
      ? [
          [n, inner, b, b, h, w],
          [0, 1, 4, 2, 5, 3],
        ]
      : [
          [n, b, b, inner, h, w],
          [0, 3, 4, 1, 5, 2],
        ];
  return { dims, values: permute({ dims: blocks, values: x(0).values }, order).values };
}

export const layoutKernels: Kernels<Name> = {
  Reshape: sameElements,
  Flatten: sameElements,
  Unsqueeze: sameElements,
  Squeeze: sameElements,
  Transpose: ({ x, attributes }) => permute(x(0), attributes.perm ?? [...x(0).dims.keys()].toReversed()),
  Concat: concat,
  Split: split,
  Slice: slice,
  Gather: gather,
  Expand: ({ x, dims }) => {
    const strides = broadcastStrides(x(0).dims, dims);
    return tabulate(dims, (c) => x(0).values[dot(c, strides)] ?? 0);
  },
  Tile: ({ x, dims }) => {
    const strides = stridesOf(x(0).dims);
    return tabulate(dims, (c) =>
      at(
        x(0),
        strides,
        c.map((i, axis) => i % (x(0).dims[axis] ?? 1)),
      ),
    );
  },
  Pad: pad,
  Shape: ({ x, attributes, dims }) => ({
    dims,
    values: Float64Array.from(x(0).dims.slice(attributes.start, attributes.end)),
  }),
  Size: ({ x, dims }) => ({ dims, values: Float64Array.of(x(0).values.length) }),
  Range: ({ x, dims }) => tabulate(dims, ([i = 0]) => (x(0).values[0] ?? 0) + i * (x(2).values[0] ?? 1)),
  ConstantOfShape: ({ attributes, dims }) => {
    const fill = attributes.value === undefined ? 0 : (valuesOf(attributes.value)[0] ?? 0);
    return tabulate(dims, () => fill);
  },
  ScatterND: scatter,
  DepthToSpace: depthToSpace,
};
