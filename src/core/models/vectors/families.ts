// Every family of vectors that runs forward: which graphs it has, and where its checkpoint keeps the tensors.
import type { Graph, Precision, Session, Weights } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { lpipsGraph } from "../lpips/lpips.ts";
import { syncNetGraph } from "../syncnet/stable-syncnet.ts";
import { unetGraph } from "../unet/unet.ts";
import { vaeDecoderGraph, vaeEncoderGraph } from "../vae/vae.ts";
import { videoMaeGraph } from "../videomae/videomae.ts";
import { whisperEncoderGraph, whisperUnusedKeys } from "../whisper/whisper-encoder.ts";
import {
  lpipsConfigOf,
  syncNetConfigOf,
  unetConfigOf,
  vaeConfigOf,
  videoMaeConfigOf,
  whisperConfigOf,
} from "./reference-config.ts";

/** One case of a vectors file in front of one graph of its family. */
export type CaseRun = {
  readonly config: unknown;
  /** The family's graph at the sizes of this case. */
  readonly graph: Graph;
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** Opens a session over a graph, in the precision that was asked for unless another is said. */
  readonly open: (graph: Graph, precision?: Precision) => Promise<Session>;
};

/** The outputs of a case by name; those that the file does not hold are left out of the comparison. */
export type Answer = (run: CaseRun) => Promise<Readonly<Record<string, Tensor>>>;

export type Family = {
  /** What keys of a checkpoint may begin with; taken off where they do. */
  readonly prefixes: readonly string[];
  /** Files besides the checkpoint, in the same folder. */
  readonly furtherFiles?: (config: unknown) => readonly string[];
  /** Tensors that such a checkpoint holds and no network here reads. */
  readonly isUnused?: (key: string) => boolean;
  /** Graphs whose inputs and outputs have the names of the vectors. */
  readonly graphs: (config: unknown, weights: Weights) => readonly Graph[];
  /** How a graph is brought to answer; by running it once unless said. */
  readonly answer?: Answer;
};

export type Families = Readonly<Record<string, Family>>;

/** The families that run forward. */
export const forwardFamilies = {
  "latentsync-unet": {
    prefixes: ["state_dict."],
    graphs: (config, weights) => [unetGraph({ config: unetConfigOf(config, weights.keys()), weights })],
  },
  "sd-vae": {
    prefixes: [],
    graphs: (config, weights) => {
      const options = { config: vaeConfigOf(config), weights };
      return [vaeEncoderGraph(options), vaeDecoderGraph(options)];
    },
  },
  "whisper-encoder": {
    prefixes: ["model_state_dict."],
    isUnused: (key) => !key.startsWith("encoder.") || whisperUnusedKeys.includes(key),
    graphs: (config, weights) => [whisperEncoderGraph({ config: whisperConfigOf(config), weights })],
  },
  "stable-syncnet": {
    prefixes: ["state_dict."],
    graphs: (config, weights) => [syncNetGraph({ config: syncNetConfigOf(config), weights })],
  },
  "videomae-v2": {
    prefixes: ["module.", "model."],
    isUnused: (key) => key.startsWith("head."),
    graphs: (config, weights) => [videoMaeGraph({ config: videoMaeConfigOf(config), weights })],
  },
  "lpips-vgg": {
    prefixes: [],
    isUnused: (key) => key.startsWith("classifier."),
    furtherFiles: (config) => [lpipsConfigOf(config).linearFile].filter((file) => file !== ""),
    graphs: (config, weights) => [lpipsGraph({ config: lpipsConfigOf(config).config, weights })],
  },
} as const satisfies Families;
