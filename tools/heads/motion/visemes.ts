// Which muscles a phone pulls: expression weights per phone, and how firmly it holds against its neighbours.
import type { Phone } from "../speech/phones.ts";
import type { ExpressionWeights } from "../model/morph.ts";

export type Viseme = {
  readonly weights: ExpressionWeights;
  /** How much of the blend between neighbours is this phone's: closures win, t and k give way. */
  readonly dominance: number;
  /** Standard deviation of its pull over time. */
  readonly spreadSeconds: number;
};

const closure: Viseme = {
  weights: { mouthPress: 0.5, mouthRollLower: 0.3, mouthRollUpper: 0.25 },
  dominance: 4.5,
  spreadSeconds: 0.042,
};
const lipToTeeth: Viseme = {
  weights: { mouthRollLower: 0.45, mouthUpperUp: 0.3, jawOpen: 0.06 },
  dominance: 3.5,
  spreadSeconds: 0.045,
};
const tongueTip: Viseme = {
  weights: { jawOpen: 0.13, mouthLowerDown: 0.3, mouthUpperUp: 0.15, mouthStretch: 0.15 },
  dominance: 0.8,
  spreadSeconds: 0.045,
};
const hushing: Viseme = {
  weights: { jawOpen: 0.1, mouthFunnel: 0.55, mouthPucker: 0.15, mouthUpperUp: 0.15, mouthLowerDown: 0.2 },
  dominance: 1.5,
  spreadSeconds: 0.05,
};
const backOfTongue: Viseme = {
  weights: { jawOpen: 0.2, mouthLowerDown: 0.15 },
  dominance: 0.6,
  spreadSeconds: 0.045,
};
const rounded: Viseme = {
  weights: { jawOpen: 0.1, mouthPucker: 0.75, mouthFunnel: 0.25 },
  dominance: 1.7,
  spreadSeconds: 0.055,
};
const retroflex: Viseme = {
  weights: { jawOpen: 0.15, mouthFunnel: 0.3, mouthPucker: 0.25 },
  dominance: 1,
  spreadSeconds: 0.05,
};

const vowel = (weights: ExpressionWeights): Viseme => ({ weights, dominance: 1.3, spreadSeconds: 0.055 });

const high = vowel({ jawOpen: 0.14, mouthSmile: 0.25, mouthStretch: 0.35, mouthLowerDown: 0.35, mouthUpperUp: 0.2 });
const middle = vowel({ jawOpen: 0.34, mouthStretch: 0.3, mouthLowerDown: 0.3, mouthUpperUp: 0.2 });
const low = vowel({ jawOpen: 0.5, mouthLowerDown: 0.25, mouthUpperUp: 0.15 });
const roundMiddle = vowel({ jawOpen: 0.3, mouthFunnel: 0.55, mouthPucker: 0.2 });

const jawTo = (viseme: Viseme, jawOpen: number): Viseme => ({ ...viseme, weights: { ...viseme.weights, jawOpen } });

/** Looked at and measured on the head (see the figures of its measure of opening); a phone missing here is a mistake. */
export const visemes: Readonly<Record<Phone, Viseme>> = {
  sil: { weights: {}, dominance: 1.6, spreadSeconds: 0.06 },
  p: closure,
  b: closure,
  m: closure,
  f: lipToTeeth,
  v: lipToTeeth,
  th: tongueTip,
  dh: tongueTip,
  t: tongueTip,
  d: tongueTip,
  n: tongueTip,
  s: jawTo(tongueTip, 0.08),
  z: jawTo(tongueTip, 0.08),
  ts: jawTo(tongueTip, 0.08),
  l: jawTo(tongueTip, 0.18),
  ny: tongueTip,
  sh: hushing,
  zh: hushing,
  ch: hushing,
  jh: hushing,
  k: backOfTongue,
  g: backOfTongue,
  ng: backOfTongue,
  h: backOfTongue,
  x: backOfTongue,
  r: retroflex,
  er: retroflex,
  j: { ...high, dominance: 0.8 },
  w: rounded,
  u: rounded,
  y: { ...rounded, weights: { jawOpen: 0.08, mouthPucker: 0.6, mouthFunnel: 0.35 } },
  uh: vowel({ jawOpen: 0.2, mouthPucker: 0.38, mouthFunnel: 0.12 }),
  oe: vowel({ jawOpen: 0.24, mouthFunnel: 0.5, mouthPucker: 0.25 }),
  i: high,
  ih: jawTo(high, 0.18),
  e: jawTo(middle, 0.24),
  eh: middle,
  ae: jawTo(middle, 0.4),
  a: low,
  ah: jawTo(low, 0.38),
  ax: { ...jawTo(low, 0.22), dominance: 0.7 },
  ao: jawTo(roundMiddle, 0.36),
  o: roundMiddle,
};
