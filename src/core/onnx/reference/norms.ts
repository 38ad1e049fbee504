// Reference kernels of reductions, softmax, normalisations and running sums.
import type { normOperators } from "../operators/norms.ts";
import type { Dense } from "./dense.ts";
import { changeAxes, foldAxes, mapAll, mapOne, meanOf, normalised, sumOf } from "./dense.ts";
import type { KernelCall, Kernels } from "./kernel.ts";

type Name = keyof typeof normOperators;

const reduction =
  (fold: (group: Float64Array) => number) =>
  ({ x, inputs, attributes, dims }: KernelCall<"ReduceSum">): Dense => {
    const given = [...(inputs[1]?.values ?? [])];
    if (given.length === 0 && attributes.noop_with_empty_axes === 1) return x(0);
    const rank = x(0).dims.length;
    const axes = given.length === 0 ? [...x(0).dims.keys()] : given.map((axis) => (axis < 0 ? axis + rank : axis));
    return { dims, values: foldAxes(x(0), axes, fold).values };
  };

const argument =
  (better: (a: number, b: number) => boolean) =>
  ({ x, attributes, dims }: KernelCall<"ArgMax">): Dense => {
    const axis = attributes.axis < 0 ? attributes.axis + x(0).dims.length : attributes.axis;
    const last = attributes.select_last_index === 1;
    const best = (group: Float64Array): number =>
      group.reduce((winner, value, i) => {
        const held = group[winner] ?? 0;
        return better(value, held) || (last && value === held) ? i : winner;
      }, 0);
    return { dims, values: foldAxes(x(0), [axis], best).values };
  };

/** Largest element taken out first, so that no exponential overflows. */
export function softmaxOf(group: Float64Array): Float64Array {
  const largest = group.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = group.map((value) => Math.exp(value - largest));
  const sum = sumOf(powers);
  return powers.map((power) => power / sum);
}

const along = (x: Dense, axis: number, change: (group: Float64Array) => Float64Array): Dense =>
  changeAxes(x, [axis < 0 ? axis + x.dims.length : axis], change);

/** Per-channel scale and bias, channels on axis 1. */
export function affineChannels(x: Dense, scale: Dense, bias: Dense): Dense {
  const spread = (p: Dense): Dense => ({ dims: [p.values.length, ...x.dims.slice(2).map(() => 1)], values: p.values });
  return mapAll(x.dims, [x, spread(scale), spread(bias)], (value = 0, s = 1, b = 0) => value * s + b);
}

/** Normalised per (batch, group) over the group's channels and all axes after them. */
export function groupNormalised(x: Dense, groups: number, epsilon: number): Dense {
  const [n = 1] = x.dims;
  const grouped = { dims: [n, groups, x.values.length / (n * groups)], values: x.values };
  return { dims: x.dims, values: changeAxes(grouped, [2], (group) => normalised(group, epsilon)).values };
}

export function layerNormalised(x: Dense, axis: number, epsilon: number): Dense {
  const first = axis < 0 ? axis + x.dims.length : axis;
  const axes = [...x.dims.keys()].slice(first);
  return changeAxes(x, axes, (group) => normalised(group, epsilon));
}

export function affineLast(x: Dense, scale: Dense, bias: Dense | undefined): Dense {
  const zero: Dense = { dims: [], values: new Float64Array(1) };
  return mapAll(x.dims, [x, scale, bias ?? zero], (value = 0, s = 1, b = 0) => value * s + b);
}

function runningSum({ x, attributes }: KernelCall<"CumSum">): Dense {
  return along(x(0), x(1).values[0] ?? 0, (group) => {
    const ordered = attributes.reverse === 1 ? group.toReversed() : group;
    let total = 0;
    const sums = ordered.map((value) => {
      const before = total;
      total += value;
      return attributes.exclusive === 1 ? before : total;
    });
    return attributes.reverse === 1 ? sums.toReversed() : sums;
  });
}

export const normKernels: Kernels<Name> = {
  Softmax: ({ x, attributes }) => along(x(0), attributes.axis, softmaxOf),
  LogSoftmax: ({ x, attributes }) => mapOne(along(x(0), attributes.axis, softmaxOf), Math.log),
  ReduceSum: reduction(sumOf),
  ReduceMean: reduction(meanOf),
  ReduceMax: reduction((group) => group.reduce((a, b) => Math.max(a, b), -Infinity)),
  ReduceMin: reduction((group) => group.reduce((a, b) => Math.min(a, b), Infinity)),
  ReduceProd: reduction((group) => group.reduce((a, b) => a * b, 1)),
  ReduceL1: reduction((group) => sumOf(group.map(Math.abs))),
  ReduceL2: reduction((group) => Math.sqrt(sumOf(group.map((value) => value * value)))),
  ReduceSumSquare: reduction((group) => sumOf(group.map((value) => value * value))),
  ArgMax: argument((a, b) => a > b),
  ArgMin: argument((a, b) => a < b),
  CumSum: runningSum,
  LayerNormalization: ({ x, inputs, attributes }) =>
    affineLast(layerNormalised(x(0), attributes.axis, attributes.epsilon), x(1), inputs[2]),
  InstanceNormalization: ({ x, attributes }) =>
    affineChannels(groupNormalised(x(0), x(0).dims[1] ?? 1, attributes.epsilon), x(1), x(2)),
  GroupNormalization: ({ x, attributes }) =>
    affineChannels(groupNormalised(x(0), attributes.num_groups, attributes.epsilon), x(1), x(2)),
  BatchNormalization: ({ x, attributes }) => {
    const deviation = mapOne(x(4), (variance) => Math.sqrt(variance + attributes.epsilon));
    const scale = mapAll(x(1).dims, [x(1), deviation], (s = 1, d = 1) => s / d);
    const bias = mapAll(x(1).dims, [x(2), x(3), scale], (b = 0, mean = 0, s = 1) => b - mean * s);
    return affineChannels(x(0), scale, bias);
  },
  LpNormalization: ({ x, attributes }) =>
    along(x(0), attributes.axis, (group) => {
      const size = sumOf(group.map((value) => Math.abs(value) ** attributes.p)) ** (1 / attributes.p);
      return group.map((value) => value / size);
    }),
  Dropout: ({ x }) => x(0),
};
