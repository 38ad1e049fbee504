// The loss on motion: TREPA, the distance of VideoMAE's features of the drawn and of the true clip (dossier 4.2).
import { videoMaeGraph } from "../../models/index.ts";
import type { VideoMaeConfig } from "../../models/index.ts";
import { bakeSizes, embedGraph } from "../../onnx/index.ts";
import type { Builder, Value, Weights } from "../../onnx/index.ts";
import { resizeBicubic } from "./resize-picture.ts";

export type TemporalLoss = { readonly config: VideoMaeConfig; readonly weights: Weights };

/**
 * Mean squared difference of features of length 1, of frames [frames, 3, height, width] of -1..1. As published, pictures go
 * in as 0..1 without VideoMAE's own mean and deviation. It equals (2 − 2 cos) / width: the published weight of 10 is small.
 */
export function temporalLoss(
  g: Builder,
  { config, weights }: TemporalLoss,
  { frames, truth }: { readonly frames: Value; readonly truth: Value },
): Value {
  const network = bakeSizes(videoMaeGraph({ config, weights }), { batch: 1 });
  const featuresOf = (pictures: Value) => {
    const small = resizeBicubic(g, pictures, [config.imageSizePx, config.imageSizePx]);
    const unit = g.clip(g.add(g.mul(small, 0.5), 0.5), 0, 1);
    const clip = g.unsqueeze(g.transpose(unit, [1, 0, 2, 3]), 0);
    const { features = clip } = embedGraph(g, network, { inputs: { clip }, prefix: "videomae/" });
    return g.div(features, g.max(g.reduceL2(features, [1]), 1e-12));
  };
  const difference = g.sub(featuresOf(frames), featuresOf(truth));
  return g.reduceMean(g.mul(difference, difference), [0, 1], "drop");
}
