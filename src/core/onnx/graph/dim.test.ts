// Rules of the algebra of sizes.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  addDims,
  bindDim,
  ceilDivideDim,
  dim,
  divideDims,
  divideProducts,
  floorDivideDim,
  multiplyDims,
  subtractDims,
  walkDim,
} from "./dim.ts";
import type { Dim, DimAlgebra } from "./dim.ts";

test("a size has one canonical form however it was written", () => {
  expect(dim("frames * batch*2+1 + 3")).toBe("2*batch*frames + 4");
  expect(dim("8*height - 8*height + 5")).toBe(5);
  expect(dim("(h + 1) * (h - 1)")).toBe("h*h - 1");
});

test("a stride-2 convolution over a multiple of 8 stays a multiple of 4", () => {
  const rows: Dim = dim("8*height");
  expect(addDims(floorDivideDim(subtractDims(addDims(rows, 2), 3), 2), 1)).toBe("4*height");
  expect(floorDivideDim("h", 2)).toBe("floor((h)/2)");
});

test("a product divides out its own factors", () => {
  expect(divideDims("6*batch*frames", "2*frames")).toBe("3*batch");
  expect(divideDims("batch + 1", "frames")).toBeUndefined();
  expect(divideProducts(["floor((h)/2)", "b", 4], [2, "floor((h)/2)"])).toBe("2*b");
});

const numbers: DimAlgebra<number> = {
  number: (value) => value,
  symbol: (name) => ({ a: 5, b: 12, c: 7 })[name] ?? Number.NaN,
  add: (a, b) => a + b,
  multiply: (a, b) => a * b,
  floorDivide: (a, divisor) => Math.floor(a / divisor),
};

test("computing with symbols and then binding them equals computing with numbers", () => {
  const leaf = fc.oneof(fc.constantFrom<Dim>("a", "b", "c"), fc.integer({ min: -9, max: 9 }));
  const { expression } = fc.letrec<{ expression: Dim }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.tuple(tie("expression"), tie("expression")).map(([p, q]) => addDims(p, q)),
      fc.tuple(tie("expression"), tie("expression")).map(([p, q]) => subtractDims(p, q)),
      fc.tuple(tie("expression"), leaf).map(([p, q]) => multiplyDims(p, q)),
      fc.tuple(tie("expression"), fc.integer({ min: 1, max: 5 })).map(([p, n]) => floorDivideDim(p, n)),
    ),
  }));
  const sizes = { a: 5, b: 12, c: 7 };
  fc.assert(
    fc.property(expression, expression, fc.integer({ min: 1, max: 6 }), (p, q, n) => {
      const [x, y] = [Number(bindDim(p, sizes)) + 0, Number(bindDim(q, sizes)) + 0];
      expect(bindDim(multiplyDims(p, q), sizes)).toBe(x * y + 0);
      expect(bindDim(addDims(p, q), sizes)).toBe(x + y);
      expect(bindDim(floorDivideDim(p, n), sizes)).toBe(Math.floor(x / n));
      expect(bindDim(ceilDivideDim(p, n), sizes)).toBe(Math.ceil(x / n) + 0);
      expect(walkDim(p, numbers) + 0).toBe(x);
      expect(dim(p)).toBe(p);
    }),
    { numRuns: 300 },
  );
});
