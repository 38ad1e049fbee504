// Gradient rules of operators that look along axes: reductions, softmax, normalisations, running sums.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import type { FamilyRules, GradientRule, GradientSite } from "./rule.ts";
import { flat } from "./rule.ts";
import { axesBut, axisOf, countOf, numbersOf, sizesOf } from "./sizes.ts";

export type Normalised = {
  /** x̂ = (x − mean) / √(variance + ε) over `axes`. */
  readonly normal: Value;
  /** dx̂ -> dx = (dx̂ − mean(dx̂) − x̂ mean(dx̂ x̂)) / √(variance + ε) (Ba, Kiros & Hinton 2016, section 3). */
  readonly back: (dNormal: Value) => Value;
};

export function normalised(
  g: Builder,
  x: Value,
  { axes, epsilon }: { axes: readonly number[]; epsilon: number },
): Normalised {
  const mean = (value: Value) => g.reduceMean(value, axes);
  const centred = g.sub(x, mean(x));
  const inverse = g.reciprocal(g.sqrt(g.add(mean(g.mul(centred, centred)), epsilon)));
  const normal = g.mul(centred, inverse);
  const back = (dNormal: Value) =>
    g.mul(inverse, g.sub(g.sub(dNormal, mean(dNormal)), g.mul(normal, mean(g.mul(dNormal, normal)))));
  return { normal, back };
}

/** [c] as [c, 1, ...], which stretches over [n, c, ...]. */
const overChannels = (g: Builder, parameter: Value, rank: number): Value =>
  g.reshape(parameter, [...sizesOf(parameter), ...Array.from({ length: rank - 2 }, () => 1)]);

/** y = s x̂ + b per channel with statistics per (batch, group): dx, ds = Σ dy x̂, db = Σ dy. `slope` makes dz of x̂ s + b. */
export function groupNormGradient(
  g: Builder,
  { x, scale, bias, dy }: { x: Value; scale: Value; bias: Value; dy: Value },
  { groups, epsilon, dz = () => dy }: { groups: number; epsilon: number; dz?: (z: Value) => Value },
): readonly Value[] {
  const [sizes, rank] = [sizesOf(x), x.dims.length];
  const byGroup = (value: Value) => g.reshape(value, [sizes[0] ?? 1, groups, -1]);
  const statistics = normalised(g, byGroup(x), { axes: [2], epsilon });
  const normal = g.reshape(statistics.normal, sizes);
  const scales = overChannels(g, scale, rank);
  const d = dz(g.add(g.mul(normal, scales), overChannels(g, bias, rank)));
  const perChannel = (value: Value) => g.reduceSum(value, axesBut(x, 1), "drop");
  const dx = g.reshape(statistics.back(byGroup(g.mul(d, scales))), sizes);
  return [dx, perChannel(g.mul(d, normal)), perChannel(d)];
}

type Reduction =
  | "ReduceSum"
  | "ReduceMean"
  | "ReduceMax"
  | "ReduceMin"
  | "ReduceProd"
  | "ReduceL1"
  | "ReduceL2"
  | "ReduceSumSquare";

/** The axes that a reduction went over, and its result and gradient with those axes kept as 1. */
function reduced({ g, x, inputs, y, dy, attributes }: GradientSite<Reduction>) {
  const named = numbersOf(inputs[1]) ?? [];
  const none = named.length === 0 && attributes.noop_with_empty_axes === 1;
  assert(!none, "a reduction over no axes reads differently in each runtime and has no gradient rule");
  const axes = named.length === 0 ? axesBut(x(0)) : named.map((axis) => axisOf(axis, x(0)));
  const kept = sizesOf(x(0)).map((size, axis) => (axes.includes(axis) ? 1 : size));
  return { axes, y: g.reshape(y, kept), dy: g.reshape(dy, kept) };
}

// y = Σ x: dx = dy everywhere
const sum: GradientRule<"ReduceSum"> = (site) => [site.g.expand(reduced(site).dy, site.x(0).dims)];

// y = Σ x / n
const mean: GradientRule<"ReduceMean"> = (site) => {
  const { axes, dy } = reduced(site);
  const sizes = sizesOf(site.x(0));
  const count = countOf(axes.map((axis) => sizes[axis] ?? 1));
  return [site.g.expand(site.g.div(dy, count), sizes)];
};

// y = max x: dx = dy where x = y, in equal shares where several reach it. The same with min.
const extremum: GradientRule<"ReduceMax" | "ReduceMin"> = (site) => {
  const { g, x } = site;
  const { axes, y, dy } = reduced(site);
  const hits = g.cast(g.equal(x(0), y), dy.dtype);
  return [g.mul(hits, g.div(dy, g.reduceSum(hits, axes)))];
};

/** Smaller than any length that matters and larger than 0: keeps 0 / 0 from happening. */
const tiny = 1e-30;

