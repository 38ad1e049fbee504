// Gradient rules of operators with learned weights or windows: products, convolutions, pools, resizing.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import { resizeGradient } from "./resize.ts";
import type { FamilyRules, GradientRule } from "./rule.ts";
import { refusedFor } from "./rule.ts";
import { axesBut, countOf, numbersLike, sizesOf, sumTo } from "./sizes.ts";
import {
  cellsUnder,
  convAttributes,
  kernelGradient,
  padded,
  putBack,
  transposedAttributes,
  windowsOf,
} from "./windows.ts";

const overChannels = (g: Builder, dy: Value): Value => g.reduceSum(dy, axesBut(dy, 1), "drop");

// y = x ∗ W + b: dx by the transposed convolution, dW place by place, db = Σ dy
const conv: GradientRule<"Conv"> = ({ g, x, inputs, dy, attributes }) => {
  const { group } = attributes;
  const place = { picture: sizesOf(x(0)).slice(2), count: sizesOf(dy).slice(2), kernel: sizesOf(x(1)).slice(2) };
  const windows = windowsOf(place, attributes);
  return [
    g.op("ConvTranspose", [dy, x(1)], transposedAttributes(windows, group)),
    kernelGradient(g, x(0), { out: dy, windows, group }),
    inputs[2] && overChannels(g, dy),
  ];
};

// The transposed convolution's picture and result change places: dx = dy ∗ W, and dW sees dy as the picture.
const convTranspose: GradientRule<"ConvTranspose"> = ({ g, x, inputs, dy, attributes }) => {
  const { group } = attributes;
  const place = { picture: sizesOf(dy).slice(2), count: sizesOf(x(0)).slice(2), kernel: sizesOf(x(1)).slice(2) };
  const windows = windowsOf(place, attributes);
  return [
    g.op("Conv", [dy, x(1)], convAttributes(windows, group)),
    kernelGradient(g, dy, { out: x(0), windows, group }),
    inputs[2] && overChannels(g, dy),
  ];
};

const turned = (g: Builder, x: Value): Value => {
  const rank = x.dims.length;
  return g.transpose(x, [...Array.from({ length: rank - 2 }, (_, axis) => axis), rank - 1, rank - 2]);
};

const asRows = (g: Builder, x: Value): Value => g.reshape(x, [-1, sizesOf(x).at(-1) ?? 1]);

// Y = A B: dA = dY B', dB = A' dY; a vector is a matrix of one row (left) or one column (right)
const matMul: GradientRule<"MatMul"> = ({ g, x, dy }) => {
  const [left, right] = [sizesOf(x(0)), sizesOf(x(1))];
  const a = left.length === 1 ? g.reshape(x(0), [1, ...left]) : x(0);
  const b = right.length === 1 ? g.reshape(x(1), [...right, 1]) : x(1);
  const batch = sizesOf(dy).slice(0, dy.dims.length - Number(left.length > 1) - Number(right.length > 1));
  const d = g.reshape(dy, [...batch, sizesOf(a).at(-2) ?? 1, sizesOf(b).at(-1) ?? 1]);
  const da = sumTo(g, g.matMul(d, turned(g, b)), sizesOf(a));
  // One matrix on the right for a whole batch: one product over all rows, instead of one each and their sum.
  const db =
    b.dims.length === 2
      ? g.gemm(asRows(g, a), asRows(g, d), undefined, { transA: 1 })
      : sumTo(g, g.matMul(turned(g, a), d), sizesOf(b));
  return [g.reshape(da, left), g.reshape(db, right)];
};

const flip = (turn: number): 0 | 1 => (turn === 1 ? 0 : 1);
const same = (turn: number): 0 | 1 => (turn === 1 ? 1 : 0);

// Y = α A B + β C, A and B turned as asked: dA = α dY B', dB = α A' dY, each turned back; dC = β dY
const gemm: GradientRule<"Gemm"> = ({ g, x, inputs, dy, attributes }) => {
  const { alpha, beta, transA, transB } = attributes;
  const [a, b] = [x(0), x(1)];
  return [
    transA === 1
      ? g.gemm(b, dy, undefined, { transA: same(transB), transB: 1, alpha })
      : g.gemm(dy, b, undefined, { transB: flip(transB), alpha }),
    transB === 1
      ? g.gemm(dy, a, undefined, { transA: 1, transB: same(transA), alpha })
      : g.gemm(a, dy, undefined, { transA: flip(transA), alpha }),
    inputs[2] && g.mul(dy, beta),
  ];
};

