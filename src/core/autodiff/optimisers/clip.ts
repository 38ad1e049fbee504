// Clipping by global norm, as graph: one factor for all gradients, so that their direction stays (Pascanu et al. 2013).
import { assert } from "../../../shared/failure/index.ts";
import type { Builder, Value } from "../../onnx/index.ts";

/** √ Σ ‖dp‖² over all gradients, a scalar float32 before any clipping. */
export function globalNorm(g: Builder, gradients: readonly Value[]): Value {
  assert(gradients.length > 0, "a norm of no gradients");
  const squares = gradients.map((gradient) =>
    g.reshape(g.op("ReduceSumSquare", [g.cast(gradient, "float32")], { keepdims: 0 }), [1]),
  );
  return g.sqrt(g.reduceSum(g.concat(squares, 0), [0], "drop"));
}

/** Each gradient times min(1, limit / (norm + 1e-6)), as PyTorch's clip_grad_norm_. */
export function clipByGlobalNorm(
  g: Builder,
  gradients: readonly Value[],
  limit: number,
): { readonly clipped: readonly Value[]; readonly norm: Value } {
  const norm = globalNorm(g, gradients);
  const factor = g.min(g.div(limit, g.add(norm, 1e-6)), 1);
  return { clipped: gradients.map((gradient) => g.mul(gradient, g.cast(factor, gradient.dtype))), norm };
}
