// Operators with learned weights or windows: convolutions, products, pooling, resizing, sampling.
import type { Dim } from "../graph/dim.ts";
import { addDims, multiplyDims, printDims } from "../graph/dim.ts";
import { allDTypes, floatTypes, numberTypes } from "../graph/dtype.ts";
import type { Call, Inferred } from "./operator.ts";
import { may, need, operator, or } from "./operator.ts";
import { matMulDims, one, optionalNumbers, scaleDim, windowDims } from "./shapes.ts";

const sliding = {
  auto_pad: or("string", "NOTSET"),
  dilations: may("ints"),
  kernel_shape: may("ints"),
  pads: may("ints"),
  strides: may("ints"),
} as const;

type Sliding = {
  readonly auto_pad: string;
  readonly dilations: readonly number[] | undefined;
  readonly kernel_shape: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
};

const numeric = (call: Call<unknown>, dims: readonly Dim[]): readonly number[] =>
  dims.map((size) =>
    typeof size === "number" ? size : call.fail(`its kernel must have fixed sizes, not ${printDims(dims)}`),
  );

/** X [n, c, ...], W [m, c / group, ...kernel] -> [n, m, ...]. Shared with the quantised convolutions. */
export function convDims(
  call: Call<Sliding & { readonly group: number }>,
  x: readonly Dim[],
  w: readonly Dim[],
): readonly Dim[] {
  const { attributes } = call;
  if (x.length < 3 || w.length !== x.length)
    return call.fail(`${printDims(x)} and ${printDims(w)} must have equal rank of 3 or more`);
  call.same(x[1] ?? 0, multiplyDims(w[1] ?? 0, attributes.group), "channels of the picture and of the kernel");
  const kernel = numeric(call, w.slice(2));
  const spatial = windowDims(call, x.slice(2), {
    kernel,
    pads: attributes.pads,
    strides: attributes.strides,
    dilations: attributes.dilations,
    autoPad: attributes.auto_pad,
  });
  return [x[0] ?? 0, w[0] ?? 0, ...spatial];
}

/** X [n, c, ...], W [c, m / group, ...kernel]; out = (in - 1) * stride + extra + dilation * (kernel - 1) + 1 - pads. */
function convTransposeDims(
  call: Call<Sliding & { readonly group: number; readonly output_padding: readonly number[] | undefined }>,
): readonly Inferred[] {
  const [x, w, { attributes }] = [call.dims(0), call.dims(1), call];
  call.same(x[1] ?? 0, w[0] ?? 0, "channels of the picture and of the kernel");
  const kernel = numeric(call, w.slice(2));
  const spatial = x.slice(2).map((size, axis) => {
    const stride = attributes.strides?.[axis] ?? 1;
    const padding = (attributes.pads?.[axis] ?? 0) + (attributes.pads?.[axis + kernel.length] ?? 0);
    const reach = (attributes.dilations?.[axis] ?? 1) * ((kernel[axis] ?? 1) - 1) + 1;
    const extra = attributes.output_padding?.[axis] ?? 0;
    return addDims(multiplyDims(addDims(size, -1), stride), extra + reach - padding);
  });
  return one([x[0] ?? 0, multiplyDims(w[1] ?? 0, attributes.group), ...spatial]);
}

function poolDims(call: Call<Sliding & { readonly ceil_mode: number }>): readonly Dim[] {
  const [x, { attributes }] = [call.dims(0), call];
  const spatial = windowDims(call, x.slice(2), {
    kernel: attributes.kernel_shape ?? [],
    pads: attributes.pads,
    strides: attributes.strides,
    dilations: attributes.dilations,
    autoPad: attributes.auto_pad,
    roundUp: attributes.ceil_mode === 1,
  });
  return [...x.slice(0, 2), ...spatial];
}

const turn = (dims: readonly Dim[], turned: number) => (turned === 1 ? dims.toReversed() : dims);

function gemmDims(call: Call<{ readonly transA: number; readonly transB: number }>): readonly Inferred[] {
  const [a, b] = [turn(call.dims(0), call.attributes.transA), turn(call.dims(1), call.attributes.transB)];
  if (a.length !== 2 || b.length !== 2) return call.fail("both factors must be matrices");
  return one(matMulDims(call, a, b));
}

