// Builder words for products, convolutions, norms and attention; and `layers`, which finds its weights by checkpoint key.
import type { Value } from "../graph/graph.ts";
import type { Emitter } from "./emitter.ts";

/** A number for both axes, or one for each axis, or (pads only) ONNX's [begin..., end...]. */
export type PerAxis = number | readonly number[];

export type ConvOptions = {
  readonly bias?: Value | undefined;
  readonly stride?: PerAxis;
  readonly padding?: PerAxis;
  readonly dilation?: PerAxis;
  readonly groups?: number;
};

const spread = (value: PerAxis, axes: number): readonly number[] =>
  typeof value === "number" ? Array.from({ length: axes }, () => value) : value;

/** Pads as ONNX wants them; [h, w] stands for [h, w, h, w]. */
const spreadPads = (value: PerAxis, axes: number): readonly number[] => {
  const pads = spread(value, typeof value === "number" ? 2 * axes : axes);
  return pads.length === axes ? [...pads, ...pads] : pads;
};

function slidingAttributes(axes: number, options: ConvOptions) {
  return {
    strides: spread(options.stride ?? 1, axes),
    pads: spreadPads(options.padding ?? 0, axes),
    dilations: spread(options.dilation ?? 1, axes),
    group: options.groups ?? 1,
  };
}

export type PoolOptions = Pick<ConvOptions, "stride" | "padding"> & { readonly kernel: PerAxis };

function poolAttributes(x: Value, options: PoolOptions) {
  const axes = x.dims.length - 2;
  const kernel = spread(options.kernel, axes);
  return { kernel_shape: kernel, strides: spread(options.stride ?? kernel, axes), pads: spreadPads(options.padding ?? 0, axes) };
}

export type ResizeOptions = {
  readonly mode: "nearest" | "linear";
  /** "asymmetric" with "nearest" is PyTorch's nearest; "half_pixel" with "linear" its bilinear without aligned corners. */
  readonly coordinates?: "asymmetric" | "half_pixel" | "align_corners";
};

export type GroupNormOptions = {
  readonly groups: number;
  readonly scale: Value;
  readonly bias: Value;
  readonly epsilon?: number;
  readonly activation?: "none" | "silu";
};

export type AttentionOptions = { readonly heads: number; readonly scale?: number; readonly bias?: Value };

const reductions = (e: Emitter) => {
  const along =
    (op: "ReduceSum" | "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceL2" | "ReduceSumSquare") =>
    (x: Value, axes: readonly number[], keep: "keep" | "drop" = "keep"): Value =>
      e.op(op, axes.length === 0 ? [x] : [x, e.ints(axes)], { keepdims: keep === "keep" ? 1 : 0 });
  return {
    reduceSum: along("ReduceSum"),
    reduceMean: along("ReduceMean"),
    reduceMax: along("ReduceMax"),
    reduceMin: along("ReduceMin"),
    reduceL2: along("ReduceL2"),
    reduceSumSquare: along("ReduceSumSquare"),
    argMax: (x: Value, axis: number, keep: "keep" | "drop" = "keep"): Value =>
      e.op("ArgMax", [x], { axis, keepdims: keep === "keep" ? 1 : 0 }),
    cumulativeSum: (x: Value, axis: number): Value => e.op("CumSum", [x, e.scalar("int64", axis)]),
    softmax: (x: Value, axis = -1): Value => e.op("Softmax", [x], { axis }),
    logSoftmax: (x: Value, axis = -1): Value => e.op("LogSoftmax", [x], { axis }),
  };
};

