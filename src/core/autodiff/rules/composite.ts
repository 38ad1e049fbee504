// Gradient rules of composites: one formula for a whole layer, cheaper and truer than the gradient of its written-out form.
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";
import { after } from "../after.ts";
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

type Heard = {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  readonly bias: Value | undefined;
  readonly y: Value;
  readonly dy: Value;
};

type Heads = { readonly heads: number; readonly scale: number };

/**
 * P = softmax(S), S = q k' scale + bias, y = P v: dv = P' dy, dP = dy v', dS = P (dP − Σ dP P), dq = dS k scale,
 * dk = dS' q scale. Σ dP P over the keys is Σ dy y over a head's width (Dao et al. 2022, appendix B.2), so the row of P is
 * not read twice. P is computed anew: a fused forward pass never shows it, and it is the largest value of a network.
 */
function attentionGradient(g: Builder, given: Heard, { heads, scale }: Heads): readonly [Value, Value, Value, Value] {
  const { query, key, value, bias, y, dy } = given;
  const [q, k, v] = [g.mul(byHead(g, query, heads), scale), byHead(g, key, heads), byHead(g, value, heads)];
  const scores = g.matMul(q, turned(g, k));
  const weights = g.softmax(bias ? g.add(scores, bias) : scores);
  const [out, dOut] = [byHead(g, y, heads), byHead(g, dy, heads)];
  const mean = g.reduceSum(g.mul(dOut, out), [-1]);
  const dScores = g.mul(weights, g.sub(g.matMul(dOut, turned(g, v)), mean));
  const together = (given4: Value, like: Value) => g.reshape(g.transpose(given4, [0, 2, 1, 3]), like.dims);
  return [
    together(g.mul(g.matMul(dScores, k), scale), query),
    together(g.matMul(turned(g, dScores), q), key),
    together(g.matMul(turned(g, weights), dOut), value),
    dScores,
  ];
}

/** Scores of more elements than this are taken a few batch items at a time: four such values live at once. */
const mostScores = 1 << 25;

/** The largest number of batch items whose scores stay below the limit, and that divides the batch. */
function itemsAtOnce(batch: number, scoresOfItem: number, most: number): number {
  for (let items = Math.max(1, Math.min(batch, Math.floor(most / scoresOfItem))); items > 1; items -= 1)
    if (batch % items === 0) return items;
  return 1;
}

/** The rule with a limit of its own; only tests have another than ours. */
export const attentionRule =
  (most: number): GradientRule<"ScaledAttention"> =>
  ({ g, x, inputs, y, dy, attributes }) => {
    const { heads } = attributes;
    const [batch = 1, queries = 1, width = 1] = sizesOf(x(0));
    const scale = attributes.scale ?? 1 / Math.sqrt(width / heads);
    const given = { query: x(0), key: x(1), value: x(2), bias: inputs[3], y, dy };
    const items = itemsAtOnce(batch, heads * queries * (sizesOf(x(1))[1] ?? 1), most);
    // A bias may belong to single items; it is small then, and its gradient needs the scores' whole.
    if (given.bias !== undefined || items === batch) {
      const [dq, dk, dv, dScores] = attentionGradient(g, given, { heads, scale });
      return [dq, dk, dv, given.bias && dScores];
    }
    const parts: (readonly [Value, Value, Value, Value])[] = [];
    for (let part = 0; part < batch / items; part += 1) {
      const cut = (value: Value) => g.slice(value, { axis: 0, from: part * items, to: (part + 1) * items });
      // One part after the other: the scores of a part must be gone before those of the next are made.
      const done = parts.at(-1)?.slice(0, 3) ?? [];
      const late = (value: Value) => (done.length > 0 ? after(g, cut(value), ...done) : cut(value));
      const own = { query: late(x(0)), key: cut(x(1)), value: cut(x(2)), bias: undefined, y: cut(y), dy: late(dy) };
      parts.push(attentionGradient(g, own, { heads, scale }));
    }
    const joined = (at: 0 | 1 | 2) =>
      g.concat(
        parts.map((part) => part[at]),
        0,
      );
    return [joined(0), joined(1), joined(2), undefined];
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
  ScaledAttention: attentionRule(mostScores),
  Geglu: geglu,
} as const satisfies FamilyRules;
