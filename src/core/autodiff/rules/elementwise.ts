// Gradient rules of element-wise operators: arithmetic, comparisons, activations, casts.
import type { Builder, Value } from "../../onnx/index.ts";
import type { FamilyRules, GradientRule } from "./rule.ts";
import { flat } from "./rule.ts";

const isFloat = ({ dtype }: Value): boolean => dtype === "float32" || dtype === "float16";

const steps = flat("it is constant between its jumps");
const logical = flat("its result is a truth value");

/** σ(αx)(1 + αx(1 − σ(αx))), the derivative of x σ(αx). */
export function siluSlope(g: Builder, x: Value, alpha = 1): Value {
  const scaled = alpha === 1 ? x : g.mul(x, alpha);
  const gate = g.sigmoid(scaled);
  return g.mul(gate, g.add(1, g.mul(scaled, g.sub(1, gate))));
}

/** Φ(x) + x φ(x), the derivative of x Φ(x) (Hendrycks & Gimpel 2016). */
function geluSlope(g: Builder, x: Value): Value {
  const cumulative = g.mul(0.5, g.add(1, g.erf(g.mul(x, Math.SQRT1_2))));
  const density = g.mul(1 / Math.sqrt(2 * Math.PI), g.exp(g.mul(-0.5, g.mul(x, x))));
  return g.add(cumulative, g.mul(x, density));
}

/** With t = tanh(k(x + c x³)): (1 + t)/2 + x (1 − t²) k (1 + 3c x²)/2, the derivative of x (1 + t)/2. */
function tanhGeluSlope(g: Builder, x: Value): Value {
  const [k, c] = [Math.sqrt(2 / Math.PI), 0.044715];
  const squared = g.mul(x, x);
  const t = g.tanh(g.mul(k, g.mul(x, g.add(1, g.mul(c, squared)))));
  const inner = g.mul(k, g.add(1, g.mul(3 * c, squared)));
  const slope = g.mul(g.mul(x, g.sub(1, g.mul(t, t))), inner);
  return g.mul(0.5, g.add(g.add(1, t), slope));
}

export const geluSlopes = { none: geluSlope, tanh: tanhGeluSlope } as const;

// y = max x_i: d x_i = d y where x_i = y, in equal shares where several reach it. The same with min.
const shareOfExtremum: GradientRule<"Max"> = ({ g, inputs, y, dy }) => {
  const present = inputs.filter((input) => input !== undefined);
  const hits = present.map((x) => g.cast(g.equal(x, y), dy.dtype));
  const share = g.div(
    dy,
    hits.reduce((total, hit) => g.add(total, hit)),
  );
  return hits.map((hit) => g.mul(hit, share));
};

