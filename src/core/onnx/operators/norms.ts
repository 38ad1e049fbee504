// Operators that look along axes: reductions, softmax, normalisations, running sums.
import { allDTypes, floatTypes, numberTypes } from "../graph/dtype.ts";
import type { DType } from "../../tensor/index.ts";
import type { Call } from "./operator.ts";
import { need, or, operator } from "./operator.ts";
import { axisIndex, likeFirst, one, optionalNumbers, reducedDims } from "./shapes.ts";

const reduction = (types: readonly DType[]) =>
  operator("data: T, axes?: int64 -> reduced: T", {
    types: { T: types },
    attributes: { keepdims: or("int", 1), noop_with_empty_axes: or("int", 0) },
    infer: (call) =>
      one(
        reducedDims(call, call.dims(0), {
          axes: optionalNumbers(call, 1) ?? [],
          keep: call.attributes.keepdims === 1,
          emptyMeansNone: call.attributes.noop_with_empty_axes === 1,
        }),
      ),
  });

const softmax = operator("input: T -> output: T", {
  types: { T: floatTypes },
  attributes: { axis: or("int", -1) },
  infer: (call) => {
    axisIndex(call, call.attributes.axis, call.dims(0).length);
    return likeFirst(call);
  },
});

const argument = operator("data: T -> reduced: int64", {
  types: { T: numberTypes },
  attributes: { axis: or("int", 0), keepdims: or("int", 1), select_last_index: or("int", 0) },
  infer: (call) =>
    one(reducedDims(call, call.dims(0), { axes: [call.attributes.axis], keep: call.attributes.keepdims === 1 })),
});

/** Per-channel parameters have one number for each channel, axis 1. */
function likeChannels(call: Call<unknown>, ...parameters: readonly number[]) {
  for (const index of parameters)
    call.same(call.dims(index)[0] ?? 0, call.dims(0)[1] ?? 0, `parameters of input ${index} and channels`);
  return likeFirst(call);
}

export const normOperators = {
  Softmax: softmax,
  LogSoftmax: softmax,
  ReduceSum: reduction(numberTypes),
  ReduceMean: reduction(floatTypes),
  ReduceMax: reduction(numberTypes),
  ReduceMin: reduction(numberTypes),
  ReduceProd: reduction(numberTypes),
  ReduceL1: reduction(floatTypes),
  ReduceL2: reduction(floatTypes),
  ReduceSumSquare: reduction(floatTypes),
  ArgMax: argument,
  ArgMin: argument,
  CumSum: operator("x: T, axis: int64 -> y: T", {
    types: { T: numberTypes },
    attributes: { exclusive: or("int", 0), reverse: or("int", 0) },
    infer: likeFirst,
  }),
  /** Mean and variance over the axes from `axis` on; scale and bias over those axes. */
  LayerNormalization: operator("X: T, Scale: T, B?: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { axis: or("int", -1), epsilon: or("float", 1e-5), stash_type: or("int", 1) },
    infer: (call) => {
      const axis = axisIndex(call, call.attributes.axis, call.dims(0).length);
      call
        .dims(0)
        .slice(axis)
        .forEach((size, i) => call.same(size, call.dims(1)[i] ?? 1, `normalised axis ${axis + i}`));
      return likeFirst(call);
    },
  }),
  InstanceNormalization: operator("input: T, scale: T, B: T -> output: T", {
    types: { T: floatTypes },
    attributes: { epsilon: or("float", 1e-5) },
    infer: (call) => likeChannels(call, 1, 2),
  }),
  GroupNormalization: operator("X: T, scale: T, bias: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { epsilon: or("float", 1e-5), num_groups: need("int"), stash_type: or("int", 1) },
    infer: (call) => likeChannels(call, 1, 2),
  }),
  /** Inference form: running mean and variance are given. */
  BatchNormalization: operator("X: T, scale: T, B: T, input_mean: T, input_var: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { epsilon: or("float", 1e-5), momentum: or("float", 0.9), training_mode: or("int", 0) },
    infer: (call) => likeChannels(call, 1, 2, 3, 4),
  }),
  LpNormalization: operator("input: T -> output: T", {
    types: { T: floatTypes },
    attributes: { axis: or("int", -1), p: or("int", 2) },
    infer: likeFirst,
  }),
  Dropout: operator("data: T, ratio?: R, training_mode?: bool -> output: T", {
    types: { T: floatTypes, R: allDTypes },
    attributes: { seed: or("int", 0) },
    infer: likeFirst,
  }),
};