function resizeDims(call: Call<{ readonly axes: readonly number[] | undefined }>): readonly Inferred[] {
  const dims = [...call.dims(0)];
  const axes = call.attributes.axes ?? dims.map((_, axis) => axis);
  const sizes = call.inputs[3] === undefined ? undefined : call.elements(3);
  const scales = sizes === undefined ? optionalNumbers(call, 2) : undefined;
  if (sizes === undefined && scales === undefined) return call.fail("either scales or sizes must be given");
  axes.forEach((axis, i) => {
    dims[axis] = sizes === undefined ? scaleDim(dims[axis] ?? 0, scales?.[i] ?? 1) : (sizes[i] ?? 0);
  });
  return one(dims);
}

/** "ab,bc->ac": every letter one size; each letter of the result must occur on the left. */
function einsumDims(call: Call<{ readonly equation: string }>): readonly Inferred[] {
  const [left = "", right] = call.attributes.equation.replaceAll(" ", "").split("->");
  if (right === undefined || left.includes(".")) return call.fail("only equations with -> and without ... are known");
  const sizes = new Map<string, Dim>();
  left.split(",").forEach((letters, index) => {
    const dims = call.dims(index);
    if (letters.length !== dims.length) call.fail(`"${letters}" does not name the axes of ${printDims(dims)}`);
    letters.split("").forEach((letter, axis) => {
      const size = dims[axis] ?? 0;
      sizes.set(letter, call.same(sizes.get(letter) ?? size, size, `the two sizes of "${letter}"`));
    });
  });
  return one(right.split("").map((letter) => sizes.get(letter) ?? call.fail(`"${letter}" is not on the left`)));
}

export const layerOperators = {
  Conv: operator("X: T, W: T, B?: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { ...sliding, group: or("int", 1) },
    infer: (call) => one(convDims(call, call.dims(0), call.dims(1))),
  }),
  ConvTranspose: operator("X: T, W: T, B?: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { ...sliding, group: or("int", 1), output_padding: may("ints") },
    infer: convTransposeDims,
  }),
  MatMul: operator("A: T, B: T -> Y: T", {
    types: { T: numberTypes },
    infer: (call) => one(matMulDims(call, call.dims(0), call.dims(1))),
  }),
  /** alpha A B + beta C, A and B turned as asked. */
  Gemm: operator("A: T, B: T, C?: T -> Y: T", {
    types: { T: numberTypes },
    attributes: { alpha: or("float", 1), beta: or("float", 1), transA: or("int", 0), transB: or("int", 0) },
    infer: gemmDims,
  }),
  Einsum: operator("Inputs*: T -> Output: T", {
    types: { T: numberTypes },
    attributes: { equation: need("string") },
    infer: einsumDims,
  }),
  MaxPool: operator("X: T -> Y: T", {
    types: { T: numberTypes },
    attributes: { ...sliding, ceil_mode: or("int", 0), storage_order: or("int", 0) },
    infer: (call) => one(poolDims(call)),
  }),
  AveragePool: operator("X: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { ...sliding, ceil_mode: or("int", 0), count_include_pad: or("int", 0) },
    infer: (call) => one(poolDims(call)),
  }),
  GlobalAveragePool: operator("X: T -> Y: T", {
    types: { T: floatTypes },
    infer: (call) => one(call.dims(0).map((size, axis) => (axis < 2 ? size : 1))),
  }),
  Resize: operator("X: T, roi?: R, scales?: float32, sizes?: int64 -> Y: T", {
    types: { T: numberTypes, R: floatTypes },
    attributes: {
      antialias: or("int", 0),
      axes: may("ints"),
      coordinate_transformation_mode: or("string", "half_pixel"),
      cubic_coeff_a: or("float", -0.75),
      exclude_outside: or("int", 0),
      extrapolation_value: or("float", 0),
      keep_aspect_ratio_policy: or("string", "stretch"),
      mode: or("string", "nearest"),
      nearest_mode: or("string", "round_prefer_floor"),
    },
    infer: resizeDims,
  }),
  /** X [n, c, h, w], grid [n, h', w', 2] with x then y in -1..1 -> [n, c, h', w']. */
  GridSample: operator("X: T, grid: G -> Y: T", {
    types: { T: allDTypes, G: floatTypes },
    attributes: { align_corners: or("int", 0), mode: or("string", "linear"), padding_mode: or("string", "zeros") },
    infer: (call) => one([...call.dims(0).slice(0, 2), ...call.dims(1).slice(1, -1)]),
  }),
};
