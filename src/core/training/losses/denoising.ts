// The loss on latents: what the network predicts, weighed cell by cell, and the clean latents that follow from it in one step.
import type { Builder, Value } from "../../onnx/index.ts";
import type { Predicts } from "../../diffusion/index.ts";

/** √alphaBar and √(1 − alphaBar) of each item, [batch, 1, 1, 1, 1]. */
export type Roots = { readonly signal: Value; readonly noise: Value };

type Noisy = Roots & { readonly latents: Value; readonly prediction: Value };

/**
 * The clean latents that a prediction stands for, unclipped: z = signal clean + noise ε, v = signal ε − noise clean
 * (dossier 4.1). At high timesteps a prediction of noise is divided by a small signal, by 0.07 at 999.
 */
export const cleanEstimate: { readonly [P in Predicts]: (g: Builder, noisy: Noisy) => Value } = {
  noise: (g, { latents, prediction, signal, noise }) => g.div(g.sub(latents, g.mul(noise, prediction)), signal),
  v: (g, { latents, prediction, signal, noise }) => g.sub(g.mul(signal, latents), g.mul(noise, prediction)),
  clean: (_, { prediction }) => prediction,
};

/**
 * mean of w (x − target)² over all elements, in float32 whatever the network computes in; `cellWeights` stretches over x
 * [batch, channels, frames, height, width]. Weights are not divided out: a cell of weight 3 pulls thrice as hard.
 */
export function weighedSquaredError(
  g: Builder,
  { x, target, cellWeights }: { readonly x: Value; readonly target: Value; readonly cellWeights: Value },
): Value {
  const error = g.sub(g.cast(x, "float32"), g.cast(target, "float32"));
  return g.reduceMean(g.mul(g.mul(error, error), cellWeights), [...x.dims.keys()], "drop");
}
