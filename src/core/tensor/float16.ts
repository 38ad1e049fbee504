// IEEE 754 binary16 in software: bits in a Uint16Array, converted exactly, rounding to nearest, ties to even.
import { tensorOf } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

const word = new Uint32Array(1);
const wordAsFloat = new Float32Array(word.buffer);

/** The float16 nearest to a float32, ties to even; above 65519.99 infinity; a NaN stays a quiet NaN of its sign. */
export function float16Bits(value: number): number {
  wordAsFloat[0] = value;
  const bits = word[0] ?? 0;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  const fraction = bits & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction === 0 ? 0 : 0x200 | (fraction >>> 13));
  const exponent16 = exponent - 112; // from bias 127 to bias 15
  if (exponent16 >= 31) return sign | 0x7c00;
  if (exponent16 < -10) return sign; // less than half of the smallest subnormal, 2^-24
  // A subnormal shows its leading bit and drops one more bit for each step below the smallest normal exponent.
  const significand = exponent16 > 0 ? (exponent16 << 23) | fraction : fraction | 0x800000;
  const droppedBits = exponent16 > 0 ? 13 : 14 - exponent16;
  const kept = significand >>> droppedBits;
  const rest = significand & ((1 << droppedBits) - 1);
  const half = 1 << (droppedBits - 1);
  // A carry out of the fraction runs into the exponent, which is right, up to infinity.
  return sign | (kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0));
}

/** The number that 16 bits stand for, exactly. */
export function float16Value(bits: number): number {
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 0x3ff;
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (fraction + 1024) * 2 ** (exponent - 25);
}

let valueTable: Float32Array | undefined;

/** All 65,536 values: reading a checkpoint of a billion halves is a look-up each. */
function tableOfValues(): Float32Array {
  valueTable ??= Float32Array.from({ length: 65536 }, (_, bits) => float16Value(bits));
  return valueTable;
}

/** Into `target` where one is given. */
export function float16ToFloat32(bits: Uint16Array, target = new Float32Array(bits.length)): Float32Array {
  const table = tableOfValues();
  for (let i = 0; i < bits.length; i++) target[i] = table[bits[i] ?? 0] ?? NaN;
  return target;
}

export function float32ToFloat16(values: Float32Array, target = new Uint16Array(values.length)): Uint16Array {
  for (let i = 0; i < values.length; i++) target[i] = float16Bits(values[i] ?? 0);
  return target;
}

/** The tensor in the precision that a network or a file wants; itself when it is so already. */
export const asFloat32 = (tensor: Tensor<"float32" | "float16">): Tensor<"float32"> =>
  tensor.dtype === "float32" ? tensor : tensorOf("float32", tensor.dims, float16ToFloat32(tensor.data));

export const asFloat16 = (tensor: Tensor<"float32" | "float16">): Tensor<"float16"> =>
  tensor.dtype === "float16" ? tensor : tensorOf("float16", tensor.dims, float32ToFloat16(tensor.data));
