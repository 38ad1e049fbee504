// Reference kernels of ONNX Runtime's own operators and of our composites.
import { assert } from "../../../shared/failure/index.ts";
import type { compositeOperators } from "../operators/composite.ts";
import type { contribOperators } from "../operators/contrib.ts";
import type { Dense } from "./dense.ts";
import { changeAxes, countOf, mapAll, mapOne, permute, tabulate } from "./dense.ts";
import { geluExact, geluTanh, sigmoid } from "./elementwise.ts";
import type { Kernels } from "./kernel.ts";
import { conv, matMul, turned } from "./layers.ts";
import { affineChannels, affineLast, groupNormalised, layerNormalised, softmaxOf } from "./norms.ts";

const zero: Dense = { dims: [], values: new Float64Array(1) };

const plus = (a: Dense, b: Dense | undefined): Dense => mapAll(a.dims, [a, b ?? zero], (p = 0, q = 0) => p + q);

/** [batch, tokens, heads * size] -> [batch, heads, tokens, size]. */
function byHead(x: Dense, heads: number): Dense {
  const [batch = 1, tokens = 1, width = 1] = x.dims;
  return permute({ dims: [batch, tokens, heads, width / heads], values: x.values }, [0, 2, 1, 3]);
}

type AttentionCall = {
  readonly q: Dense;
  readonly k: Dense;
  readonly v: Dense;
  readonly bias: Dense | undefined;
  readonly heads: number;
  readonly scale: number | undefined;
};

/** softmax(q k' * scale + bias) v, head by head. */
function attention({ q, k, v, bias, heads, scale }: AttentionCall): Dense {
  const [query, key, value] = [byHead(q, heads), byHead(k, heads), byHead(v, heads)];
  const [batch = 1, , queries = 1, size = 1] = query.dims;
  const [keys = 1, valueSize = 1] = value.dims.slice(2);
  const factor = scale ?? 1 / Math.sqrt(size);
  const products = mapOne(matMul(query, turned(key), [batch, heads, queries, keys]), (score) => score * factor);
  const shares = changeAxes(plus(products, bias), [3], softmaxOf);
  const mixed = permute(matMul(shares, value, [batch, heads, queries, valueSize]), [0, 2, 1, 3]);
  return { dims: [batch, queries, heads * valueSize], values: mixed.values };
}

const channelsFirst = [0, 3, 1, 2];
const channelsLast = [0, 2, 3, 1];

const silu = (x: number): number => x * sigmoid(x);

function gatedHalves(x: Dense, dims: readonly number[]): Dense {
  const half = dims.at(-1) ?? 0;
  return tabulate(dims, (_, i) => {
    const from = Math.floor(i / half) * 2 * half + (i % half);
    return (x.values[from] ?? 0) * geluExact(x.values[from + half] ?? 0);
  });
}

export const contribKernels: Kernels<keyof typeof contribOperators> = {
  MultiHeadAttention: ({ x, inputs, attributes }) => {
    const [, k, v, packedBias, mask, bias] = inputs;
    assert(k !== undefined && v !== undefined, "packed projections have no reference here");
    assert(
      packedBias === undefined && mask === undefined,
      "projection biases and padding masks have no reference here",
    );
    return attention({ q: x(0), k, v, bias, heads: attributes.num_heads, scale: attributes.scale });
  },
  QuickGelu: ({ x, attributes }) => mapOne(x(0), (value) => value * sigmoid(attributes.alpha * value)),
  BiasGelu: ({ x }) => mapOne(plus(x(0), x(1)), geluExact),
  FastGelu: ({ x, inputs }) => mapOne(plus(x(0), inputs[1]), geluTanh),
  SkipLayerNormalization: ({ x, inputs, attributes, outputs }) => {
    const sum = plus(plus(x(0), x(1)), inputs[4]);
    const normed = affineLast(layerNormalised(sum, -1, attributes.epsilon), x(2), inputs[3]);
    assert(outputs.length === 1 || outputs.length === 4, "mean and deviation are asked for with the sum or not at all");
    const rows = outputs[1]?.dims ?? [];
    const unread = { dims: rows, values: new Float64Array(countOf(rows)) };
    return [normed, unread, unread, sum].slice(0, outputs.length);
  },
  FusedMatMul: ({ x, attributes, dims }) => {
    const a = attributes.transA === 1 ? turned(x(0)) : x(0);
    const b = attributes.transB === 1 ? turned(x(1)) : x(1);
    return mapOne(matMul(a, b, dims), (value) => value * attributes.alpha);
  },
  NhwcConv: ({ x, inputs, attributes, dims }) => {
    const [n = 0, h = 0, w = 0, m = 0] = dims;
    const turnedIn = {
      x: permute(x(0), channelsFirst),
      w: permute(x(1), channelsFirst),
      b: inputs[2],
      dims: [n, m, h, w],
    };
    return permute(conv(turnedIn, attributes, attributes.group), channelsLast);
  },
  GroupNorm: ({ x, attributes }) => {
    const first = permute(x(0), channelsFirst);
    const normed = affineChannels(groupNormalised(first, attributes.groups, attributes.epsilon), x(1), x(2));
    return permute(attributes.activation === 1 ? mapOne(normed, silu) : normed, channelsLast);
  },
  BiasSplitGelu: ({ x, dims }) => gatedHalves(plus(x(0), x(1)), dims),
};

export const compositeKernels: Kernels<keyof typeof compositeOperators> = {
  StopGradient: ({ x }) => x(0),
  Silu: ({ x }) => mapOne(x(0), silu),
  Linear: ({ x, inputs, dims }) => {
    const rows = { dims: [countOf(x(0).dims) / (x(0).dims.at(-1) ?? 1), x(0).dims.at(-1) ?? 1], values: x(0).values };
    const product = matMul(rows, turned(x(1)), [rows.dims[0] ?? 0, dims.at(-1) ?? 0]);
    return { dims, values: plus(product, inputs[2]).values };
  },
  GroupNormActivation: ({ x, attributes }) => {
    const normed = affineChannels(groupNormalised(x(0), attributes.groups, attributes.epsilon), x(1), x(2));
    return attributes.activation === "silu" ? mapOne(normed, silu) : normed;
  },
  ScaledAttention: ({ x, inputs, attributes }) =>
    attention({ q: x(0), k: x(1), v: x(2), bias: inputs[3], heads: attributes.heads, scale: attributes.scale }),
  Geglu: ({ x, dims }) => gatedHalves(x(0), dims),
};
