// float16 against its definition and, where the engine has Float16Array, against the engine.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { asFloat16, asFloat32, float16Bits, float16Value, floats } from "./index.ts";

/** The engine's own conversion; Node has it from version 24 on, TypeScript's library not yet. */
const engineHalf = (Math as { readonly f16round?: (value: number) => number }).f16round;

test("all 65,536 halves keep their bits on the way to float32 and back, NaNs apart", () => {
  for (let bits = 0; bits < 65536; bits++) {
    const value = float16Value(bits);
    if (Number.isNaN(value)) expect(float16Bits(value) & 0x7e00).toBe(0x7e00);
    else expect(float16Bits(value)).toBe(bits);
  }
});

test("every midpoint between neighbours rounds to the even one, and the next float32 to either side to its own side", () => {
  const floatWord = new Float32Array(1);
  const bitsWord = new Uint32Array(floatWord.buffer);
  for (let bits = 0; bits < 0x7bff; bits++) {
    floatWord[0] = (float16Value(bits) + float16Value(bits + 1)) / 2; // exact in float32
    const middle = bitsWord[0] ?? 0;
    expect(float16Bits(floatWord[0])).toBe(bits + (bits & 1));
    bitsWord[0] = middle - 1;
    expect(float16Bits(floatWord[0])).toBe(bits);
    bitsWord[0] = middle + 1;
    expect(float16Bits(floatWord[0])).toBe(bits + 1);
  }
});

test.each([
  ["zero", 0, 0],
  ["negative zero", -0, 0x8000],
  ["one", 1, 0x3c00],
  ["the largest", 65504, 0x7bff],
  ["just below half way to infinity", 65519.996, 0x7bff],
  ["half way to infinity", 65520, 0x7c00],
  ["the smallest normal", 2 ** -14, 0x0400],
  ["the smallest subnormal", 2 ** -24, 0x0001],
  ["half of the smallest", 2 ** -25, 0],
  ["a float32 subnormal", 1e-40, 0],
  ["infinity", -Infinity, 0xfc00],
])("%s has the bits of the standard", (_name, value, bits) => {
  expect(float16Bits(value)).toBe(bits);
});

test.skipIf(engineHalf === undefined)("any float32 rounds as the engine rounds it", () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true }), (value) => {
      expect(float16Value(float16Bits(value))).toBe(engineHalf?.(value));
    }),
    { numRuns: 5000 },
  );
});

test("a tensor already in the asked precision is given back as it is", () => {
  const tensor = floats([2], [1, 1e-3]);
  expect(asFloat32(tensor)).toBe(tensor);
  const half = asFloat16(tensor);
  expect(asFloat16(half)).toBe(half);
  expect([...asFloat32(half).data]).toEqual([1, float16Value(float16Bits(1e-3))]);
});
