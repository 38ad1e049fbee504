// Bicubic resizing as two matrix products: torch's interpolate(mode="bicubic"), with a gradient for free.
import type { Builder, Value } from "../../onnx/index.ts";
import { fixedSize } from "../../models/index.ts";

/** Keys' kernel (1981) with a = −0.75, as torch and OpenCV have it. */
function cubicWeight(distance: number): number {
  const [a, d] = [-0.75, Math.abs(distance)];
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/** [size, resized] so that row vector · matrix is the resized axis: half-pixel centres, edges repeated, no smoothing. */
export function cubicMatrix(size: number, resized: number): Float32Array {
  const matrix = new Float32Array(size * resized);
  for (let at = 0; at < resized; at += 1) {
    const place = ((at + 0.5) * size) / resized - 0.5;
    const first = Math.floor(place) - 1;
    for (let tap = first; tap < first + 4; tap += 1) {
      const source = Math.min(Math.max(tap, 0), size - 1);
      const cell = source * resized + at;
      matrix[cell] = (matrix[cell] ?? 0) + cubicWeight(place - tap);
    }
  }
  return matrix;
}

/** [n, channels, height, width] at another height and width; itself where it has them. */
export function resizeBicubic(g: Builder, x: Value, [height, width]: readonly [number, number]): Value {
  const [fromHeight, fromWidth] = [fixedSize(x, -2), fixedSize(x, -1)];
  const across = (picture: Value) =>
    fromWidth === width ? picture : g.matMul(picture, g.floats([fromWidth, width], cubicMatrix(fromWidth, width)));
  if (fromHeight === height) return across(x);
  const transposed = cubicMatrix(fromHeight, height);
  const down = Float32Array.from({ length: transposed.length }, (_, i) => {
    const [row, column] = [Math.floor(i / fromHeight), i % fromHeight];
    return transposed[column * height + row] ?? 0;
  });
  return across(g.matMul(g.floats([height, fromHeight], down), x));
}
