// Writes composites out in the operators that a provider computes right and fast.
import { assert } from "../../../shared/failure/index.ts";
import type { AttributeValues, CompositeName, OpName } from "../operators/table.ts";
import { productOfDims } from "../graph/dim.ts";
import type { Dim } from "../graph/dim.ts";
import { transposeWeight } from "../graph/derive.ts";
import { tensorFromValues } from "../graph/dtype.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Site } from "./rebuild.ts";
import { operatorOf } from "../operators/table.ts";
import { rebuild } from "./rebuild.ts";

/**
 * plain: ONNX operators only; for DirectML, CoreML and TensorRT.
 * webgpu: plain, each operator measured right there; norms take the mean out first, see `centred`.
 * cpu: ONNX Runtime's fused attention (105 against 91 GFLOP/s), x * sigmoid(x) in one pass, and PReLU without leaving the
 *   blocked layout of convolutions.
 * cuda: fused attention, channels-last convolution and group norm, and the split of a gated GELU in one kernel.
 */
export type Lowering = "plain" | "webgpu" | "cpu" | "cuda";

type LowerRule<Op extends OpName> = (site: Site, attributes: AttributeValues<Op>) => Value;
/** Every composite, and contrib operators that a provider lacks. */
type LowerRules = { readonly [Op in CompositeName]: LowerRule<Op> } & { readonly [Op in OpName]?: LowerRule<Op> };

const fixed = (size: Dim | undefined): number => {
  assert(typeof size === "number", `a size that must be known is ${size}`);
  return size;
};

// silu(x) = x sigmoid(x)
const plainSilu: LowerRule<"Silu"> = ({ g, x }) => g.mul(x(0), g.sigmoid(x(0)));

// QuickGelu with alpha 1 is SiLU; ONNX Runtime has it as one kernel.
const fusedSilu: LowerRule<"Silu"> = ({ g, x }) => g.op("QuickGelu", [x(0)], { alpha: 1 });

// Gemm keeps PyTorch's [out, in] weight as it is: B is turned while it is packed.
const linear: LowerRule<"Linear"> = ({ g, x, inputs, node }) => {
  const [input, weight] = [x(0), x(1)];
  const width = fixed(weight.dims[1]);
  const rows = productOfDims(input.dims.slice(0, -1));
  const product = g.gemm(g.reshape(input, [rows, width]), weight, inputs[2], { transB: 1 });
  return g.reshape(product, node.outputs[0]?.dims ?? []);
};

// Without a bias a plain product is 5 to 10 % faster, its weight turned once in the file (tools/bench/operators.ts).
const cpuLinear: LowerRule<"Linear"> = (site, attributes) => {
  const { g, x, inputs } = site;
  const { origin } = x(1);
  if (inputs[2] !== undefined || origin.kind !== "weight") return linear(site, attributes);
  return g.matMul(x(0), g.adopt(transposeWeight(origin.weight)));
};

/** A per-channel vector [c] that broadcasts over [n, c, ...]. */
const overChannels = (g: Site["g"], parameter: Value, rank: number): Value =>
  g.reshape(parameter, [fixed(parameter.dims[0]), ...Array.from({ length: rank - 2 }, () => 1)]);

/**
 * x - mean(x) along an axis, in front of a norm that would do it badly: WebGPU takes the variance as E[x^2] - E[x]^2, and the
 * CPU writes x s - mean s. Both cancel where the mean is large against the deviation: at 100 to 1 WebGPU's relative error is
 * 1e-3, after this 1e-5 (ONNX Runtime 1.30 on SwiftShader).
 */
const centred = (g: Site["g"], x: Value, axis: number): Value => g.sub(x, g.reduceMean(x, [axis]));

/** Groups of so few elements often have nearly equal ones: a mean that is large against the deviation. */
const fewElements = 64;

const centresFew = (perGroup: Dim | undefined): boolean => typeof perGroup === "number" && perGroup <= fewElements;
const centresAll = (): boolean => true;

// Instance norm over [n, groups, rest] is the group norm; scale and bias follow per channel (Wu & He 2018).
const groupNormWith =
  (centres: (perGroup: Dim | undefined) => boolean): LowerRule<"GroupNormActivation"> =>
  ({ g, x }, { groups, epsilon, activation }) => {
    const [input, rank] = [x(0), x(0).dims.length];
    const constant = (value: number) =>
      g.constant(
        tensorFromValues(
          input.dtype,
          [groups],
          Array.from({ length: groups }, () => value),
        ),
      );
    const grouped = g.reshape(input, [input.dims[0] ?? 1, groups, -1]);
    const ready = centres(grouped.dims[2]) ? centred(g, grouped, 2) : grouped;
    const normed = g.reshape(g.instanceNorm(ready, constant(1), constant(0), epsilon), input.dims);
    const result = g.add(g.mul(normed, overChannels(g, x(1), rank)), overChannels(g, x(2), rank));
    return activation === "silu" ? g.silu(result) : result;
  };

