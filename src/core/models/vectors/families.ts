// Every family of vectors that runs forward: which graphs it has, and where its checkpoint keeps the tensors.
import type { Graph, Weights } from "../../onnx/index.ts";
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

export type Family = {
  /** What keys of a checkpoint may begin with; taken off where they do. */
  readonly prefixes: readonly string[];
  /** Files besides the checkpoint, in the same folder. */
  readonly furtherFiles?: (config: unknown) => readonly string[];
  /** Tensors that such a checkpoint holds and no network here reads. */
  readonly isUnused?: (key: string) => boolean;
  /** Graphs whose inputs and outputs have the names of the vectors. */
  readonly graphs: (config: unknown, weights: Weights) => readonly Graph[];
};

export const families: Readonly<Record<string, Family>> = {
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
};
