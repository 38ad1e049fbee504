// Triangles fill the samples whose centres they cover, the nearest wins, and what faces away is left out.
import { describe, expect, test } from "vitest";
import { clearSamples, drawTriangles, visibleSamples } from "./rasterise.ts";

/** Two triangles that make the square 0..4, the first corner at the top left; y is down. */
const square = { xy: Float32Array.of(0, 0, 0, 4, 4, 4, 4, 0), nearness: new Float32Array(4) };
const front = Uint32Array.of(0, 1, 2, 0, 2, 3);
const run = { triangles: front, firstTriangle: 0, triangleCount: 2, sides: "front" } as const;

function drawn(...runs: readonly Parameters<typeof drawTriangles>[2][]) {
  const samples = visibleSamples(6, 6);
  clearSamples(samples);
  for (const one of runs) drawTriangles(samples, square, one);
  return samples;
}

describe("drawTriangles", () => {
  test("a square of two triangles covers each of its samples once and nothing else", () => {
    const covered = [...drawn(run).triangle].map((triangle) => (triangle < 0 ? 0 : 1));
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) expect(covered[y * 6 + x]).toBe(x < 4 && y < 4 ? 1 : 0);
    }
  });

  test("the weights give back the sample's place", () => {
    const samples = drawn(run);
    const at = 1 * 6 + 2;
    const triangle = samples.triangle[at] ?? -1;
    const weights = [1 - (samples.second[at] ?? 0) - (samples.third[at] ?? 0), samples.second[at], samples.third[at]];
    const placed = [0, 1].map((axis) =>
      weights.reduce<number>(
        (sum, weight, corner) => sum + (weight ?? 0) * (square.xy[(front[triangle * 3 + corner] ?? 0) * 2 + axis] ?? 0),
        0,
      ),
    );
    expect(placed[0]).toBeCloseTo(2.5);
    expect(placed[1]).toBeCloseTo(1.5);
  });

  test("what faces away is drawn only where both sides are asked for", () => {
    const back = Uint32Array.of(0, 2, 1, 0, 3, 2);
    expect(drawn({ ...run, triangles: back }).triangle.every((triangle) => triangle < 0)).toBe(true);
    expect(drawn({ ...run, triangles: back, sides: "both" }).triangle.some((triangle) => triangle >= 0)).toBe(true);
  });

  test("the nearer triangle wins in either order", () => {
    const xy = Float32Array.of(0, 0, 0, 6, 6, 6, 0, 0, 0, 6, 6, 6);
    const nearness = Float32Array.of(1, 1, 1, 2, 2, 2);
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const samples = visibleSamples(6, 6);
      clearSamples(samples);
      for (const first of order) {
        drawTriangles(
          samples,
          { xy, nearness },
          { triangles: Uint32Array.of(0, 1, 2, 3, 4, 5), firstTriangle: first, triangleCount: 1, sides: "front" },
        );
      }
      expect(samples.triangle[4 * 6 + 1]).toBe(1);
    }
  });
});
