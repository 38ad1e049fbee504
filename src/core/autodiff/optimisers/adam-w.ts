// AdamW as graph: the decoupled form of Loshchilov & Hutter 2019 (algorithm 2), step for step as PyTorch takes it.
import type { Builder, Value } from "../../onnx/index.ts";

export type AdamWOptions = {
  readonly betas: readonly [first: number, second: number];
  readonly epsilon: number;
  readonly weightDecay: number;
};

/** PyTorch's defaults, which the published recipes use. */
export const adamWDefaults: AdamWOptions = { betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0.01 };

/** What changes with the step, as plain numbers. */
export type AdamWRates = { readonly decay: number; readonly stepSize: number; readonly secondScale: number };

/**
 * decay = 1 − lr λ, stepSize = lr / (1 − β₁ᵗ), secondScale = 1 / √(1 − β₂ᵗ), for step t = 1, 2, ... Taken in doubles, outside
 * the graph: 1 − 0.999 in float32 is wrong in its fifth digit.
 */
export function adamWRates(step: number, learningRate: number, options: AdamWOptions = adamWDefaults): AdamWRates {
  const [beta1, beta2] = options.betas;
  return {
    decay: 1 - learningRate * options.weightDecay,
    stepSize: learningRate / (1 - beta1 ** step),
    secondScale: 1 / Math.sqrt(1 - beta2 ** step),
  };
}

/** A parameter with its gradient and the running means of the gradient and its square; all of one shape, float32. */
export type AdamWState = {
  readonly parameter: Value;
  readonly gradient: Value;
  readonly firstMoment: Value;
  readonly secondMoment: Value;
};

/** `AdamWRates` as scalars of the graph. */
export type AdamWScalars = { readonly [Rate in keyof AdamWRates]: Value };

/** m ← β₁ m + (1 − β₁) dp; v ← β₂ v + (1 − β₂) dp²; p ← decay p − stepSize m / (secondScale √v + ε). */
export function adamW(
  g: Builder,
  { parameter, gradient, firstMoment, secondMoment }: AdamWState,
  { decay, stepSize, secondScale }: AdamWScalars,
  { betas: [beta1, beta2], epsilon }: AdamWOptions = adamWDefaults,
): Omit<AdamWState, "gradient"> {
  const first = g.add(g.mul(firstMoment, beta1), g.mul(gradient, 1 - beta1));
  const second = g.add(g.mul(secondMoment, beta2), g.mul(g.mul(gradient, gradient), 1 - beta2));
  const denominator = g.add(g.mul(g.sqrt(second), secondScale), epsilon);
  const moved = g.sub(g.mul(parameter, decay), g.mul(stepSize, g.div(first, denominator)));
  return { parameter: moved, firstMoment: first, secondMoment: second };
}
