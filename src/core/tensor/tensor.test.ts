// Rules of tensors: what is checked, what is shared, and where each element goes.
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  concat,
  expectTensor,
  floats,
  int64s,
  maxAbsError,
  networkToPicture,
  pictureToNetwork,
  relativeError,
  reshape,
  rowOf,
  sliceRows,
  stridesOf,
  tensorOf,
  transpose,
  zeros,
} from "./index.ts";
import type { DType } from "./index.ts";

const smallDims = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
const dtypes: readonly DType[] = ["float32", "float16", "int64", "int32", "uint8", "int8", "bool"];

/** 0, 1, 2 … in a tensor of `dims`. */
const counting = (dims: readonly number[]) => floats(dims, zeros("float32", dims).data.keys());

describe("making", () => {
  test("a tensor refuses data of another length or another type and names both", () => {
    expect(() => tensorOf("float32", [2, 3], new Float32Array(5))).toThrow("float32 [2, 3] holds 6 elements, not 5");
    // @ts-expect-error: the compiler refuses it, too
    expect(() => tensorOf("float16", [2], new Float32Array(2))).toThrow("Uint16Array");
    expect(() => zeros("float32", [2, -1])).toThrow("[2, -1]");
    expect(() => int64s([1], [0.5])).toThrow();
  });

  test("a scalar has no dimensions and one element", () => {
    expect(zeros("bool", []).data.length).toBe(1);
    expect(floats([], [3]).data[0]).toBe(3);
  });

  test("a reader states type and shape, and a mismatch names what was expected and what was found", () => {
    const latents = zeros("float32", [1, 4, 16, 32, 32]);
    expect(expectTensor("latents", latents, "float32", [1, 4, undefined, 32, 32])).toBe(latents);
    expect(() => expectTensor("latents", latents, "float16", [1, 5, undefined])).toThrow(
      "latents is float16 [1, 5, ?], but was float32 [1, 4, 16, 32, 32]",
    );
  });

  test("strides are row-major", () => {
    expect(stridesOf([2, 3, 4])).toEqual([12, 4, 1]);
    expect(stridesOf([])).toEqual([]);
  });
});

describe("views", () => {
  test("rows, slices and reshapes share their data", () => {
    const tensor = counting([4, 2, 3]);
    const slice = sliceRows(tensor, 1, 3);
    expect([slice.dims, [...slice.data]]).toEqual([
      [2, 2, 3],
      [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17],
    ]);
    rowOf(reshape(slice, [4, -1]), 3).data[2] = -1;
    expect(tensor.data[17]).toBe(-1);
  });

  test("a slice beyond the rows and a reshape to another size are refused", () => {
    expect(() => sliceRows(counting([4, 2]), 2, 5)).toThrow("rows 2 to 5 lie within 4");
    expect(() => sliceRows(counting([4, 2]), 3, 2)).toThrow();
    expect(() => reshape(counting([4, 2]), [3, -1])).toThrow("8 elements and cannot become [3, -1]");
  });

  test("a concatenation of all rows is the tensor", () => {
    fc.assert(
      fc.property(smallDims, fc.nat({ max: 4 }), (dims, cut) => {
        const tensor = counting(dims);
        const at = Math.min(cut, dims[0] ?? 0);
        expect(concat([sliceRows(tensor, 0, at), sliceRows(tensor, at, dims[0] ?? 0)], 0)).toEqual(tensor);
      }),
    );
  });
});

describe("layout", () => {
  test("a transposition puts every element where its index says, for any rank and order", () => {
    const cases = smallDims.chain((dims) =>
      fc.tuple(fc.constant(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })),
    );
    fc.assert(
      fc.property(cases, ([dims, order]) => {
        const tensor = counting(dims);
        const turned = transpose(tensor, order);
        const [from, to] = [stridesOf(dims), stridesOf(turned.dims)];
        for (const value of tensor.data) {
          const index = dims.map((dim, axis) => Math.floor(value / (from[axis] ?? 1)) % dim);
          const place = order.reduce((sum, axis, k) => sum + (index[axis] ?? 0) * (to[k] ?? 0), 0);
          expect(turned.data[place]).toBe(value);
        }
      }),
    );
  });

  test.each(dtypes)("concatenation and transposition carry %s elements whole", (dtype) => {
    const one = zeros(dtype, [2, 1]);
    one.data.fill((dtype === "int64" ? -5n : 7) as never);
    const joined = concat([zeros(dtype, [2, 2]), one], 1);
    expect(joined.dims).toEqual([2, 3]);
    const rest = [...joined.data.subarray(0, 2)];
    const last = one.data[0];
    expect([...joined.data]).toEqual([...rest, last, ...rest, last]);
    expect([...transpose(joined, [1, 0]).data]).toEqual([...rest, ...rest, last, last]);
  });

  test("tensors of other shape do not join", () => {
    expect(() => concat([counting([2, 3]), counting([2, 4])], 0)).toThrow("cannot join float32 [2, 4] along axis 0");
    expect(() => transpose(counting([2, 3]), [0, 0])).toThrow("names each once");
  });
});

describe("pictures", () => {
  test("every byte survives the way into -1..1 and back", () => {
    const picture = tensorOf(
      "uint8",
      [16, 16, 3],
      Uint8Array.from({ length: 768 }, (_, i) => (i * 7) % 256),
    );
    const network = pictureToNetwork(picture);
    expect(network.dims).toEqual([1, 3, 16, 16]);
    expect(networkToPicture(network)).toEqual({ ...picture, dims: [1, 16, 16, 3] });
  });

  test("0 is -1, 255 is 1, and planes come red, green, blue", () => {
    const { data } = pictureToNetwork(tensorOf("uint8", [1, 2, 3], Uint8Array.of(0, 255, 0, 255, 0, 255)));
    expect([...data]).toEqual([-1, 1, 1, -1, -1, 1]);
  });

  test("a network's overshoot is clamped, and NaN is refused rather than shown as black", () => {
    expect([...networkToPicture(floats([1, 3, 1, 1], [-1.5, 1.2, 0.999])).data]).toEqual([0, 255, 255]);
    expect(() => networkToPicture(floats([1, 3, 1, 1], [0, NaN, 0]))).toThrow("numbers only");
  });
});

describe("errors", () => {
  test("the relative error is the norm of the difference over the norm of what was expected", () => {
    expect(relativeError(floats([2], [3, 5]), floats([2], [3, 4]))).toBeCloseTo(0.2, 12);
    expect(maxAbsError(int64s([2], [3, 9]), int64s([2], [3, 4]))).toBe(5);
    expect(relativeError(floats([1], [NaN]), floats([1], [1]))).toBeNaN();
    expect(relativeError(floats([1], [1]), floats([1], [0]))).toBe(Infinity);
    expect(() => maxAbsError(floats([2, 1], [0, 0]), floats([2], [0, 0]))).toThrow("[2, 1] and [2]");
  });
});
