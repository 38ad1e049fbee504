// ONNX Runtime's own operators (domain com.microsoft), each fast on some provider and absent on others.
import { floatTypes } from "../graph/dtype.ts";
import { convDims } from "./layers.ts";
import { may, need, operator, or } from "./operator.ts";
import { likeFirst, matMulDims, one } from "./shapes.ts";

const domain = "com.microsoft";
const types = { T: floatTypes };

export const contribOperators = {
  /** query [batch, queries, heads * size], key and value [batch, keys, ...] -> [batch, queries, heads * value size]. */
  MultiHeadAttention: operator(
    "query: T, key?: T, value?: T, bias?: T, key_padding_mask?: int32, attention_bias?: T -> output: T",
    {
      domain,
      types,
      attributes: { num_heads: need("int"), scale: may("float"), mask_filter_value: may("float") },
      infer: (call) => {
        const [batch = 0, queries = 0, width = 0] = call.dims(0);
        return one([batch, queries, call.inputs[2]?.dims[2] ?? width]);
      },
    },
  ),
  /** x * sigmoid(alpha * x). */
  QuickGelu: operator("X: T -> Y: T", { domain, types, attributes: { alpha: or("float", 1.702) }, infer: likeFirst }),
  /** gelu(x + bias), bias over the last axis. */
  BiasGelu: operator("A: T, B: T -> C: T", { domain, types, infer: likeFirst }),
  FastGelu: operator("X: T, bias?: T -> Y: T", { domain, types, infer: likeFirst }),
  /** Layer norm over the last axis of input + skip (+ bias); the second output is that sum. */
  SkipLayerNormalization: operator(
    "input: T, skip: T, gamma: T, beta?: T, bias?: T -> output: T, mean?: float32, inv_std_var?: float32, sum?: T",
    {
      domain,
      types,
      attributes: { epsilon: or("float", 1e-12) },
      infer: (call) => {
        const dims = call.dims(0);
        const rows = [...dims.slice(0, -1), 1];
        return [{ dims }, { dims: rows }, { dims: rows }, { dims }].slice(0, call.outputCount);
      },
    },
  ),
  FusedMatMul: operator("A: T, B: T -> Y: T", {
    domain,
    types,
    attributes: {
      alpha: or("float", 1),
      transA: or("int", 0),
      transB: or("int", 0),
      transBatchA: or("int", 0),
      transBatchB: or("int", 0),
    },
    infer: (call) => {
      const turn = (index: number, turned: number) => {
        const dims = call.dims(index);
        return turned === 1 ? [...dims.slice(0, -2), ...dims.slice(-2).toReversed()] : dims;
      };
      return one(matMulDims(call, turn(0, call.attributes.transA), turn(1, call.attributes.transB)));
    },
  }),
  /** CUDA: convolution of X [n, h, w, c] with W [m, kh, kw, c]. */
  NhwcConv: operator("X: T, W: T, B?: T -> Y: T", {
    domain,
    types,
    attributes: {
      auto_pad: or("string", "NOTSET"),
      dilations: may("ints"),
      group: or("int", 1),
      kernel_shape: may("ints"),
      pads: may("ints"),
      strides: may("ints"),
    },
    infer: (call) => {
      const channelsFirst = (index: number) => {
        const [n = 0, h = 0, w = 0, c = 0] = call.dims(index);
        return [n, c, h, w];
      };
      const [n = 0, c = 0, h = 0, w = 0] = convDims(call, channelsFirst(0), channelsFirst(1));
      return one([n, h, w, c]);
    },
  }),
  /** CUDA: group norm of X [n, h, w, c] with float32 gamma and beta; activation 1 is SiLU. */
  GroupNorm: operator("X: T, gamma: float32, beta: float32 -> Y: T", {
    domain,
    types,
    attributes: {
      activation: need("int"),
      channels_last: or("int", 1),
      epsilon: or("float", 1e-5),
      groups: need("int"),
    },
    infer: likeFirst,
  }),
  /** CUDA: for x + bias = [left, right] halves of the last axis: left * gelu(right). */
  BiasSplitGelu: operator("X: T, bias: T -> Y: T", {
    domain,
    types,
    infer: (call) => {
      const dims = call.dims(0);
      const last = dims.at(-1);
      if (typeof last !== "number" || last % 2 !== 0) return call.fail(`its last axis ${last} has no halves`);
      return one([...dims.slice(0, -1), last / 2]);
    },
  }),
};
