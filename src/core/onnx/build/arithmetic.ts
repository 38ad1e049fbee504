// Builder words for arithmetic, comparisons, activations and casts.
import type { DType } from "../../tensor/index.ts";
import { dtypes } from "../graph/dtype.ts";
import type { Value } from "../graph/graph.ts";
import type { Emitter, Operand } from "./emitter.ts";

export const arithmetic = (e: Emitter) => ({
  add: (a: Operand, b: Operand): Value => e.op("Add", [a, b]),
  sub: (a: Operand, b: Operand): Value => e.op("Sub", [a, b]),
  mul: (a: Operand, b: Operand): Value => e.op("Mul", [a, b]),
  div: (a: Operand, b: Operand): Value => e.op("Div", [a, b]),
  pow: (a: Value, exponent: Operand): Value => e.op("Pow", [a, typeof exponent === "number" ? e.scalar(a.dtype, exponent) : exponent]),
  mod: (a: Operand, b: Operand): Value => e.op("Mod", [a, b]),
  min: (...values: readonly Operand[]): Value => e.op("Min", values),
  max: (...values: readonly Operand[]): Value => e.op("Max", values),
  sqrt: (x: Value): Value => e.op("Sqrt", [x]),
  reciprocal: (x: Value): Value => e.op("Reciprocal", [x]),
  exp: (x: Value): Value => e.op("Exp", [x]),
  log: (x: Value): Value => e.op("Log", [x]),
  erf: (x: Value): Value => e.op("Erf", [x]),
  sin: (x: Value): Value => e.op("Sin", [x]),
  cos: (x: Value): Value => e.op("Cos", [x]),
  neg: (x: Value): Value => e.op("Neg", [x]),
  abs: (x: Value): Value => e.op("Abs", [x]),
  sign: (x: Value): Value => e.op("Sign", [x]),
  floor: (x: Value): Value => e.op("Floor", [x]),
  ceil: (x: Value): Value => e.op("Ceil", [x]),
  round: (x: Value): Value => e.op("Round", [x]),
  clip: (x: Value, low: Operand | undefined, high: Operand | undefined): Value => e.op("Clip", [x, low, high]),

  equal: (a: Operand, b: Operand): Value => e.op("Equal", [a, b]),
  less: (a: Operand, b: Operand): Value => e.op("Less", [a, b]),
  lessOrEqual: (a: Operand, b: Operand): Value => e.op("LessOrEqual", [a, b]),
  greater: (a: Operand, b: Operand): Value => e.op("Greater", [a, b]),
  greaterOrEqual: (a: Operand, b: Operand): Value => e.op("GreaterOrEqual", [a, b]),
  and: (a: Value, b: Value): Value => e.op("And", [a, b]),
  or: (a: Value, b: Value): Value => e.op("Or", [a, b]),
  not: (a: Value): Value => e.op("Not", [a]),
  /** yes where the condition holds, no elsewhere. */
  where: (condition: Value, yes: Operand, no: Operand): Value => e.op("Where", [condition, yes, no]),

  relu: (x: Value): Value => e.op("Relu", [x]),
  leakyRelu: (x: Value, alpha: number): Value => e.op("LeakyRelu", [x], { alpha }),
  prelu: (x: Value, slope: Value): Value => e.op("PRelu", [x, slope]),
  tanh: (x: Value): Value => e.op("Tanh", [x]),
  sigmoid: (x: Value): Value => e.op("Sigmoid", [x]),
  softplus: (x: Value): Value => e.op("Softplus", [x]),
  silu: (x: Value): Value => e.op("Silu", [x]),
  /** x Phi(x), exact (erf) unless "tanh" is asked for. */
  gelu: (x: Value, approximate: "none" | "tanh" = "none"): Value => e.op("Gelu", [x], { approximate }),
  quickGelu: (x: Value): Value => e.op("QuickGelu", [x]),
  /** value * gelu(gate) over the halves [value | gate] of the last axis. */
  geglu: (x: Value): Value => e.op("Geglu", [x]),

  /** The value itself when it already has the dtype. */
  cast: (x: Value, to: DType): Value => (x.dtype === to ? x : e.op("Cast", [x], { to: dtypes[to].code })),
  identity: (x: Value): Value => e.op("Identity", [x]),
  /** x itself, through which no gradient flows back. */
  stopGradient: (x: Value): Value => e.op("StopGradient", [x]),
});
