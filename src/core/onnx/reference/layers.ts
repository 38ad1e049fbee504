// Reference kernels of products, convolutions, pooling, resizing and sampling: loops as in the definitions.
import { assert } from "../../../shared/failure/index.ts";
import type { layerOperators } from "../operators/layers.ts";
import type { Dense } from "./dense.ts";
import {
  at,
  broadcastStrides,
  countOf,
  dot,
  foldAxes,
  mapAll,
  permute,
  stridesOf,
  sumOf,
  tabulate,
  visit,
} from "./dense.ts";
import type { KernelCall, Kernels } from "./kernel.ts";

type Name = keyof typeof layerOperators;

export type Sliding = {
  readonly auto_pad: string;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
};

/** Padding before each spatial axis; "SAME" puts the odd one after (UPPER) or before (LOWER). */
function padsBefore(sliding: Sliding, input: readonly number[], kernel: readonly number[]): readonly number[] {
  return input.map((size, axis) => {
    if (!sliding.auto_pad.startsWith("SAME")) return sliding.pads?.[axis] ?? 0;
    const stride = sliding.strides?.[axis] ?? 1;
    const reach = (sliding.dilations?.[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
    return sliding.auto_pad === "SAME_UPPER" ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}

/** Visits the input places under the kernel for one output place; `inside` is false over the padding. */
function windowPlaces(sliding: Sliding, input: readonly number[], kernel: readonly number[]) {
  const before = padsBefore(sliding, input, kernel);
  return (
    output: readonly number[],
    see: (place: readonly number[], tap: readonly number[], inside: boolean) => void,
  ) =>
    visit(kernel, (_, tap) => {
      const place = output.map(
        (o, axis) =>
          o * (sliding.strides?.[axis] ?? 1) +
          (tap[axis] ?? 0) * (sliding.dilations?.[axis] ?? 1) -
          (before[axis] ?? 0),
      );
      see(
        place,
        tap,
        place.every((p, axis) => p >= 0 && p < (input[axis] ?? 0)),
      );
    });
}

type ConvCall = {
  readonly x: Dense;
  readonly w: Dense;
  readonly b: Dense | undefined;
  readonly dims: readonly number[];
};

export function conv({ x, w, b, dims }: ConvCall, sliding: Sliding, groups: number): Dense {
  const places = windowPlaces(sliding, x.dims.slice(2), w.dims.slice(2));
  const [xs, ws] = [stridesOf(x.dims), stridesOf(w.dims)];
  const inGroup = w.dims[1] ?? 1;
  const outGroup = (w.dims[0] ?? 1) / groups;
  return tabulate(dims, ([n = 0, m = 0, ...output]) => {
    const firstChannel = Math.floor(m / outGroup) * inGroup;
    let total = b?.values[m] ?? 0;
    places(output, (place, tap, inside) => {
      if (!inside) return;
      for (let c = 0; c < inGroup; c += 1)
        total += at(x, xs, [n, firstChannel + c, ...place]) * at(w, ws, [m, c, ...tap]);
    });
    return total;
  });
}

function convTranspose({ x, inputs, attributes, dims }: KernelCall<"ConvTranspose">): Dense {
  const [source, w] = [x(0), x(1)];
  const kernel = w.dims.slice(2);
  const outGroup = w.dims[1] ?? 1;
  const inGroup = (w.dims[0] ?? 1) / attributes.group;
  const strides = stridesOf(dims);
  const ws = stridesOf(w.dims);
  const values = new Float64Array(countOf(dims));
  visit(source.dims, (from, [n = 0, c = 0, ...place]) => {
    const firstOut = Math.floor(c / inGroup) * outGroup;
    visit(kernel, (_, tap) => {
      const target = place.map(
        (p, axis) =>
          p * (attributes.strides?.[axis] ?? 1) +
          (tap[axis] ?? 0) * (attributes.dilations?.[axis] ?? 1) -
          (attributes.pads?.[axis] ?? 0),
      );
      if (!target.every((t, axis) => t >= 0 && t < (dims[axis + 2] ?? 0))) return;
      for (let m = 0; m < outGroup; m += 1) {
        const to = dot([n, firstOut + m, ...target], strides);
        values[to] = (values[to] ?? 0) + (source.values[from] ?? 0) * at(w, ws, [c, m, ...tap]);
      }
    });
  });
  const bias = inputs[2];
  return bias === undefined
    ? { dims, values }
    : tabulate(dims, ([, m = 0], i) => (values[i] ?? 0) + (bias.values[m] ?? 0));
}

/** Batches broadcast; the last two axes multiply. */
export function matMul(a: Dense, b: Dense, dims: readonly number[]): Dense {
  const left = a.dims.length === 1 ? { ...a, dims: [1, ...a.dims] } : a;
  const right = b.dims.length === 1 ? { ...b, dims: [...b.dims, 1] } : b;
  const full = [...dims];
  if (a.dims.length === 1) full.splice(b.dims.length === 1 ? full.length : full.length - 1, 0, 1);
  if (b.dims.length === 1) full.push(1);
  const k = left.dims.at(-1) ?? 0;
  const rank = full.length;
  const [as, bs] = [stridesOf(left.dims), stridesOf(right.dims)];
  const batch = (t: Dense) =>
    broadcastStrides(t.dims.slice(0, -2), full.slice(0, -2)).map((s) => s * countOf(t.dims.slice(-2)));
  const [aBatch, bBatch] = [batch(left), batch(right)];
  const [aRow = 0, aInner = 0, bInner = 0, bColumn = 0] = [as.at(-2), as.at(-1), bs.at(-2), bs.at(-1)];
  const product = tabulate(full, (c) => {
    const aFrom = dot(c.slice(0, rank - 2), aBatch) + (c[rank - 2] ?? 0) * aRow;
    const bFrom = dot(c.slice(0, rank - 2), bBatch) + (c[rank - 1] ?? 0) * bColumn;
    let total = 0;
    for (let i = 0; i < k; i += 1)
      total += (left.values[aFrom + i * aInner] ?? 0) * (right.values[bFrom + i * bInner] ?? 0);
    return total;
  });
  return { dims, values: product.values };
}

export const turned = (x: Dense): Dense => {
  const axes = [...x.dims.keys()];
  return permute(x, [...axes.slice(0, -2), ...axes.slice(-2).toReversed()]);
};

function einsum({ inputs, attributes, dims }: KernelCall<"Einsum">): Dense {
  const [left = "", right = ""] = attributes.equation.replaceAll(" ", "").split("->");
  const tensors = inputs.filter((input) => input !== undefined);
  const terms = left.split(",");
  const sizes = new Map<string, number>();
  terms.forEach((letters, t) =>
    letters.split("").forEach((letter, axis) => sizes.set(letter, tensors[t]?.dims[axis] ?? 1)),
  );
  const summed = [...sizes.keys()].filter((letter) => !right.includes(letter));
  const order = [...right.split(""), ...summed];
  const all = order.map((letter) => sizes.get(letter) ?? 1);
  const strides = terms.map((letters, t) => {
    const own = stridesOf(tensors[t]?.dims ?? []);
    return order.map((letter) =>
      letters.split("").reduce((s, l, axis) => (l === letter ? s + (own[axis] ?? 0) : s), 0),
    );
  });
  const products = tabulate(all, (c) => tensors.reduce((p, t, i) => p * (t.values[dot(c, strides[i] ?? [])] ?? 0), 1));
  const axes = [...all.keys()].slice(right.length);
  return { dims, values: foldAxes(products, axes, sumOf).values };
}

function pool(
  call: KernelCall<"MaxPool" | "AveragePool">,
  fold: (inside: readonly number[], taps: number) => number,
): Dense {
  const source = call.x(0);
  const places = windowPlaces(call.attributes, source.dims.slice(2), call.attributes.kernel_shape ?? []);
  const strides = stridesOf(source.dims);
  return tabulate(call.dims, ([n = 0, c = 0, ...output]) => {
    const seen: number[] = [];
    let taps = 0;
    places(output, (place, _, inside) => {
      taps += 1;
      if (inside) seen.push(at(source, strides, [n, c, ...place]));
    });
    return fold(seen, taps);
  });
}

/** Place in the input of an output index along one axis. */
const resizePlaces: Readonly<Record<string, (i: number, from: number, to: number) => number>> = {
  asymmetric: (i, from, to) => (i * from) / to,
  half_pixel: (i, from, to) => ((i + 0.5) * from) / to - 0.5,
  pytorch_half_pixel: (i, from, to) => (to > 1 ? ((i + 0.5) * from) / to - 0.5 : 0),
  align_corners: (i, from, to) => (to > 1 ? (i * (from - 1)) / (to - 1) : 0),
};

const nearestRules: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

function resize({ x, attributes, dims }: KernelCall<"Resize">): Dense {
  const source = x(0);
  const strides = stridesOf(source.dims);
  const placeOf = resizePlaces[attributes.coordinate_transformation_mode];
  const nearest = nearestRules[attributes.nearest_mode];
  assert(placeOf !== undefined && nearest !== undefined, "resize mode is not known");
  /** The one or two input indices of each axis with their shares. */
  const taps = (i: number, axis: number): readonly (readonly [number, number])[] => {
    const [from, to] = [source.dims[axis] ?? 1, dims[axis] ?? 1];
    if (from === to) return [[i, 1]];
    const place = placeOf(i, from, to);
    const inside = (index: number) => Math.min(Math.max(index, 0), from - 1);
    if (attributes.mode === "nearest") return [[inside(nearest(place)), 1]];
    const low = Math.floor(place);
    return [
      [inside(low), 1 - (place - low)],
      [inside(low + 1), place - low],
    ];
  };
  return tabulate(dims, (c) => {
    const perAxis = c.map(taps);
    let total = 0;
    visit(
      perAxis.map((axis) => axis.length),
      (_, choice) => {
        const chosen = choice.map((pick, axis) => perAxis[axis]?.[pick] ?? [0, 0]);
        total +=
          chosen.reduce((share, [, s]) => share * s, 1) *
          at(
            source,
            strides,
            chosen.map(([index]) => index),
          );
      },
    );
    return total;
  });
}

function gridSample({ x, attributes, dims }: KernelCall<"GridSample">): Dense {
  const [source, grid] = [x(0), x(1)];
  const [strides, gs] = [stridesOf(source.dims), stridesOf(grid.dims)];
  const [, , height = 1, width = 1] = source.dims;
  const corners = attributes.align_corners === 1;
  const pixel = (g: number, size: number) => (corners ? ((g + 1) / 2) * (size - 1) : ((g + 1) * size - 1) / 2);
  const border = attributes.padding_mode === "border";
  assert(border || attributes.padding_mode === "zeros", `grid padding ${attributes.padding_mode} is not known`);
  const clamp = (v: number, size: number) => (border ? Math.min(Math.max(v, 0), size - 1) : v);
  return tabulate(dims, ([n = 0, c = 0, i = 0, j = 0]) => {
    const px = clamp(pixel(at(grid, gs, [n, i, j, 0]), width), width);
    const py = clamp(pixel(at(grid, gs, [n, i, j, 1]), height), height);
    const read = (row: number, column: number) =>
      row < 0 || row >= height || column < 0 || column >= width ? 0 : at(source, strides, [n, c, row, column]);
    if (attributes.mode === "nearest") return read(Math.round(py), Math.round(px));
    const [x0, y0] = [Math.floor(px), Math.floor(py)];
    const [fx, fy] = [px - x0, py - y0];
    const row = (y: number) => read(y, x0) * (1 - fx) + read(y, x0 + 1) * fx;
    return row(y0) * (1 - fy) + row(y0 + 1) * fy;
  });
}

export const layerKernels: Kernels<Name> = {
  Conv: ({ x, inputs, attributes, dims }) =>
    conv({ x: x(0), w: x(1), b: inputs[2], dims }, attributes, attributes.group),
  ConvTranspose: convTranspose,
  MatMul: ({ x, dims }) => matMul(x(0), x(1), dims),
  Gemm: ({ x, inputs, attributes, dims }) => {
    const a = attributes.transA === 1 ? turned(x(0)) : x(0);
    const b = attributes.transB === 1 ? turned(x(1)) : x(1);
    const c = inputs[2] ?? { dims: [], values: new Float64Array(1) };
    return mapAll(dims, [matMul(a, b, dims), c], (ab = 0, item = 0) => attributes.alpha * ab + attributes.beta * item);
  },
  Einsum: einsum,
  MaxPool: (call) => pool(call, (inside) => inside.reduce((a, b) => Math.max(a, b), -Infinity)),
  AveragePool: (call) => {
    const padded = call.attributes.count_include_pad === 1;
    return pool(
      { ...call, attributes: { ...call.attributes, storage_order: 0 } },
      (inside, taps) => inside.reduce((a, b) => a + b, 0) / (padded ? taps : inside.length),
    );
  },
  GlobalAveragePool: ({ x, dims }) => {
    const folded = foldAxes(x(0), [...x(0).dims.keys()].slice(2), (group) => sumOf(group) / group.length);
    return { dims, values: folded.values };
  },
  Resize: resize,
  GridSample: gridSample,
};
