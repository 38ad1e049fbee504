// Gradient rules of operators that move elements: what went one way comes back the other.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import type { FamilyRules, GradientRule } from "./rule.ts";
import { flat } from "./rule.ts";
import { axesBut, axisOf, countOf, numbersOf, sizesOf } from "./sizes.ts";

const sizesOnly = flat("its result depends on sizes and whole numbers, not on elements");

export const zerosOf = (g: Builder, like: Value, dims: readonly number[]): Value =>
  g.expand(g.scalar(like.dtype, 0), dims);

/** The order of axes that brings `axis` to the front, or undoes that. */
const toFront = (axis: number, rank: number) => [axis, ...Array.from({ length: rank }, (_, i) => i).toSpliced(axis, 1)];
const inverse = (order: readonly number[]) => order.map((_, axis) => order.indexOf(axis));

/**
 * y = x gathered along an axis, so d x [.., size, ..] adds up row i of d y at place `places[i]`. `places` is int64 [rows],
 * rows being d y's size along the axis.
 */
function scatterAlong(g: Builder, dy: Value, target: { axis: number; size: number; places: Value }): Value {
  const { axis, size, places } = target;
  const order = toFront(axis, dy.dims.length);
  const rows = g.transpose(dy, order);
  const empty = zerosOf(g, dy, [size, ...sizesOf(rows).slice(1)]);
  return g.transpose(g.scatter(empty, g.unsqueeze(places, 1), rows, "add"), inverse(order));
}

const likeInput: GradientRule<"Reshape" | "Flatten" | "Unsqueeze" | "Squeeze"> = ({ g, x, dy }) => [
  g.reshape(dy, x(0).dims),
];

// d of a slice lies where it was cut out, with zeros around; slices that skip or turn around are put back place by place.
const slice: GradientRule<"Slice"> = ({ g, x, inputs, dy }) => {
  const sizes = sizesOf(x(0));
  const from = numbersOf(inputs[1]) ?? [];
  const axes = numbersOf(inputs[3]) ?? from.map((_, axis) => axis);
  const steps = numbersOf(inputs[4]) ?? from.map(() => 1);
  const dx = axes.reduce((gradient, written, i) => {
    const axis = axisOf(written, x(0));
    const [size = 0, step = 1, length = 0] = [sizes[axis], steps[i], sizesOf(gradient)[axis]];
    const start = firstPlace(from[i] ?? 0, { size, step });
    if (length === size && step === 1) return gradient;
    if (step === 1) return g.pad(gradient, { axes: [axis], before: [start], after: [size - start - length] });
    const places = g.ints(Array.from({ length }, (_, row) => start + row * step));
    return scatterAlong(g, gradient, { axis, size, places });
  }, dy);
  return [dx];
};

/** Where a slice begins: from the end when negative, and never outside. */
function firstPlace(from: number, { size, step }: { size: number; step: number }): number {
  const counted = from < 0 ? from + size : from;
  return Math.min(Math.max(counted, 0), step < 0 ? size - 1 : size);
}

// y = x[.., index, ..]: d x adds up d y at every index
const gather: GradientRule<"Gather"> = ({ g, x, dy, attributes }) => {
  const axis = axisOf(attributes.axis, x(0));
  const sizes = sizesOf(x(0));
  const size = sizes[axis] ?? 0;
  const flatIndices = g.reshape(g.cast(x(1), "int64"), [countOf(sizesOf(x(1)))]);
  const places = g.where(g.less(flatIndices, 0), g.add(flatIndices, size), flatIndices);
  const rows = g.reshape(dy, sizes.toSpliced(axis, 1, countOf(sizesOf(x(1)))));
  return [scatterAlong(g, rows, { axis, size, places }), undefined];
};

const mirrored = (place: number, size: number): number => {
  const period = Math.max(1, 2 * (size - 1));
  const within = ((place % period) + period) % period;
  return within < size ? within : period - within;
};
const sourceOfPadding = {
  reflect: mirrored,
  edge: (place: number, size: number) => Math.min(Math.max(place, 0), size - 1),
} as const;

