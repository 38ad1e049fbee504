// Stochastic gradient descent as graph, with momentum and weight decay as PyTorch takes them.
import type { Builder, Value } from "../../onnx/index.ts";

export type SgdOptions = { readonly momentum: number; readonly weightDecay: number };

/** All of one shape, float32; the velocity starts as zeros. */
export type SgdState = { readonly parameter: Value; readonly gradient: Value; readonly velocity: Value };

/** d = dp + λ p; u ← μ u + d; p ← p − lr u. With μ = 0 the velocity is the gradient itself. */
export function sgd(
  g: Builder,
  { parameter, gradient, velocity }: SgdState,
  learningRate: Value,
  { momentum, weightDecay }: SgdOptions = { momentum: 0, weightDecay: 0 },
): Omit<SgdState, "gradient"> {
  const decayed = weightDecay === 0 ? gradient : g.add(gradient, g.mul(parameter, weightDecay));
  const next = momentum === 0 ? decayed : g.add(g.mul(velocity, momentum), decayed);
  return { parameter: g.sub(parameter, g.mul(learningRate, next)), velocity: next };
}