// The mean of a layer norm's last axis may be taken out before it: it subtracts 0 after that.
const centredLayerNorm: LowerRule<"LayerNormalization"> = ({ g, x, inputs, node }, { axis, epsilon }) => {
  const last = axis === -1 || axis === x(0).dims.length - 1;
  return last ? g.layerNorm(centred(g, x(0), -1), x(1), inputs[2], epsilon) : g.op(node.op, inputs, node.attributes);
};

const cudaGroupNorm: LowerRule<"GroupNormActivation"> = ({ g, x }, { groups, epsilon, activation }) => {
  const [input, rank] = [x(0), x(0).dims.length];
  const channelsLast = [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
  const channelsSecond = [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
  const last = g.transpose(input, channelsLast);
  const [batch = 1, channels = 1] = input.dims;
  // Statistics run over all axes between batch and channel, so any of them may be folded into two.
  const spatial = rank === 4 ? last : g.reshape(last, [batch, productOfDims(input.dims.slice(2)), 1, channels]);
  const attributes = { groups, epsilon, activation: activation === "silu" ? 1 : 0 };
  const parameters = [g.cast(x(1), "float32"), g.cast(x(2), "float32")];
  const normed = g.op("GroupNorm", [spatial, ...parameters], attributes);
  return g.transpose(g.reshape(normed, last.dims), channelsSecond);
};

/** [batch, tokens, heads * size] -> [batch, heads, tokens, size]. */
function byHead(g: Site["g"], x: Value, heads: number): Value {
  const [batch = 1, tokens = 1, width] = x.dims;
  return g.transpose(g.reshape(x, [batch, tokens, heads, fixed(width) / heads]), [0, 2, 1, 3]);
}

// softmax(q k' * scale + bias) v; scaling q costs less than scaling the scores. The keys' turn joins the heads' turn.
const plainAttention: LowerRule<"ScaledAttention"> = ({ g, x, inputs, node }, { heads, scale }) => {
  const size = fixed(x(0).dims[2]) / heads;
  const [q, k, v] = [byHead(g, x(0), heads), byHead(g, x(1), heads), byHead(g, x(2), heads)];
  const products = g.matMul(g.mul(q, scale ?? 1 / Math.sqrt(size)), g.transpose(k, [0, 1, 3, 2]));
  const scores = inputs[3] === undefined ? products : g.add(products, inputs[3]);
  const mixed = g.transpose(g.matMul(g.softmax(scores), v), [0, 2, 1, 3]);
  return g.reshape(mixed, node.outputs[0]?.dims ?? []);
};

const fusedAttention: LowerRule<"ScaledAttention"> = (site, attributes) => {
  const { g, x, inputs } = site;
  // The fused kernel takes [batch or 1, heads or 1, queries, keys]; other biases go the plain way.
  if (inputs[3] !== undefined && inputs[3].dims.length !== 4) return plainAttention(site, attributes);
  return g.op("MultiHeadAttention", [x(0), x(1), x(2), undefined, undefined, inputs[3]], {
    num_heads: attributes.heads,
    scale: attributes.scale,
  });
};

// [value | gate] -> value gelu(gate) (Shazeer 2020)
const plainGeglu: LowerRule<"Geglu"> = ({ g, x }) => {
  const [value, gate] = g.split(x(0), -1, 2);
  assert(value !== undefined && gate !== undefined, "two halves");
  return g.mul(value, g.gelu(gate));
};

const cudaGeglu: LowerRule<"Geglu"> = ({ g, x }) => {
  const width = fixed(x(0).dims.at(-1));
  const zeroBias = g.constant(tensorFromValues(x(0).dtype, [width], new Float64Array(width)));
  return g.op("BiasSplitGelu", [x(0), zeroBias]);
};

// x sigmoid(alpha x)
const plainQuickGelu: LowerRule<"QuickGelu"> = ({ g, x }, { alpha }) =>
  g.mul(x(0), g.sigmoid(alpha === 1 ? x(0) : g.mul(x(0), alpha)));

const cudaConv: LowerRule<"Conv"> = ({ g, x, inputs }, attributes) => {
  const { auto_pad, dilations, group, pads, strides } = attributes;
  const channelsLast = [0, 2, 3, 1];
  const turned = [g.transpose(x(0), channelsLast), g.transpose(x(1), channelsLast), inputs[2]];
  return g.transpose(g.op("NhwcConv", turned, { auto_pad, dilations, group, pads, strides }), [0, 3, 1, 2]);
};

// Gradients have been taken before anything is lowered: what stopped them is no longer needed.
const nothing: LowerRule<"StopGradient"> = ({ x }) => x(0);

/**
 * a x + (1 - a) relu(x), both products as convolutions of one pixel a channel: the runtime's PReLU cannot work on its
 * blocked layout and sends every picture there and back. MediaPipe's face mesh takes a third of the time (tools/bench/faces.ts).
 */
const blockedPrelu: LowerRule<"PRelu"> = ({ g, x, node }) => {
  const [input, { origin, dims }] = [x(0), x(1)];
  const channels = input.dims[1];
  const isPerChannel = input.dtype === "float32" && input.dims.length === 4 && dims.join() === [channels, 1, 1].join();
  if (origin.kind !== "constant" || typeof channels !== "number" || !isPerChannel) return g.op(node.op, [input, x(1)]);
  const slopes = Array.from(origin.tensor.data, Number);
  const scaled = (value: Value, factors: readonly number[]) =>
    g.conv(value, g.constant(tensorFromValues(input.dtype, [channels, 1, 1, 1], factors)), { groups: channels });
  const rest = slopes.map((slope) => 1 - slope);
  return g.add(scaled(input, slopes), scaled(g.relu(input), rest));
};

/**
 * Where windows neither overlap nor leave gaps, a transposed convolution is a product: each cell of x gives its own block of
 * the result. WebGPU has none in three dimensions; the gradient of a video network's patches is one.
 */
const transposedByBlocks: LowerRule<"ConvTranspose"> = (site, attributes) => {
  const { g, x, node, inputs } = site;
  const [input, kernel] = [x(0), x(1)];
  const [batch = 1, channels = 1, ...cells] = input.dims;
  const [, made, ...block] = kernel.dims;
  const isBlocks =
    attributes.strides?.join() === block.join() &&
    attributes.group === 1 &&
    (attributes.pads ?? []).every((pad) => pad === 0) &&
    (attributes.output_padding ?? []).every((extra) => extra === 0) &&
    attributes.auto_pad === "NOTSET";
  if (cells.length < 3 || !isBlocks || inputs[2] !== undefined) return g.op(node.op, inputs, attributes);
  const [places, perPlace] = [productOfDims(cells), fixed(productOfDims([made ?? 1, ...block]))];
  // [batch, places, channels] x [channels, made * block]
  const columns = g.transpose(g.reshape(input, [batch, channels, places]), [0, 2, 1]);
  const blocks = g.matMul(columns, g.reshape(kernel, [fixed(channels), perPlace]));
  const cell = cells.map((_, axis) => 1 + axis);
  const inBlock = cells.map((_, axis) => 2 + cells.length + axis);
  const apart = g.reshape(blocks, [batch, ...cells, made ?? 1, ...block]);
  const woven = [0, 1 + cells.length, ...cell.flatMap((axis, index) => [axis, inBlock[index] ?? axis])];
  return g.reshape(g.transpose(apart, woven), node.outputs[0]?.dims ?? []);
};

/** WebGPU adds two at a time; the sums of gradients have more. */
const summedInPairs: LowerRule<"Sum"> = ({ g, x, inputs }) =>
  inputs.slice(1).reduce<Value>((total, _, index) => g.add(total, x(index + 1)), x(0));

const plainRules = {
  StopGradient: nothing,
  Silu: plainSilu,
  Linear: linear,
  GroupNormActivation: groupNormWith(centresFew),
  ScaledAttention: plainAttention,
  Geglu: plainGeglu,
  QuickGelu: plainQuickGelu,
} as const satisfies LowerRules;

const lowerRules: { readonly [L in Lowering]: LowerRules } = {
  plain: plainRules,
  webgpu: {
    ...plainRules,
    GroupNormActivation: groupNormWith(centresAll),
    LayerNormalization: centredLayerNorm,
    ConvTranspose: transposedByBlocks,
    Sum: summedInPairs,
  },
  cpu: {
    StopGradient: nothing,
    Silu: fusedSilu,
    Linear: cpuLinear,
    GroupNormActivation: groupNormWith(centresFew),
    ScaledAttention: fusedAttention,
    Geglu: plainGeglu,
    PRelu: blockedPrelu,
  },
  cuda: {
    StopGradient: nothing,
    Silu: fusedSilu,
    Linear: linear,
    GroupNormActivation: cudaGroupNorm,
    ScaledAttention: fusedAttention,
    Geglu: cudaGeglu,
    Conv: cudaConv,
  },
};

/** Channels-last convolution exists for pictures only; grouped ones keep their own kernel. */
const staysPlain = ({ node }: Site): boolean => {
  if (node.op !== "Conv") return false;
  const { group } = node.attributes as AttributeValues<"Conv">;
  return node.inputs[0]?.dims.length !== 4 || group !== 1;
};

/** All composites written out. A rule may end in another composite (a group norm in a SiLU): those fall in a second round. */
export function lower(graph: Graph, lowering: Lowering): Graph {
  const rules: { readonly [Op in OpName]?: LowerRule<never> } = lowerRules[lowering];
  const apply = (site: Site) => rules[site.node.op]?.(site, site.node.attributes as never);
  const once = rebuild(graph, (site) => (staysPlain(site) ? undefined : apply(site)));
  return rebuild(once, (site) => (operatorOf(site.node.op).domain === "dubwright" ? apply(site) : undefined));
}