// y = √Σ x²: dx = dy x / y; the subgradient at the origin is 0
const length: GradientRule<"ReduceL2"> = (site) => {
  const { y, dy } = reduced(site);
  const { g, x } = site;
  return [g.mul(x(0), g.div(dy, g.max(y, tiny)))];
};

// y = softmax(x): dx = y (dy − Σ dy y)
const softmax: GradientRule<"Softmax"> = ({ g, y, dy, attributes }) => {
  const weighted = g.mul(dy, y);
  return [g.sub(weighted, g.mul(y, g.reduceSum(weighted, [attributes.axis])))];
};

// y = x − ln Σ eˣ: dx = dy − eʸ Σ dy
const logSoftmax: GradientRule<"LogSoftmax"> = ({ g, y, dy, attributes }) => [
  g.sub(dy, g.mul(g.exp(y), g.reduceSum(dy, [attributes.axis]))),
];

// y = s x̂ + b over the axes from `axis` on; s and b are shared by all rows
const layerNorm: GradientRule<"LayerNormalization"> = ({ g, x, inputs, dy, attributes }) => {
  const first = axisOf(attributes.axis, x(0));
  const axes = [...x(0).dims.keys()].slice(first);
  const { normal, back } = normalised(g, x(0), { axes, epsilon: attributes.epsilon });
  // The walk sums scale and bias over the rows.
  return [back(g.mul(dy, x(1))), g.mul(dy, normal), inputs[2] && dy];
};

// y = s (x − μ) / √(v + ε) + b per channel, μ and v given
const batchNorm: GradientRule<"BatchNormalization"> = ({ g, x, dy, attributes }) => {
  const parameter = (index: number) => overChannels(g, x(index), x(0).dims.length);
  const perChannel = (value: Value) => g.reduceSum(value, axesBut(x(0), 1), "drop");
  const inverse = g.reciprocal(g.sqrt(g.add(parameter(4), attributes.epsilon)));
  const normal = g.mul(g.sub(x(0), parameter(3)), inverse);
  const dx = g.mul(dy, g.mul(parameter(1), inverse));
  // d (v + ε)^(−1/2) = −½ (v + ε)^(−3/2) dv
  const dVariance = g.mul(-0.5, g.mul(g.mul(dx, normal), inverse));
  return [dx, perChannel(g.mul(dy, normal)), perChannel(dy), g.neg(perChannel(dx)), perChannel(dVariance)];
};

// y = x / ‖x‖_p, d‖x‖ = y dx (p = 2) or sign(x) dx (p = 1): dx = (dy − d‖x‖ Σ dy y) / ‖x‖
const unitLength: GradientRule<"LpNormalization"> = ({ g, x, y, dy, attributes }) => {
  const { axis, p } = attributes;
  assert(p === 1 || p === 2, `a norm of order ${p} has no gradient rule`);
  const size = p === 2 ? g.reduceL2(x(0), [axis]) : g.reduceSum(g.abs(x(0)), [axis]);
  const slope = p === 2 ? y : g.sign(x(0));
  return [g.div(g.sub(dy, g.mul(slope, g.reduceSum(g.mul(dy, y), [axis]))), g.max(size, tiny))];
};

const place = flat("a place is a whole number");

export const normRules = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: extremum,
  ReduceMin: extremum,
  // y = Π x: dx = dy y / x, for x without zeros
  ReduceProd: (site) => {
    const { y, dy } = reduced(site);
    return [site.g.div(site.g.mul(dy, y), site.x(0))];
  },
  // y = Σ |x|
  ReduceL1: (site) => [site.g.mul(site.g.sign(site.x(0)), reduced(site).dy)],
  ReduceL2: length,
  // y = Σ x²: dx = 2 x dy
  ReduceSumSquare: (site) => [site.g.mul(site.g.mul(2, site.x(0)), reduced(site).dy)],
  ArgMax: place,
  ArgMin: place,
  // y_i = Σ x_j up to i: dx_j = Σ dy_i from j on, the running sum from the other end
  CumSum: ({ g, x, dy, attributes }) => {
    const { exclusive, reverse } = attributes;
    return [g.op("CumSum", [dy, x(1)], { exclusive, reverse: 1 - reverse }), undefined];
  },
  LayerNormalization: layerNorm,
  // One channel, one group.
  InstanceNormalization: ({ g, x, dy, attributes }) =>
    groupNormGradient(
      g,
      { x: x(0), scale: x(1), bias: x(2), dy },
      { groups: sizesOf(x(0))[1] ?? 1, epsilon: attributes.epsilon },
    ),
  GroupNormalization: ({ g, x, dy, attributes }) =>
    groupNormGradient(
      g,
      { x: x(0), scale: x(1), bias: x(2), dy },
      { groups: attributes.num_groups, epsilon: attributes.epsilon },
    ),
  BatchNormalization: batchNorm,
  LpNormalization: unitLength,
  // Our sessions leave Dropout out, as inference does; a network that drops multiplies by a mask that is an input.
  Dropout: ({ dy }) => [dy],
} as const satisfies FamilyRules;
