// Gradient rules of composites: one formula for a whole layer, cheaper and truer than the gradient of its written-out form.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import { geluSlopes, siluSlope } from "./elementwise.ts";
import { groupNormGradient } from "./norms.ts";
import type { FamilyRules, GradientRule } from "./rule.ts";
import { flat } from "./rule.ts";
import { axesBut, sizesOf } from "./sizes.ts";

// y = x W' + b over the last axis: dx = dy W, dW = dy' x over all rows, db = Σ dy
const linear: GradientRule<"Linear"> = ({ g, x, inputs, dy }) => {
  const [outWidth = 1, width = 1] = sizesOf(x(1));
  const rows = g.reshape(dy, [-1, outWidth]);
  return [
    g.reshape(g.matMul(rows, x(1)), x(0).dims),
    g.gemm(rows, g.reshape(x(0), [-1, width]), undefined, { transA: 1 }),
    inputs[2] && g.reduceSum(dy, axesBut(dy, dy.dims.length - 1), "drop"),
  ];
};

// y = act(s x̂ + b)
const groupNorm: GradientRule<"GroupNormActivation"> = ({ g, x, dy, attributes }) => {
  const { groups, epsilon, activation } = attributes;
  const values = { x: x(0), scale: x(1), bias: x(2), dy };
  const silu = (z: Value) => g.mul(dy, siluSlope(g, z));
  return groupNormGradient(g, values, activation === "silu" ? { groups, epsilon, dz: silu } : { groups, epsilon });
};

/** [batch, tokens, heads * size] -> [batch, heads, tokens, size]. */
function byHead(g: Builder, x: Value, heads: number): Value {
  const [batch = 1, tokens = 1, width = 1] = sizesOf(x);
  return g.transpose(g.reshape(x, [batch, tokens, heads, width / heads]), [0, 2, 1, 3]);
}

const turned = (g: Builder, x: Value): Value => g.transpose(x, [0, 1, 3, 2]);

/**
 * P = softmax(S), S = q k' scale + bias, y = P v: dv = P' dy, dP = dy v', dS = P (dP − Σ dP P), dq = dS k scale,
 * dk = dS' q scale. Σ dP P over the keys is Σ dy y over a head's width (Dao et al. 2022, appendix B.2), so the row of P is
 * not read twice. P is computed anew: a fused forward pass never shows it, and it is the largest value of a network.
 */
const attention: GradientRule<"ScaledAttention"> = ({ g, x, inputs, y, dy, attributes }) => {
  const { heads } = attributes;
  const scale = attributes.scale ?? 1 / Math.sqrt((sizesOf(x(0))[2] ?? 1) / heads);
  const [q, k, v] = [g.mul(byHead(g, x(0), heads), scale), byHead(g, x(1), heads), byHead(g, x(2), heads)];
  const scores = g.matMul(q, turned(g, k));
  const weights = g.softmax(inputs[3] ? g.add(scores, inputs[3]) : scores);
  const [out, dOut] = [byHead(g, y, heads), byHead(g, dy, heads)];
  const mean = g.reduceSum(g.mul(dOut, out), [-1]);
  const dScores = g.mul(weights, g.sub(g.matMul(dOut, turned(g, v)), mean));
  const together = (value: Value, like: Value) => g.reshape(g.transpose(value, [0, 2, 1, 3]), like.dims);
  return [
    together(g.mul(g.matMul(dScores, k), scale), x(0)),
    together(g.matMul(turned(g, dScores), q), x(1)),
    together(g.matMul(turned(g, weights), dOut), x(2)),
    inputs[3] && dScores,
  ];
};

// y = value gelu(gate): d value = dy gelu(gate), d gate = dy value gelu'(gate), joined as they came
const geglu: GradientRule<"Geglu"> = ({ g, x, dy }) => {
  const [value, gate] = g.split(x(0), -1, 2);
  assert(value !== undefined && gate !== undefined, "two halves");
  const dGate = g.mul(g.mul(dy, value), geluSlopes.none(g, gate));
  return [g.concat([g.mul(dy, g.gelu(gate)), dGate], -1)];
};

export const compositeRules = {
  StopGradient: flat("the network says that gradients end here"),
  // y = x σ(x)
  Silu: ({ g, x, dy }) => [g.mul(dy, siluSlope(g, x(0)))],
  Linear: linear,
  GroupNormActivation: groupNorm,
  ScaledAttention: attention,
  Geglu: geglu,
} as const satisfies FamilyRules;