export const elementwiseRules = {
  // d(a + b) = da + db
  Add: ({ dy }) => [dy, dy],
  // d(a − b) = da − db
  Sub: ({ g, dy }) => [dy, g.neg(dy)],
  // d(ab) = b da + a db
  Mul: ({ g, x, dy }) => [g.mul(dy, x(1)), g.mul(dy, x(0))],
  // y = a/b: dy = da / b − y db / b
  Div: ({ g, x, y, dy }) => {
    const share = g.div(dy, x(1));
    return [share, g.neg(g.mul(share, y))];
  },
  // y = a^b: dy = b a^(b − 1) da + y ln a db; the second for a > 0 alone, where the exponent may vary
  Pow: ({ g, x, y, dy }) => {
    const [a, b] = [x(0), g.cast(x(1), x(0).dtype)];
    const byExponent = isFloat(x(1)) ? g.cast(g.mul(dy, g.mul(y, g.log(a))), x(1).dtype) : undefined;
    return [g.mul(dy, g.mul(b, g.pow(a, g.sub(b, 1)))), byExponent];
  },
  // y = a − b q with a whole q that is constant between jumps: dy = da − q db, q = (a − y) / b
  Mod: ({ g, x, y, dy }) => [dy, g.neg(g.mul(dy, g.round(g.div(g.sub(x(0), y), x(1)))))],
  // d √x = dx / 2√x
  Sqrt: ({ g, y, dy }) => [g.div(dy, g.mul(2, y))],
  // d(1/x) = −dx / x²
  Reciprocal: ({ g, y, dy }) => [g.neg(g.mul(dy, g.mul(y, y)))],
  // d eˣ = eˣ dx
  Exp: ({ g, y, dy }) => [g.mul(dy, y)],
  // d ln x = dx / x
  Log: ({ g, x, dy }) => [g.div(dy, x(0))],
  // d erf x = 2/√π exp(−x²) dx
  Erf: ({ g, x, dy }) => [g.mul(dy, g.mul(2 / Math.sqrt(Math.PI), g.exp(g.neg(g.mul(x(0), x(0))))))],
  // d sin x = cos x dx
  Sin: ({ g, x, dy }) => [g.mul(dy, g.cos(x(0)))],
  // d cos x = −sin x dx
  Cos: ({ g, x, dy }) => [g.neg(g.mul(dy, g.sin(x(0))))],
  // d tanh x = (1 − y²) dx
  Tanh: ({ g, y, dy }) => [g.mul(dy, g.sub(1, g.mul(y, y)))],
  // d σ(x) = y (1 − y) dx
  Sigmoid: ({ g, y, dy }) => [g.mul(dy, g.mul(y, g.sub(1, y)))],
  // d ln(1 + eˣ) = σ(x) dx
  Softplus: ({ g, x, dy }) => [g.mul(dy, g.sigmoid(x(0)))],
  // d max(x, 0) = dx where x > 0; the subgradient at 0 is 0
  Relu: ({ g, x, dy }) => [g.where(g.greater(x(0), 0), dy, 0)],
  Neg: ({ g, dy }) => [g.neg(dy)],
  // d |x| = sign(x) dx; the subgradient at 0 is 0
  Abs: ({ g, x, dy }) => [g.mul(dy, g.sign(x(0)))],
  Sign: steps,
  Floor: steps,
  Ceil: steps,
  Round: steps,
  Not: logical,
  And: logical,
  Or: logical,
  Min: shareOfExtremum,
  Max: shareOfExtremum,
  // d Σ x_i = Σ dx_i
  Sum: ({ inputs, dy }) => inputs.map(() => dy),
  Equal: logical,
  Less: logical,
  LessOrEqual: logical,
  Greater: logical,
  GreaterOrEqual: logical,
  // d y goes to the side that was taken
  Where: ({ g, x, dy }) => [undefined, g.where(x(0), dy, 0), g.where(x(0), 0, dy)],
  // y = min(max(x, low), high): to x inside (ends included), to a bound where it holds
  Clip: ({ g, x, inputs, dy }) => {
    const below = inputs[1] && g.less(x(0), inputs[1]);
    const above = inputs[2] && g.greater(x(0), inputs[2]);
    const inside = [below, above].reduce((rest: Value, out) => (out ? g.where(out, 0, rest) : rest), dy);
    return [inside, below && g.where(below, dy, 0), above && g.where(above, dy, 0)];
  },
  // x where x ≥ 0, αx below; the slope at 0 is 1
  LeakyRelu: ({ g, x, dy, attributes }) => [g.where(g.less(x(0), 0), g.mul(dy, attributes.alpha), dy)],
  // y = αx + β cut to 0..1: α dx inside, 0 outside and at the ends
  HardSigmoid: ({ g, y, dy, attributes }) => {
    const inside = g.and(g.greater(y, 0), g.less(y, 1));
    return [g.where(inside, g.mul(dy, attributes.alpha), 0)];
  },
  // y = sx below 0: s dx + x ds there, dx elsewhere
  PRelu: ({ g, x, dy }) => {
    const below = g.less(x(0), 0);
    return [g.where(below, g.mul(dy, x(1)), dy), g.where(below, g.mul(dy, x(0)), 0)];
  },
  Gelu: ({ g, x, dy, attributes }) => [
    g.mul(dy, geluSlopes[attributes.approximate === "tanh" ? "tanh" : "none"](g, x(0))),
  ],
  // A float of another width keeps the gradient; to whole numbers and truths nothing flows, see `backward`.
  Cast: ({ g, x, dy }) => [isFloat(x(0)) ? g.cast(dy, x(0).dtype) : undefined],
  Identity: ({ dy }) => [dy],
} as const satisfies FamilyRules;
