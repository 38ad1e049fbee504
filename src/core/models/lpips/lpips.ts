// LPIPS with VGG16: how far apart two pictures look. Zhang et al. 2018, version 0.1 of its published weights.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { conv } from "../layers.ts";

export type LpipsConfig = {
  /** Channels of the five stages: 64, 128, 256, 512, 512 in the published network. */
  readonly stageChannels: readonly number[];
};

export const lpipsVgg: LpipsConfig = { stageChannels: [64, 128, 256, 512, 512] };

/** Convolutions by stage, by their index in torchvision's `features`; a stage ends after its last ReLU. */
const stageLayers: readonly (readonly number[])[] = [
  [0, 2],
  [5, 7],
  [10, 12, 14],
  [17, 19, 21],
  [24, 26, 28],
];

/** Pictures of -1..1 to the scale that VGG was trained on. */
const shift = [-0.03, -0.088, -0.188];
const spread = [0.458, 0.448, 0.45];

/**
 * `weights` are torchvision's VGG16 ("features.N.weight") and LPIPS' linear layers ("linN.model.1.weight") together.
 * Inputs: a and b [batch, 3, height, width], -1..1. Output: distance [batch, 1, 1, 1].
 */
export function lpipsGraph({ config, weights }: { config: LpipsConfig; weights: Weights }): Graph {
  return graph(
    "lpips-vgg",
    (g) => {
      const a = g.input("a", "float32", ["batch", 3, "height", "width"]);
      const b = g.input("b", "float32", ["batch", 3, "height", "width"]);
      const left = stagesOf(g, a, config);
      const right = stagesOf(g, b, config);
      const distances = left.map((features, stage) =>
        weightedDistance(g, `lin${stage}.model.1`, [features, right[stage] ?? features]),
      );
      return { distance: distances.reduce((total, each) => g.add(total, each)) };
    },
    { weights },
  );
}

function stagesOf(g: Builder, picture: Value, { stageChannels }: LpipsConfig): readonly Value[] {
  const perChannel = (values: readonly number[]) => g.floats([1, 3, 1, 1], values);
  let x = g.div(g.sub(picture, perChannel(shift)), perChannel(spread));
  return stageLayers.map((layers, stage) => {
    if (stage > 0) x = g.maxPool(x, { kernel: 2, stride: 2 });
    for (const layer of layers)
      x = g.relu(conv(g, `features.${layer}`, x, { channels: stageChannels[stage] ?? 0, kernel: 3, padding: 1 }));
    return x;
  });
}

/** Mean over places of the weighted squared difference of features scaled to unit length along channels. */
function weightedDistance(g: Builder, key: string, [a, b]: readonly [Value, Value]): Value {
  const difference = g.sub(unitLength(g, a), unitLength(g, b));
  const weighted = conv(g, key, g.mul(difference, difference), { channels: 1, kernel: 1, bias: "no-bias" });
  return g.reduceMean(weighted, [2, 3]);
}

const unitLength = (g: Builder, x: Value): Value => g.div(x, g.add(g.reduceL2(x, [1]), 1e-10));
