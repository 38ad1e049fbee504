// The gradient of Resize: along each axis a resize is a matrix, and its gradient the same matrix turned.
import { assert } from "../../../shared/failure/index.ts";
import type { AttributeValues, Builder, Value } from "../../onnx/index.ts";
import type { GradientRule } from "./rule.ts";
import { numbersLike, sizesOf } from "./sizes.ts";

type Attributes = AttributeValues<"Resize">;
type Axis = { readonly size: number; readonly resized: number; readonly scale: number };

/** Where in the old axis an element of the new one lies, by the coordinate modes of the ONNX standard. */
const sourcePlaces: Readonly<Record<string, (at: number, axis: Axis) => number>> = {
  asymmetric: (at, { scale }) => at / scale,
  half_pixel: (at, { scale }) => (at + 0.5) / scale - 0.5,
  pytorch_half_pixel: (at, { scale, resized }) => (resized > 1 ? (at + 0.5) / scale - 0.5 : 0),
  align_corners: (at, { size, resized }) => (resized > 1 ? (at * (size - 1)) / (resized - 1) : 0),
};

const roundings: Readonly<Record<string, (place: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
};

/** The old elements that one new element is made of, each with its weight. */
function sourcesOf(at: number, axis: Axis, attributes: Attributes): readonly (readonly [number, number])[] {
  const { coordinate_transformation_mode: coordinates, nearest_mode: nearest, mode } = attributes;
  const place = sourcePlaces[coordinates]?.(at, axis);
  const rounding = roundings[nearest];
  const cut = (index: number) => Math.min(Math.max(index, 0), axis.size - 1);
  assert(place !== undefined && rounding !== undefined, `Resize by ${coordinates}, ${nearest} has no gradient rule`);
  if (mode === "nearest") return [[cut(rounding(place)), 1]];
  const low = Math.floor(place);
  return [
    [cut(low), 1 - (place - low)],
    [cut(low + 1), place - low],
  ];
}

/** Every new element copies one old one, in blocks of equal length: a whole-numbered enlargement. */
function blockLength(
  sources: readonly (readonly (readonly [number, number])[])[],
  { size, resized }: Axis,
): number | undefined {
  const length = resized / size;
  const isBlock = sources.every((all, at) => all.length === 1 && all[0]?.[0] === Math.floor(at / length));
  return Number.isInteger(length) && isBlock ? length : undefined;
}

/** d x along one axis: sums over blocks where elements were repeated, else a product with the turned matrix. */
function alongAxis(
  g: Builder,
  dy: Value,
  { index, axis, attributes }: { index: number; axis: Axis; attributes: Attributes },
): Value {
  const sources = Array.from({ length: axis.resized }, (_, at) => sourcesOf(at, axis, attributes));
  const sizes = sizesOf(dy);
  const length = blockLength(sources, axis);
  if (length !== undefined)
    return g.reduceSum(g.reshape(dy, sizes.toSpliced(index, 1, axis.size, length)), [index + 1], "drop");
  const matrix = new Float32Array(axis.resized * axis.size);
  sources.forEach((all, at) => {
    for (const [from, weight] of all) matrix[at * axis.size + from] = (matrix[at * axis.size + from] ?? 0) + weight;
  });
  const order = [...sizes.keys()].toSpliced(index, 1);
  const back = sizes.map((_, at) => [...order, index].indexOf(at));
  const rows = g.transpose(dy, [...order, index]);
  return g.transpose(g.matMul(rows, numbersLike(g, dy, [axis.resized, axis.size], matrix)), back);
}

// y = M x along each axis: dx = M' dy
export const resizeGradient: GradientRule<"Resize"> = ({ g, x, inputs, y, dy, attributes }) => {
  assert(
    attributes.mode !== "cubic" && attributes.antialias === 0,
    "cubic and antialiased resizing have no gradient rule",
  );
  const [before, after] = [sizesOf(x(0)), sizesOf(y)];
  const axes = attributes.axes ?? [...before.keys()];
  const dx = axes.reduce((gradient, index, i) => {
    const [size = 0, resized = 0] = [before[index], after[index]];
    if (size === resized) return gradient;
    const given = inputs[2]?.elements?.[i];
    const scale = typeof given === "number" ? given : resized / size;
    return alongAxis(g, gradient, { index, axis: { size, resized, scale }, attributes });
  }, dy);
  return [dx];
};