// "ab,bc->ac": each factor's gradient is an einsum of dY with the others; letters that it alone has were summed and spread out
const einsum: GradientRule<"Einsum"> = ({ g, inputs, dy, attributes }) => {
  const [left = "", result = ""] = attributes.equation.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const factors = inputs.filter((input) => input !== undefined);
  return terms.map((term, index) => {
    assert(
      new Set(term).size === term.length,
      `einsum "${attributes.equation}" takes a diagonal, which has no gradient rule`,
    );
    const otherTerms = terms.filter((_, i) => i !== index);
    const known = new Set([result, ...otherTerms].join(""));
    const kept = term
      .split("")
      .filter((letter) => known.has(letter))
      .join("");
    const factor = factors[index];
    const others = factors.filter((_, i) => i !== index);
    const gradient = g.einsum(`${[result, ...otherTerms].join(",")}->${kept}`, dy, ...others);
    const sizes = factor ? sizesOf(factor) : [];
    const spread = g.reshape(
      gradient,
      sizes.map((size, axis) => (known.has(term[axis] ?? "") ? size : 1)),
    );
    return kept === term ? spread : g.expand(spread, sizes);
  });
};

const lowest = -3e38;

// dy goes to the first place of each window that holds its largest element, as PyTorch's does
const maxPool: GradientRule<"MaxPool"> = ({ g, x, y, dy, attributes }) => {
  const place = { picture: sizesOf(x(0)).slice(2), count: sizesOf(dy).slice(2), kernel: attributes.kernel_shape ?? [] };
  const windows = windowsOf(place, attributes);
  const cells = cellsUnder(g, padded(g, x(0), { windows, firstAxis: 2, fill: lowest }), { windows, firstAxis: 2 });
  let open: Value | undefined;
  const shares = cells.map((cell) => {
    const reaches = g.equal(cell, y);
    const first = open === undefined ? reaches : g.and(open, reaches);
    open = open === undefined ? g.not(reaches) : g.and(open, g.not(reaches));
    return g.unsqueeze(g.where(first, dy, 0), 2);
  });
  return [putBack(g, g.concat(shares, 2), windows)];
};

/** How many cells each window averages over: along each axis those inside the picture, or inside its padding as well. */
function windowSizes(windows: ReturnType<typeof windowsOf>, pads: readonly number[] | undefined): readonly number[] {
  const { kernel, strides, dilations, before, picture, count } = windows;
  const perAxis = kernel.map((size, axis) => {
    const [low, high] = [pads?.[axis] ?? 0, pads?.[axis + kernel.length] ?? 0];
    return Array.from({ length: count[axis] ?? 0 }, (_, window) => {
      const first = window * (strides[axis] ?? 1) - (before[axis] ?? 0);
      const cells = Array.from({ length: size }, (__, at) => first + at * (dilations[axis] ?? 1));
      return cells.filter((cell) => cell >= -low && cell < (picture[axis] ?? 0) + high).length;
    });
  });
  return perAxis.reduce<readonly number[]>(
    (all, sizes) => all.flatMap((total) => sizes.map((size) => total * size)),
    [1],
  );
}

// y = mean of a window: every cell of it gets dy / count
const averagePool: GradientRule<"AveragePool"> = ({ g, x, dy, attributes }) => {
  const place = { picture: sizesOf(x(0)).slice(2), count: sizesOf(dy).slice(2), kernel: attributes.kernel_shape ?? [] };
  const windows = windowsOf(place, attributes);
  const includes = attributes.count_include_pad === 1 ? [...windows.before, ...windows.after] : undefined;
  const sizes = numbersLike(g, dy, place.count, windowSizes(windows, includes));
  return [putBack(g, g.unsqueeze(g.div(dy, sizes), 2), windows)];
};

export const layerRules = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MatMul: matMul,
  Gemm: gemm,
  Einsum: einsum,
  MaxPool: maxPool,
  AveragePool: averagePool,
  // y = mean over space: dx = dy / cells everywhere
  GlobalAveragePool: ({ g, x, dy }) => [g.expand(g.div(dy, countOf(sizesOf(x(0)).slice(2))), x(0).dims)],
  Resize: resizeGradient,
  GridSample: refusedFor("pictures are warped before and after the networks, never inside a loss"),
} as const satisfies FamilyRules;
