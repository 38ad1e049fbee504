// The loss on synchrony: SyncNet's cosine of picture and sound, which should be 1 (dossier 3.1 and 4.2).
import { syncNetGraph } from "../../models/index.ts";
import type { SyncNetConfig } from "../../models/index.ts";
import { bakeSizes, embedGraph } from "../../onnx/index.ts";
import type { Builder, Value, Weights } from "../../onnx/index.ts";
import { lowerHalf, sizeOf } from "./pictures.ts";
import { resizeBicubic } from "./resize-picture.ts";

/** A probability of less counts as this much: the logarithm stays finite, and so does its slope. */
const leastProbability = 1e-12;

/** −[y ln p + (1 − y) ln(1 − p)], mean over the batch; p and y [batch]. A loss that stays at ln 2 has not begun to learn. */
export function crossEntropy(g: Builder, probability: Value, truth: Value): Value {
  const logOf = (p: Value) => g.log(g.max(p, leastProbability));
  const hit = g.mul(truth, logOf(probability));
  const miss = g.mul(g.sub(1, truth), logOf(g.sub(1, probability)));
  return g.neg(g.reduceMean(g.add(hit, miss), [0], "drop"));
}

export type SyncNetLoss = { readonly config: SyncNetConfig; readonly weights: Weights };

/** Keys of a network that stands in a graph for its loss alone. */
const syncNetPrefix = "syncnet/";

/**
 * Cross-entropy of "in sync" for frames [frames, channels, height, width] and mel [1, 1, 80, columns]. In pixel space the
 * lower half of pictures of -1..1 at twice SyncNet's height; in latent space whole faces. Frames lie one after another in channels.
 */
export function syncLoss(
  g: Builder,
  { config, weights }: SyncNetLoss,
  { frames, mel, space }: { readonly frames: Value; readonly mel: Value; readonly space: "pixels" | "latents" },
): Value {
  const [height, width] = config.visualSize;
  const seen = space === "pixels" ? lowerHalf(g, resizeBicubic(g, frames, [2 * height, width])) : frames;
  const visual = g.reshape(seen, [1, config.visual.inChannels, height, width]);
  const network = bakeSizes(syncNetGraph({ config, weights }), { batch: 1 });
  const { cosine } = embedGraph(g, network, { inputs: { visual, mel }, prefix: syncNetPrefix });
  const probability = cosine ?? visual;
  return crossEntropy(g, probability, g.floats([sizeOf(probability, 0)], [1]));
}
