// The losses of an autoencoder: how far a picture that was drawn again is from what it was drawn from.
import type { Builder, Value } from "../../onnx/index.ts";
import { fixedSize } from "../../models/index.ts";

/** Of the parts of the sum; published recipes for small autoencoders vary, these kept mouths sharp. */
export type RedrawingWeights = {
  readonly absolute: number;
  readonly squared: number;
  /** Absolute error of differences between neighbours: what keeps lips and teeth from blurring. */
  readonly edges: number;
  /** Per latent number, of the posterior's distance from a standard normal. */
  readonly divergence: number;
};

type Pictures = { readonly drawn: Value; readonly truth: Value; readonly pixelWeights: Value };

/** Differences between neighbours along an axis. */
const steps = (g: Builder, x: Value, axis: number): Value =>
  g.sub(g.slice(x, { axis, from: 1 }), g.slice(x, { axis, to: fixedSize(x, axis) - 1 }));

const mean = (g: Builder, x: Value): Value => g.reduceMean(x, [...x.dims.keys()], "drop");

/** Pictures [batch, 3, height, width], pixel weights [batch, 1, height, width]; each loss a mean over all numbers. */
export function redrawingLosses(g: Builder, { drawn, truth, pixelWeights }: Pictures) {
  const error = g.sub(drawn, truth);
  const edge = (axis: number) => {
    const weights = g.slice(pixelWeights, { axis, from: 1 });
    return mean(g, g.mul(g.abs(steps(g, error, axis)), weights));
  };
  return {
    absolute: mean(g, g.mul(g.abs(error), pixelWeights)),
    squared: mean(g, g.mul(g.mul(error, error), pixelWeights)),
    edges: g.add(edge(2), edge(3)),
  };
}

/** KL divergence from a standard normal, mean over latent numbers: (mean² + variance − log variance − 1) / 2. */
export function divergence(
  g: Builder,
  { mean: centre, logvar }: { readonly mean: Value; readonly logvar: Value },
): Value {
  const spread = g.sub(g.sub(g.exp(logvar), logvar), 1);
  return g.mul(mean(g, g.add(g.mul(centre, centre), spread)), 0.5);
}
