// Chung's SyncNet v2, by which the field scores lip sync: two branches whose distance says how well sound fits picture.
// Chung & Zisserman 2016, "Out of time"; dossier 3.2. Keys as published: netcnnlip, netfclip, netcnnaud, netfcaud.
import { graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { fixedSize } from "../layers.ts";

export type SyncNetV2Config = {
  /** Channels of the six convolutions of each branch; the last two of both are the same. */
  readonly pictureChannels: readonly number[];
  readonly soundChannels: readonly number[];
  /** Of the two vectors that are compared. */
  readonly embeddingWidth: number;
};

export const syncNetV2: SyncNetV2Config = {
  pictureChannels: [96, 256, 256, 256, 256, 512],
  soundChannels: [64, 192, 384, 256, 256, 512],
  embeddingWidth: 1024,
};

/** What one comparison sees: five frames at 25 fps, and 20 MFCC columns at 100 a second. */
export const syncNetV2Window = { frames: 5, picturePx: 224, cepstra: 13, columns: 20, columnsPerFrame: 4 } as const;

type Pair = readonly [down: number, across: number];
type Stage = {
  readonly kernel: Pair;
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly pool?: { readonly kernel: Pair; readonly stride: Pair; readonly padding?: Pair };
};

const same3: Stage = { kernel: [3, 3], padding: [1, 1] };
const halve = { kernel: [3, 3], stride: [2, 2] } as const;

const pictureStages: readonly Stage[] = [
  { kernel: [7, 7], stride: [2, 2], pool: halve },
  { kernel: [5, 5], stride: [2, 2], padding: [1, 1], pool: { ...halve, padding: [1, 1] } },
  same3,
  same3,
  { ...same3, pool: halve },
  { kernel: [6, 6] },
];

/** The first stage's pool of one pixel does nothing; it only counts among the layers. */
const soundStages: readonly Stage[] = [
  { ...same3, pool: { kernel: [1, 1], stride: [1, 1] } },
  { ...same3, pool: { kernel: [3, 3], stride: [1, 2] } },
  same3,
  same3,
  { ...same3, pool: halve },
  { kernel: [5, 4] },
];

const epsilon = 1e-5;

type Options = { readonly config: SyncNetV2Config; readonly weights: Weights };

/**
 * Input: pictures [batch, 3, 5, 224, 224], BLUE first, 0..255, five frames each. Output: embedding [batch, 1024].
 * The first kernel spans all five frames, so time is one more axis of channels and the rest is flat.
 */
export function syncNetV2PictureGraph({ config, weights }: Options): Graph {
  const { frames, picturePx } = syncNetV2Window;
  return graph(
    "syncnet-v2-picture",
    (g) => {
      const pictures = g.input("pictures", "float32", ["batch", 3, frames, picturePx, picturePx]);
      const flat = g.reshape(pictures, ["batch", 3 * frames, picturePx, picturePx]);
      const seen = branch(g.scope("netcnnlip"), flat, {
        stages: pictureStages,
        channels: config.pictureChannels,
        framesOf: (stage) => (stage === 0 ? frames : 1),
      });
      return { embedding: head(g.scope("netfclip"), seen, config.embeddingWidth) };
    },
    { weights },
  );
}

/** Input: cepstra [batch, 1, 13, 20], as `mfcc` of core/audio gives them. Output: embedding [batch, 1024]. */
export function syncNetV2SoundGraph({ config, weights }: Options): Graph {
  const { cepstra, columns } = syncNetV2Window;
  return graph(
    "syncnet-v2-sound",
    (g) => {
      const sound = g.input("cepstra", "float32", ["batch", 1, cepstra, columns]);
      const heard = branch(g.scope("netcnnaud"), sound, { stages: soundStages, channels: config.soundChannels });
      return { embedding: head(g.scope("netfcaud"), heard, config.embeddingWidth) };
    },
    { weights },
  );
}

type Branch = {
  readonly stages: readonly Stage[];
  readonly channels: readonly number[];
  /** How many frames the stage's published kernel spans; a kernel without that axis when absent. */
  readonly framesOf?: (stage: number) => number;
};

/** Convolution, norm, ReLU and perhaps a pool, stage by stage, numbered as torch's Sequential counts its layers. */
function branch(g: Builder, input: Value, { stages, channels, framesOf }: Branch): Value {
  let x = input;
  let layer = 0;
  for (const [index, { kernel, stride = [1, 1], padding = [0, 0], pool }] of stages.entries()) {
    const at = g.scope(String(layer));
    const width = channels[index] ?? 0;
    const frames = framesOf?.(index);
    const published = frames === undefined ? kernel : [frames, ...kernel];
    const weight = at.weight("weight", [width, fixedSize(x, 1) / (frames ?? 1), ...published]);
    const flat = at.reshape(weight, [width, fixedSize(x, 1), ...kernel]);
    const convolved = at.conv(x, flat, { bias: at.weight("bias", [width]), stride, padding });
    x = g.relu(batchNorm(g.scope(String(layer + 1)), convolved));
    layer += 3;
    if (!pool) continue;
    if (pool.kernel[0] > 1) x = g.maxPool(x, pool);
    layer += 1;
  }
  return g.reshape(x, ["batch", fixedSize(x, 1)]);
}

function head(g: Builder, x: Value, width: number): Value {
  const inner = fixedSize(x, 1);
  const layer = (name: string, from: Value, size: number) => {
    const at = g.scope(name);
    return at.linear(from, at.weight("weight", [size, inner]), at.weight("bias", [size]));
  };
  return layer("3", g.relu(batchNorm(g.scope("1"), layer("0", x, inner))), width);
}

function batchNorm(g: Builder, x: Value): Value {
  const weight = (key: string) => g.weight(key, [fixedSize(x, 1)]);
  const parameters = {
    scale: weight("weight"),
    bias: weight("bias"),
    mean: weight("running_mean"),
    variance: weight("running_var"),
  };
  return g.batchNorm(x, parameters, epsilon);
}
