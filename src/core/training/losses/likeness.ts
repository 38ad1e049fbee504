// The loss on looks: LPIPS between the lower halves of what the network draws and of the truth (dossier 4.2).
import { lpipsGraph } from "../../models/index.ts";
import type { LpipsConfig } from "../../models/index.ts";
import { bakeSizes, embedGraph } from "../../onnx/index.ts";
import type { Builder, Value, Weights } from "../../onnx/index.ts";
import { lowerHalf, sizeOf } from "./pictures.ts";

export type LikenessLoss = { readonly config: LpipsConfig; readonly weights: Weights };

/** Mean LPIPS of frames [frames, 3, height, width], -1..1, at their own size. */
export function likenessLoss(
  g: Builder,
  { config, weights }: LikenessLoss,
  { frames, truth }: { readonly frames: Value; readonly truth: Value },
): Value {
  const [a, b] = [lowerHalf(g, frames), lowerHalf(g, truth)];
  const sizes = { batch: sizeOf(a, 0), height: sizeOf(a, 2), width: sizeOf(a, 3) };
  const network = bakeSizes(lpipsGraph({ config, weights }), sizes);
  const { distance } = embedGraph(g, network, { inputs: { a, b }, prefix: "lpips/" });
  return g.reduceMean(distance ?? a, [0, 1, 2, 3], "drop");
}
