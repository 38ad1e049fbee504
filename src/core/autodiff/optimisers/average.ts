// Exponential moving average of parameters, as graph: the weights that are kept and shown, smoother than those that are trained.
import type { Builder, Value } from "../../onnx/index.ts";

/** a ← a + (1 − decay)(p − a). */
export const movingAverage = (g: Builder, average: Value, parameter: Value, decay: number): Value =>
  g.add(average, g.mul(g.sub(parameter, average), 1 - decay));

/** A decay that starts low, so that the first weights are forgotten soon: min(decay, (1 + t) / (10 + t)) at step t = 0, 1, ... */
export const warmedDecay = (decay: number, step: number): number => Math.min(decay, (1 + step) / (10 + step));
