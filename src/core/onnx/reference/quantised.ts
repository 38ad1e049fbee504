// Reference kernels of the 8-bit operators.
import type { DType } from "../../tensor/index.ts";
import type { quantisedOperators } from "../operators/quantised.ts";
import type { Dense } from "./dense.ts";
import { mapAll, mapOne } from "./dense.ts";
import { roundEven } from "./elementwise.ts";
import type { Kernels } from "./kernel.ts";
import { conv, matMul } from "./layers.ts";

type Name = keyof typeof quantisedOperators;

const zero: Dense = { dims: [], values: new Float64Array(1) };

/** The nearest element of an 8-bit type. */
const saturate = (dtype: DType | undefined, value: number): number =>
  dtype === "int8" ? Math.min(Math.max(value, -128), 127) : Math.min(Math.max(value, 0), 255);

/** A vector laid along `axis` of `rank` axes, so that it broadcasts there; scalars stay. */
function alongAxis(p: Dense, axis: number, rank: number): Dense {
  if (p.dims.length === 0) return p;
  const place = axis < 0 ? axis + rank : axis;
  return { dims: Array.from({ length: rank }, (_, i) => (i === place ? p.values.length : 1)), values: p.values };
}

/** Scale and zero point so that [min(0, x), max(0, x)] fills 0..255. */
export function dynamicRange(x: Dense): { readonly scale: number; readonly zeroPoint: number } {
  const low = x.values.reduce((a, b) => Math.min(a, b), 0);
  const high = x.values.reduce((a, b) => Math.max(a, b), 0);
  const scale = Math.fround((high - low) / 255);
  return { scale, zeroPoint: scale === 0 ? 0 : saturate("uint8", roundEven(-low / scale)) };
}

const quantised = (x: Dense, scale: number, zeroPoint: number): Dense =>
  mapOne(x, (value) => saturate("uint8", (scale === 0 ? 0 : roundEven(value / scale)) + zeroPoint));

const minus = (x: Dense, zeroPoint: Dense | undefined): Dense =>
  mapAll(x.dims, [x, zeroPoint ?? zero], (value = 0, z = 0) => value - z);

export const quantisedKernels: Kernels<Name> = {
  QuantizeLinear: ({ x, inputs, attributes, outputs, dims }) => {
    const spread = (p: Dense) => alongAxis(p, attributes.axis, dims.length);
    return mapAll(dims, [x(0), spread(x(1)), spread(inputs[2] ?? zero)], (value = 0, scale = 1, z = 0) =>
      saturate(outputs[0]?.dtype, roundEven(value / scale) + z),
    );
  },
  DequantizeLinear: ({ x, inputs, attributes, dims }) => {
    const spread = (p: Dense) => alongAxis(p, attributes.axis, dims.length);
    return mapAll(
      dims,
      [x(0), spread(x(1)), spread(inputs[2] ?? zero)],
      (value = 0, scale = 1, z = 0) => (value - z) * scale,
    );
  },
  DynamicQuantizeLinear: ({ x, dims }) => {
    const { scale, zeroPoint } = dynamicRange(x(0));
    return [
      { dims, values: quantised(x(0), scale, zeroPoint).values },
      { dims: [], values: Float64Array.of(scale) },
      { dims: [], values: Float64Array.of(zeroPoint) },
    ];
  },
  MatMulInteger: ({ x, inputs, dims }) => matMul(minus(x(0), inputs[2]), minus(x(1), inputs[3]), dims),
  QLinearConv: ({ x, inputs, attributes, outputs, dims }) => {
    const rank = dims.length;
    const perOutput = (p: Dense) => alongAxis(p, 0, rank);
    const w = mapAll(x(3).dims, [x(3), perOutput(x(5))], (value = 0, z = 0) => value - z);
    const sums = conv({ x: minus(x(0), x(2)), w, b: inputs[8], dims }, attributes, attributes.group);
    const scales = mapAll(dims, [x(1), alongAxis(x(4), 1, rank), x(6)], (xs = 1, ws = 1, ys = 1) => (xs * ws) / ys);
    return mapAll(dims, [sums, scales, x(7)], (sum = 0, scale = 1, z = 0) =>
      saturate(outputs[0]?.dtype, roundEven(sum * scale) + z),
    );
  },
  DynamicQuantizeMatMul: ({ x, inputs, dims }) => {
    const { scale, zeroPoint } = dynamicRange(x(0));
    const a = mapOne(quantised(x(0), scale, zeroPoint), (value) => value - zeroPoint);
    const product = matMul(a, minus(x(1), inputs[3]), dims);
    return mapAll(
      dims,
      [product, x(2), inputs[4] ?? zero],
      (value = 0, bScale = 1, bias = 0) => value * scale * bScale + bias,
    );
  },
  MatMulIntegerToFloat: ({ x, inputs, dims }) => {
    const sums = matMul(minus(x(0), inputs[4]), minus(x(1), inputs[5]), dims);
    const scaled = mapAll(dims, [sums, x(2), x(3)], (sum = 0, a = 1, b = 1) => sum * a * b);
    return mapAll(dims, [scaled, inputs[6] ?? zero], (value = 0, bias = 0) => value + bias);
  },
};
