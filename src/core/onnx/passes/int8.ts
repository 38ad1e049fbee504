// The 8-bit variant for CPUs: u8 activations measured as they come, s8 weights with a scale per output channel.
import { assert } from "../../../shared/failure/index.ts";
import { mapWeight, quantiseRows } from "../graph/derive.ts";
import { valuesOf } from "../graph/dtype.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Weight } from "../graph/weights.ts";
import type { AttributeValues } from "../operators/table.ts";
import type { Rule, Site } from "./rebuild.ts";
import { rebuild } from "./rebuild.ts";

export type Int8Options = {
  /** Whether a layer may be quantised, by its node name: first and last layers and small ones often stay as they are. */
  readonly chooses?: (nodeName: string) => boolean;
};

const weightOfValue = (value: Value): Weight | undefined =>
  value.origin.kind === "weight" ? value.origin.weight : undefined;

/** Products of fewer multiplications per output cost more to quantise than they save. */
const fewestInner = 64;

// y = (u8(x) - zero) s8(W) * scales + b, the range of x measured at each run.
function linear({ g, x, inputs }: Site): Value | undefined {
  const weight = weightOfValue(x(1));
  if (weight === undefined || (weight.dims[1] ?? 0) < fewestInner) return undefined;
  const { values, scales } = quantiseRows(weight, "columns");
  return g.op("DynamicQuantizeMatMul", [x(0), g.adopt(values), g.adopt(scales), undefined, inputs[2]]);
}

/** [m, c, kh, kw] -> [m, kh, kw, c], as rows of the patches below. */
function patchRows(weight: Weight): Weight {
  const [m = 1, c = 1, kh = 1, kw = 1] = weight.dims;
  const made = { key: `${weight.key} (patches)`, dtype: weight.dtype, dims: [m, kh * kw * c] };
  return mapWeight(weight, made, (tensor) => {
    const [source, taps] = [valuesOf(tensor), kh * kw];
    const patches = new Float32Array(source.length);
    let next = 0;
    for (let row = 0; row < m; row += 1)
      for (let tap = 0; tap < taps; tap += 1)
        for (let channel = 0; channel < c; channel += 1) {
          patches[next] = source[(row * c + channel) * taps + tap] ?? 0;
          next += 1;
        }
    return patches;
  });
}

/** The stretch of axis `axis` that one tap of a kernel sees: `count` places, `stride` apart, from `first` on. */
const tapSlice = (g: Site["g"], x: Value, { axis, first, count, stride }: Tap): Value =>
  g.slice(x, { axis, from: first, to: first + (count - 1) * stride + 1, step: stride });

type Tap = { readonly axis: number; readonly first: number; readonly count: number; readonly stride: number };

// Convolution as one 8-bit product: pixels quantised once, turned channels-last, and each kernel's taps laid side by side.
function conv(site: Site): Value | undefined {
  const { g, x, inputs, node } = site;
  const {
    group,
    pads = [0, 0, 0, 0],
    strides = [1, 1],
    dilations = [1, 1],
    auto_pad,
  } = node.attributes as AttributeValues<"Conv">;
  const weight = weightOfValue(x(1));
  const [n = 1, m = 1, ...out] = node.outputs[0]?.dims ?? [];
  const [height, width] = out;
  const [, c = 1, kh = 1, kw = 1] = weight?.dims ?? [];
  if (weight?.dims.length !== 4 || group !== 1 || auto_pad !== "NOTSET" || weight.dtype !== "float32") return undefined;
  if (c * kh * kw < fewestInner || typeof height !== "number" || typeof width !== "number") return undefined;
  const [pixels, scale, zero] = g.node("DynamicQuantizeLinear", [x(0)], {}, { outputCount: 3 });
  assert(pixels !== undefined && scale !== undefined && zero !== undefined, "three outputs");
  const last = g.transpose(pixels, [0, 2, 3, 1]);
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  const padded = pads.every((pad) => pad === 0)
    ? last
    : g.op("Pad", [last, g.ints([top, left, bottom, right]), zero, g.ints([1, 2])]);
  const taps = Array.from({ length: kh * kw }, (_, tap) => {
    const [row, column] = [Math.floor(tap / kw) * (dilations[0] ?? 1), (tap % kw) * (dilations[1] ?? 1)];
    const rows = tapSlice(g, padded, { axis: 1, first: row, count: height, stride: strides[0] ?? 1 });
    return tapSlice(g, rows, { axis: 2, first: column, count: width, stride: strides[1] ?? 1 });
  });
  const patches = g.concat(taps, 3);
  const { values, scales } = quantiseRows(patchRows(weight), "columns");
  const product = g.op("MatMulIntegerToFloat", [
    patches,
    g.adopt(values),
    scale,
    g.adopt(scales),
    zero,
    undefined,
    inputs[2],
  ]);
  return g.transpose(g.reshape(product, [n, height, width, m]), [0, 3, 1, 2]);
}

/**
 * Linear layers and convolutions over 8-bit integers, the rest as it is. Inexact: print the error beside the speed. Sizes must
 * be baked for convolutions to take part.
 */
export function toInt8(graph: Graph, { chooses = () => true }: Int8Options = {}): Graph {
  const rule: Rule = (site) => {
    if (!chooses(site.node.name)) return undefined;
    if (site.node.op === "Linear") return linear(site);
    return site.node.op === "Conv" ? conv(site) : undefined;
  };
  return rebuild(graph, rule);
}
