// Operators over 8-bit integers. u8 activations with s8 weights is the one pairing that is fast on a CPU.
import { floatTypes } from "../graph/dtype.ts";
import type { DType } from "../../tensor/index.ts";
import type { Call } from "./operator.ts";
import { may, operator, or } from "./operator.ts";
import { convDims } from "./layers.ts";
import { likeFirst, matMulDims, one } from "./shapes.ts";

const bytes: readonly DType[] = ["uint8", "int8"];

const product = (call: Call<unknown>, a: number, b: number) => one(matMulDims(call, call.dims(a), call.dims(b)));

export const quantisedOperators = {
  /** y = saturate(round(x / scale) + zero point); per channel along `axis` when the scale is a vector. */
  QuantizeLinear: operator("x: T, y_scale: T, y_zero_point?: Q -> y: Q", {
    types: { T: floatTypes, Q: bytes },
    attributes: { axis: or("int", 1), block_size: or("int", 0), output_dtype: or("int", 0), saturate: or("int", 1) },
    infer: (call) => [{ dims: call.dims(0), dtype: call.inputs[2]?.dtype ?? "uint8" }],
  }),
  DequantizeLinear: operator("x: Q, x_scale: T, x_zero_point?: Q -> y: T", {
    types: { Q: [...bytes, "int32"], T: floatTypes },
    attributes: { axis: or("int", 1), block_size: or("int", 0) },
    infer: likeFirst,
  }),
  /** Scale and zero point of a whole tensor, so that its range and 0 fit into uint8. */
  DynamicQuantizeLinear: operator("x: float32 -> y: uint8, y_scale: float32, y_zero_point: uint8", {
    infer: (call) => [{ dims: call.dims(0) }, { dims: [] }, { dims: [] }],
  }),
  MatMulInteger: operator("A: Q, B: R, a_zero_point?: Q, b_zero_point?: R -> Y: int32", {
    types: { Q: bytes, R: bytes },
    infer: (call) => product(call, 0, 1),
  }),
  QLinearConv: operator(
    "x: Q, x_scale: float32, x_zero_point: Q, w: R, w_scale: float32, w_zero_point: R, y_scale: float32, y_zero_point: S, B?: int32 -> y: S",
    {
      types: { Q: bytes, R: bytes, S: bytes },
      attributes: {
        auto_pad: or("string", "NOTSET"),
        dilations: may("ints"),
        group: or("int", 1),
        kernel_shape: may("ints"),
        pads: may("ints"),
        strides: may("ints"),
      },
      infer: (call) => one(convDims(call, call.dims(0), call.dims(3))),
    },
  ),
  /** MatMul of float activations, quantised on the fly, with s8 weights [k, n]; scale per tensor or per column. */
  DynamicQuantizeMatMul: operator(
    "A: float32, B: R, b_scale: float32, b_zero_point?: R, bias?: float32 -> Y: float32",
    { domain: "com.microsoft", types: { R: bytes }, infer: (call) => product(call, 0, 1) },
  ),
  /** (A - a zero) x (B - b zero) scaled to float at once; the scale of B per tensor or per column. */
  MatMulIntegerToFloat: operator(
    "A: Q, B: R, a_scale: float32, b_scale: float32, a_zero_point?: Q, b_zero_point?: R, bias?: float32 -> Y: float32",
    { domain: "com.microsoft", types: { Q: bytes, R: bytes }, infer: (call) => product(call, 0, 1) },
  ),
};
