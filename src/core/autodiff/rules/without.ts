// Operators that a gradient is never asked of: written by a provider's lowering, or over rounded 8-bit numbers.
import type { FamilyRules } from "./rule.ts";
import { refusedFor } from "./rule.ts";

const lowered = refusedFor("a provider's lowering wrote it; take the gradient first, and lower after");
const rounded = refusedFor("it rounds to 8 bits; take the gradient of the network in floats");

export const rulesWithout = {
  QuantizeLinear: rounded,
  DequantizeLinear: rounded,
  DynamicQuantizeLinear: rounded,
  MatMulInteger: rounded,
  QLinearConv: rounded,
  DynamicQuantizeMatMul: rounded,
  MatMulIntegerToFloat: rounded,
  MultiHeadAttention: lowered,
  BiasGelu: lowered,
  FastGelu: lowered,
  SkipLayerNormalization: lowered,
  FusedMatMul: lowered,
  NhwcConv: lowered,
  GroupNorm: lowered,
  BiasSplitGelu: lowered,
} as const satisfies FamilyRules;