const products = (e: Emitter) => ({
  matMul: (a: Value, b: Value): Value => e.op("MatMul", [a, b]),
  gemm: (a: Value, b: Value, c: Value | undefined, attributes: { transA?: 0 | 1; transB?: 0 | 1; alpha?: number; beta?: number } = {}): Value =>
    e.op("Gemm", [a, b, c], attributes),
  einsum: (equation: string, ...values: readonly Value[]): Value => e.op("Einsum", values, { equation }),
  /** x W' + b over the last axis, W [out, in] as PyTorch keeps it. */
  linear: (x: Value, weight: Value, bias?: Value): Value => e.op("Linear", [x, weight, bias]),
  /** x [n, c, ...], w [m, c / groups, ...kernel]. */
  conv: (x: Value, w: Value, options: ConvOptions = {}): Value =>
    e.op("Conv", [x, w, options.bias], slidingAttributes(x.dims.length - 2, options)),
  convTranspose: (x: Value, w: Value, options: ConvOptions & { readonly outputPadding?: PerAxis } = {}): Value =>
    e.op("ConvTranspose", [x, w, options.bias], {
      ...slidingAttributes(x.dims.length - 2, options),
      output_padding: spread(options.outputPadding ?? 0, x.dims.length - 2),
    }),
  maxPool: (x: Value, options: PoolOptions): Value => e.op("MaxPool", [x], poolAttributes(x, options)),
  averagePool: (x: Value, options: PoolOptions): Value => e.op("AveragePool", [x], poolAttributes(x, options)),
  globalAveragePool: (x: Value): Value => e.op("GlobalAveragePool", [x]),
  /** Scales for every axis: [1, 1, 2, 2] doubles a picture. */
  resize: (x: Value, scales: readonly number[], { mode, coordinates }: ResizeOptions): Value =>
    e.op("Resize", [x, undefined, e.constant(floatVector(scales))], {
      mode,
      coordinate_transformation_mode: coordinates ?? (mode === "nearest" ? "asymmetric" : "half_pixel"),
      nearest_mode: "floor",
    }),
  gridSample: (x: Value, grid: Value, options: { readonly alignCorners?: 0 | 1; readonly padding?: "zeros" | "border" } = {}): Value =>
    e.op("GridSample", [x, grid], { align_corners: options.alignCorners ?? 0, padding_mode: options.padding ?? "zeros" }),
});

const floatVector = (values: readonly number[]) =>
  ({ dtype: "float32", dims: [values.length], data: Float32Array.from(values) }) as const;

const norms = (e: Emitter) => ({
  /** x [batch, channel, ...]: statistics per batch and group, over all axes after the channels. */
  groupNorm: (x: Value, { groups, scale, bias, epsilon = 1e-5, activation = "none" }: GroupNormOptions): Value =>
    e.op("GroupNormActivation", [x, scale, bias], { groups, epsilon, activation }),
  /** Over the last axis. */
  layerNorm: (x: Value, scale: Value, bias: Value | undefined, epsilon = 1e-5): Value =>
    e.op("LayerNormalization", [x, scale, bias], { epsilon }),
  instanceNorm: (x: Value, scale: Value, bias: Value, epsilon = 1e-5): Value =>
    e.op("InstanceNormalization", [x, scale, bias], { epsilon }),
  batchNorm: (
    x: Value,
    parameters: { readonly scale: Value; readonly bias: Value; readonly mean: Value; readonly variance: Value },
    epsilon = 1e-5,
  ): Value =>
    e.op("BatchNormalization", [x, parameters.scale, parameters.bias, parameters.mean, parameters.variance], { epsilon }),
  /** query [batch, queries, heads * size], key and value [batch, keys, heads * size] -> [batch, queries, heads * size]. */
  attention: (query: Value, key: Value, value: Value, { heads, scale, bias }: AttentionOptions): Value =>
    e.op("ScaledAttention", [query, key, value, bias], { heads, scale }),
});

/** Layers that take "NAME.weight" and "NAME.bias" of the checkpoint themselves; the bias only where there is one. */
const keyed = (e: Emitter) => {
  const bias = (at: Emitter) => (at.hasWeight("bias") ? at.weight("bias") : undefined);
  return {
    conv: (key: string, x: Value, options: Omit<ConvOptions, "bias"> = {}): Value => {
      const at = e.scope(key);
      return products(at).conv(x, at.weight("weight"), { ...options, bias: bias(at) });
    },
    linear: (key: string, x: Value): Value => {
      const at = e.scope(key);
      return products(at).linear(x, at.weight("weight"), bias(at));
    },
    groupNorm: (key: string, x: Value, options: Omit<GroupNormOptions, "scale" | "bias">): Value => {
      const at = e.scope(key);
      return norms(at).groupNorm(x, { ...options, scale: at.weight("weight"), bias: at.weight("bias") });
    },
    layerNorm: (key: string, x: Value, epsilon = 1e-5): Value => {
      const at = e.scope(key);
      return norms(at).layerNorm(x, at.weight("weight"), bias(at), epsilon);
    },
  };
};

export const layers = (e: Emitter) => ({ ...reductions(e), ...products(e), ...norms(e), layers: keyed(e) });
