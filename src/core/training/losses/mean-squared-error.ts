// The loss on noise: how far the network's guess is from the noise that was added.
import type { Builder, Value } from "../../onnx/index.ts";

/** mean (x − target)² over all elements, in float32 whatever the network computes in. Gives a scalar. */
export function meanSquaredError(g: Builder, x: Value, target: Value): Value {
  const error = g.sub(g.cast(x, "float32"), g.cast(target, "float32"));
  return g.reduceMean(g.mul(error, error), [...x.dims.keys()], "drop");
}
