// Exact integer division with stated rounding: the one place where a product of times may pass 2^53.
import { assert } from "../failure/index.ts";

/** `nearest` rounds halves up, towards later times. */
export type Rounding = "floor" | "nearest" | "ceil";

/** (num[0] * num[1]) / (den[0] * den[1]): in factors, because their products may already pass 2^53. */
export type Scale = { readonly num: readonly [number, number]; readonly den: readonly [number, number] };

/**
 * value * scale, exactly, rounded once. Factors are positive integers, `value` any safe integer. Plain numbers while
 * the products are exact in them (24 h at 120 fps and 192 kHz is), BigInt beyond.
 */
export function scaleExactly(value: number, scale: Scale, rounding: Rounding): number {
  const den = scale.den[0] * scale.den[1];
  const product = value * scale.num[0] * scale.num[1];
  // False for fractions, NaN and infinity as well; the other path names those.
  if (!Number.isSafeInteger(product) || !Number.isSafeInteger(den)) return scaleBig(value, scale, rounding);
  const restBelow = product % den;
  const rest = restBelow < 0 ? restBelow + den : restBelow;
  return roundQuotient((product - rest) / den, rest, den, rounding);
}

function roundQuotient(below: number, rest: number, den: number, rounding: Rounding): number {
  const isUp = rounding === "ceil" ? rest > 0 : rounding === "nearest" && rest * 2 >= den;
  // + 0 turns the -0 of negative zero products into 0.
  return (isUp ? below + 1 : below) + 0;
}

function scaleBig(value: number, scale: Scale, rounding: Rounding): number {
  assert(Number.isSafeInteger(value), `a position in time is a safe integer, found ${value}`);
  const den = BigInt(scale.den[0]) * BigInt(scale.den[1]);
  const product = BigInt(value) * BigInt(scale.num[0]) * BigInt(scale.num[1]);
  const rest = ((product % den) + den) % den;
  const below = (product - rest) / den;
  const isUp = rounding === "ceil" ? rest > 0n : rounding === "nearest" && rest * 2n >= den;
  const scaled = Number(isUp ? below + 1n : below);
  assert(Number.isSafeInteger(scaled), `a position in time fits 2^53, found ${scaled}`);
  return scaled;
}

/** Greatest common divisor of two positive integers (Euclid). */
export function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
