// Reference kernels of the element-wise operators.
import type { elementwiseOperators } from "../operators/elementwise.ts";
import { isWhole } from "../operators/elementwise.ts";
import { dtypeOfCode } from "../graph/dtype.ts";
import type { Dense } from "./dense.ts";
import { mapAll, mapOne } from "./dense.ts";
import type { KernelCall, Kernels } from "./kernel.ts";

type Name = keyof typeof elementwiseOperators;
type Call = Pick<KernelCall<Name>, "x" | "dims" | "inputs">;

/** erf(x) = 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (1 3 5 ... (2n+1)): every term has one sign, nothing cancels. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const geluExact = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));
export const geluTanh = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));

/** Ties to even, as ONNX and IEEE 754 round. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  return x - floor === 0.5 ? floor + (((floor % 2) + 2) % 2) : Math.round(x);
}

const unary =
  (f: (x: number) => number) =>
  ({ x }: Call): Dense =>
    mapOne(x(0), f);

const binary =
  (f: (a: number, b: number) => number) =>
  ({ x, dims }: Call): Dense =>
    mapAll(dims, [x(0), x(1)], (a = 0, b = 0) => f(a, b));

const variadic =
  (f: (...items: readonly number[]) => number) =>
  ({ inputs, dims }: Call): Dense =>
    mapAll(
      dims,
      inputs.filter((input) => input !== undefined),
      f,
    );

const truth = (condition: boolean): number => (condition ? 1 : 0);

export const elementwiseKernels: Kernels<Name> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  // Integers divide towards zero.
  Div: (call) => binary(isWhole(call.outputs[0]?.dtype) ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)(call),
  Pow: binary((a, b) => a ** b),
  // The sign follows the divisor, or the dividend with fmod.
  Mod: (call) => binary(call.attributes.fmod === 1 ? (a, b) => a % b : (a, b) => a - b * Math.floor(a / b))(call),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Erf: unary(erf),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tanh: unary(Math.tanh),
  Sigmoid: unary(sigmoid),
  Softplus: unary((x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)),
  Relu: unary((x) => Math.max(x, 0)),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
  Round: unary(roundEven),
  Not: unary((x) => truth(x === 0)),
  And: binary((a, b) => truth(a !== 0 && b !== 0)),
  Or: binary((a, b) => truth(a !== 0 || b !== 0)),
  Min: variadic(Math.min),
  Max: variadic(Math.max),
  Sum: variadic((...items) => items.reduce((a, b) => a + b, 0)),
  Equal: binary((a, b) => truth(a === b)),
  Less: binary((a, b) => truth(a < b)),
  LessOrEqual: binary((a, b) => truth(a <= b)),
  Greater: binary((a, b) => truth(a > b)),
  GreaterOrEqual: binary((a, b) => truth(a >= b)),
  Where: ({ x, dims }) =>
    mapAll(dims, [x(0), x(1), x(2)], (condition, yes = 0, no = 0) => (condition === 0 ? no : yes)),
  Clip: ({ x, inputs }) => {
    const [low, high] = [inputs[1]?.values[0] ?? -Infinity, inputs[2]?.values[0] ?? Infinity];
    return mapOne(x(0), (value) => Math.min(Math.max(value, low), high));
  },
  LeakyRelu: (call) => unary((x) => (x < 0 ? call.attributes.alpha * x : x))(call),
  HardSigmoid: (call) => unary((x) => Math.max(0, Math.min(1, call.attributes.alpha * x + call.attributes.beta)))(call),
  PRelu: binary((x, slope) => (x < 0 ? slope * x : x)),
  Gelu: (call) => unary(call.attributes.approximate === "tanh" ? geluTanh : geluExact)(call),
  Cast: (call) => {
    const whole = !["float32", "float16", "bool"].includes(dtypeOfCode(call.attributes.to));
    return unary(whole ? Math.trunc : (x) => x)(call);
  },
  Identity: unary((x) => x),
};
