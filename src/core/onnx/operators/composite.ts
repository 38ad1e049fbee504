// Composites: what a network means, as one node. A lowering pass writes each out for its provider; no file holds them.
import { allDTypes, floatTypes } from "../graph/dtype.ts";
import { printDims } from "../graph/dim.ts";
import { may, need, operator, or } from "./operator.ts";
import { broadcast, likeFirst, one } from "./shapes.ts";

const domain = "dubwright";
const types = { T: floatTypes };

export const compositeOperators = {
  /** x itself; gradients end here. */
  StopGradient: operator("X: T -> Y: T", { domain, types: { T: allDTypes }, infer: likeFirst }),

  /** x * sigmoid(x). */
  Silu: operator("X: T -> Y: T", { domain, types, infer: likeFirst }),

  /** x W' + b with PyTorch's W [out, in]; x of any rank, over its last axis. */
  Linear: operator("X: T, W: T, B?: T -> Y: T", {
    domain,
    types,
    infer: (call) => {
      const [x, w] = [call.dims(0), call.dims(1)];
      if (w.length !== 2) return call.fail(`its weight must be [out, in], not ${printDims(w)}`);
      call.same(x.at(-1) ?? 0, w[1] ?? 0, "width of the input and of the weight");
      return one([...x.slice(0, -1), w[0] ?? 0]);
    },
  }),

  /**
   * Mean and variance per (batch, group) over the group's channels and all axes after them. X [batch, channel, ...]: with
   * [batch, channel, frame, height, width] the statistics run over frames. activation: "none" or "silu".
   */
  GroupNormActivation: operator("X: T, scale: T, bias: T -> Y: T", {
    domain,
    types,
    attributes: { groups: need("int"), epsilon: or("float", 1e-5), activation: or("string", "none") },
    infer: (call) => {
      const channels = call.dims(0)[1] ?? 0;
      for (const index of [1, 2])
        call.same(call.dims(index)[0] ?? 0, channels, `parameters of input ${index} and channels`);
      if (typeof channels === "number" && channels % call.attributes.groups !== 0)
        return call.fail(`${channels} channels do not fall into ${call.attributes.groups} groups`);
      return likeFirst(call);
    },
  }),

  /**
   * softmax(q k' * scale + bias) v per head. q [batch, queries, heads * size], k [batch, keys, heads * size],
   * v [batch, keys, heads * valueSize]; bias broadcasts to [batch, heads, queries, keys]. scale defaults to 1/sqrt(size).
   */
  ScaledAttention: operator("query: T, key: T, value: T, bias?: T -> output: T", {
    domain,
    types,
    attributes: { heads: need("int"), scale: may("float") },
    infer: (call) => {
      const [q, k, v, { heads }] = [call.dims(0), call.dims(1), call.dims(2), call.attributes];
      if (q.length !== 3 || k.length !== 3 || v.length !== 3)
        return call.fail("query, key and value must be [batch, tokens, width]");
      call.same(q[2] ?? 0, k[2] ?? 0, "widths of query and key");
      call.same(k[1] ?? 0, v[1] ?? 0, "tokens of key and value");
      const [width, valueWidth] = [q[2], v[2]];
      if (
        typeof width !== "number" ||
        typeof valueWidth !== "number" ||
        width % heads !== 0 ||
        valueWidth % heads !== 0
      )
        return call.fail(`widths ${width} and ${valueWidth} do not fall into ${heads} heads`);
      const scores = [q[0] ?? 0, heads, q[1] ?? 0, k[1] ?? 0];
      if (call.inputs[3] !== undefined) broadcast(call, scores, call.dims(3));
      return one([q[0] ?? 0, q[1] ?? 0, valueWidth]);
    },
  }),

  /** value * gelu(gate) for X = [value | gate] over the last axis. */
  Geglu: operator("X: T -> Y: T", {
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
