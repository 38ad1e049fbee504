// How far two tensors are apart, in the two measures that every test of a network names.
import { assert } from "../../shared/failure/index.ts";
import { float16ToFloat32 } from "./float16.ts";
import { dimsText, sameDims } from "./tensor.ts";
import type { Tensor } from "./tensor.ts";

/** Elements as numbers; int64 beyond 2^53 would round, which no comparison here minds. */
function numbersOf(tensor: Tensor): ArrayLike<number> {
  if (tensor.dtype === "float16") return float16ToFloat32(tensor.data);
  if (tensor.dtype === "int64") return Float64Array.from(tensor.data, Number);
  return tensor.data;
}

function pairOf(found: Tensor, expected: Tensor): readonly [ArrayLike<number>, ArrayLike<number>] {
  assert(
    sameDims(found.dims, expected.dims),
    `${dimsText(found.dims)} and ${dimsText(expected.dims)} are compared element by element`,
  );
  return [numbersOf(found), numbersOf(expected)];
}

/** ‖found − expected‖ / ‖expected‖ in the Euclidean norm; NaN where either holds one; 0 for two zero tensors. */
export function relativeError(found: Tensor, expected: Tensor): number {
  const [a, b] = pairOf(found, expected);
  let differenceSquared = 0;
  let expectedSquared = 0;
  for (let i = 0; i < a.length; i++) {
    const [x = NaN, y = NaN] = [a[i], b[i]];
    differenceSquared += (x - y) ** 2;
    expectedSquared += y ** 2;
  }
  return differenceSquared === 0 ? 0 : Math.sqrt(differenceSquared / expectedSquared);
}

/** The largest |found − expected|; NaN where either holds one. */
export function maxAbsError(found: Tensor, expected: Tensor): number {
  const [a, b] = pairOf(found, expected);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  return most;
}