// d of padding is cut off again; padding that repeats elements adds its gradient to them.
const pad: GradientRule<"Pad"> = ({ g, x, inputs, dy, attributes }) => {
  const axes = (numbersOf(inputs[3]) ?? [...x(0).dims.keys()]).map((axis) => axisOf(axis, x(0)));
  const pads = numbersOf(inputs[1]) ?? [];
  const sizes = sizesOf(x(0));
  const repeats = attributes.mode === "reflect" || attributes.mode === "edge" ? attributes.mode : undefined;
  const dx = axes.reduce((gradient, axis, i) => {
    const [size = 0, before = 0] = [sizes[axis], pads[i]];
    assert(before >= 0 && (pads[i + axes.length] ?? 0) >= 0, "negative padding cuts; use a slice");
    if (repeats === undefined) return g.slice(gradient, { axis, from: before, to: before + size });
    const places = Array.from({ length: sizesOf(gradient)[axis] ?? 0 }, (_, row) =>
      sourceOfPadding[repeats](row - before, size),
    );
    return scatterAlong(g, gradient, { axis, size, places: g.ints(places) });
  }, dy);
  // A constant's gradient is all that lies outside.
  const fill = inputs[2] && g.sub(g.reduceSum(dy, axesBut(dy), "drop"), g.reduceSum(dx, axesBut(dx), "drop"));
  return [dx, undefined, fill];
};

/** Rows of `data` that the index vectors [.., depth] name, counted in rows of data's first `depth` axes. */
function rowsNamed(g: Builder, indices: Value, sizes: readonly number[]): Value {
  const depth = sizesOf(indices).at(-1) ?? 0;
  const spans = Array.from({ length: depth }, (_, axis) => countOf(sizes.slice(axis + 1, depth)));
  const counted = g.where(g.less(indices, 0), g.add(indices, g.ints(sizes.slice(0, depth))), indices);
  return g.reduceSum(g.mul(counted, g.ints(spans)), [-1], "drop");
}

// y = data with updates put at, or added to, the rows named: d updates reads d y there; d data is d y, less what was replaced
const scatter: GradientRule<"ScatterND"> = ({ g, x, dy, attributes }) => {
  const { reduction } = attributes;
  assert(reduction === "none" || reduction === "add", `ScatterND with "${reduction}" has no gradient rule`);
  const sizes = sizesOf(x(0));
  const depth = sizesOf(x(1)).at(-1) ?? 0;
  const rows = g.reshape(dy, [countOf(sizes.slice(0, depth)), ...sizes.slice(depth)]);
  const updates = g.reshape(g.gather(rows, rowsNamed(g, x(1), sizes)), x(2).dims);
  const data = reduction === "add" ? dy : g.scatter(dy, x(1), zerosOf(g, dy, sizesOf(x(2))));
  return [data, undefined, updates];
};

// A block of b x b cells goes back to the channels it came from.
const depthToSpace: GradientRule<"DepthToSpace"> = ({ g, x, dy, attributes }) => {
  const { blocksize: b, mode } = attributes;
  const [n = 0, channels = 0, height = 0, width = 0] = sizesOf(x(0));
  const blocks = g.reshape(dy, [n, channels / (b * b), height, b, width, b]);
  const order = mode === "CRD" ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4];
  return [g.reshape(g.transpose(blocks, order), x(0).dims)];
};

export const layoutRules = {
  Reshape: likeInput,
  Flatten: likeInput,
  Transpose: ({ g, x, dy, attributes }) => {
    const order = attributes.perm ?? [...x(0).dims.keys()].toReversed();
    return [g.transpose(dy, inverse(order))];
  },
  // Each part takes its own piece back.
  Concat: ({ g, inputs, y, dy, attributes }) => {
    const axis = axisOf(attributes.axis, y);
    let to = 0;
    return inputs.map((part) => {
      const from = to;
      to += part ? (sizesOf(part)[axis] ?? 0) : 0;
      return g.slice(dy, { axis, from, to });
    });
  },
  // The pieces are joined again; one that the loss does not see counts as zeros.
  Split: ({ g, y, dys, outputs, attributes }) => [
    g.concat(
      outputs.map((part, i) => dys[i] ?? zerosOf(g, part, sizesOf(part))),
      axisOf(attributes.axis, y),
    ),
  ],
  Slice: slice,
  Gather: gather,
  Unsqueeze: likeInput,
  Squeeze: likeInput,
  // The walk sums over what was stretched.
  Expand: ({ dy }) => [dy],
  // d x sums over the repeats: [r₀ d₀, r₁ d₁, ..] seen as [r₀, d₀, r₁, d₁, ..]
  Tile: ({ g, x, inputs, dy }) => {
    const repeats = numbersOf(inputs[1]) ?? [];
    const apart = g.reshape(
      dy,
      sizesOf(x(0)).flatMap((size, axis) => [repeats[axis] ?? 1, size]),
    );
    return [
      g.reduceSum(
        apart,
        repeats.map((_, axis) => 2 * axis),
        "drop",
      ),
    ];
  },
  Pad: pad,
  Shape: sizesOnly,
  Size: sizesOnly,
  Range: flat("a count carries no gradient"),
  ConstantOfShape: sizesOnly,
  ScatterND: scatter,
  DepthToSpace: depthToSpace,
} as const satisfies FamilyRules;
