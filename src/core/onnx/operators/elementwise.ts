// Operators that work element by element: arithmetic, comparisons, activations, casts.
import { addDims, divideDims, floorDivideDim, multiplyDims, subtractDims } from "../graph/dim.ts";
import type { Dim } from "../graph/dim.ts";
import { allDTypes, dtypeOfCode, floatTypes, numberTypes, signedTypes } from "../graph/dtype.ts";
import type { DType } from "../../tensor/index.ts";
import { may, need, operator, or } from "./operator.ts";
import { broadcastAll, elementwise, likeFirst } from "./shapes.ts";

const unary = (types: readonly DType[]) => operator("X: T -> Y: T", { types: { T: types }, infer: likeFirst });

export const isWhole = (dtype: DType | undefined): boolean => dtype === "int64" || dtype === "int32";

const arithmetic = (combine: (a: Dim, b: Dim) => Dim | undefined) =>
  operator("A: T, B: T -> C: T", {
    types: { T: numberTypes },
    infer: (call) => {
      // The algebra of sizes rounds quotients down, so it speaks for whole numbers only.
      const elements = isWhole(call.inputs[0]?.dtype) ? elementwise(call, combine) : undefined;
      return broadcastAll(call).map((output) => ({ ...output, elements }));
    },
  });

const comparison = operator("A: T, B: T -> C: bool", { types: { T: allDTypes }, infer: broadcastAll });

const logical = operator("A: bool, B: bool -> C: bool", { infer: broadcastAll });

const extremum = operator("data*: T -> Y: T", { types: { T: numberTypes }, infer: broadcastAll });

const quotient = (a: Dim, b: Dim): Dim | undefined =>
  divideDims(a, b) ?? (typeof b === "number" && b > 0 ? floorDivideDim(a, b) : undefined);

export const elementwiseOperators = {
  Add: arithmetic(addDims),
  Sub: arithmetic(subtractDims),
  Mul: arithmetic(multiplyDims),
  Div: arithmetic(quotient),
  Pow: operator("X: T, Y: E -> Z: T", { types: { T: signedTypes, E: numberTypes }, infer: broadcastAll }),
  Mod: operator("A: T, B: T -> C: T", {
    types: { T: numberTypes },
    attributes: { fmod: or("int", 0) },
    infer: broadcastAll,
  }),
  Sqrt: unary(floatTypes),
  Reciprocal: unary(floatTypes),
  Exp: unary(floatTypes),
  Log: unary(floatTypes),
  Erf: unary(numberTypes),
  Sin: unary(floatTypes),
  Cos: unary(floatTypes),
  Tanh: unary(floatTypes),
  Sigmoid: unary(floatTypes),
  Softplus: unary(floatTypes),
  Relu: unary(signedTypes),
  Neg: unary(signedTypes),
  Abs: unary(numberTypes),
  Sign: unary(numberTypes),
  Floor: unary(floatTypes),
  Ceil: unary(floatTypes),
  Round: unary(floatTypes),
  Not: operator("X: bool -> Y: bool", { infer: likeFirst }),
  And: logical,
  Or: logical,
  Min: extremum,
  Max: extremum,
  Sum: operator("data*: T -> Y: T", { types: { T: floatTypes }, infer: broadcastAll }),
  Equal: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  Greater: comparison,
  GreaterOrEqual: comparison,
  Where: operator("condition: bool, X: T, Y: T -> Z: T", { types: { T: allDTypes }, infer: broadcastAll }),
  Clip: operator("input: T, min?: T, max?: T -> output: T", { types: { T: numberTypes }, infer: likeFirst }),
  LeakyRelu: operator("X: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { alpha: or("float", 0.01) },
    infer: likeFirst,
  }),
  HardSigmoid: operator("X: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { alpha: or("float", 0.2), beta: or("float", 0.5) },
    infer: likeFirst,
  }),
  /** slope where x < 0; the slope's dims stretch to x's, never the other way. */
  PRelu: operator("X: T, slope: T -> Y: T", { types: { T: signedTypes }, infer: likeFirst }),
  Gelu: operator("X: T -> Y: T", {
    types: { T: floatTypes },
    attributes: { approximate: or("string", "none") },
    infer: likeFirst,
  }),
  Cast: operator("input: A -> output: B", {
    types: { A: allDTypes, B: allDTypes },
    attributes: { to: need("int"), saturate: may("int") },
    infer: (call) => {
      const dtype = dtypeOfCode(call.attributes.to);
      const elements = isWhole(dtype) && isWhole(call.inputs[0]?.dtype) ? call.inputs[0]?.elements : undefined;
      return [{ dims: call.dims(0), dtype, elements }];
    },
  }),
  Identity: operator("X: T -> Y: T", {
    types: { T: allDTypes },
    infer: (call) => [{ dims: call.dims(0), elements: call.inputs[0]?.elements }],
  }),
};
