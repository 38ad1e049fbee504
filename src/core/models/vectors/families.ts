// Every family of vectors that runs forward: which graphs it has, and where its checkpoint keeps the tensors.
import { whisperLogMel } from "../../audio/index.ts";
import type { Graph, Precision, Session, Weights } from "../../onnx/index.ts";
import { asFloat32, floats } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { lpipsGraph } from "../lpips/lpips.ts";
import { syncNetGraph, syncNetPixelPlain } from "../syncnet/stable-syncnet.ts";
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

/** One case of a vectors file in front of arithmetic that needs no network. */
export type PlainRun = {
  readonly config: unknown;
  /** The names of its inputs, by which a family tells whether the case is its own. */
  readonly inputs: readonly string[];
  readonly feeds: () => Readonly<Record<string, Tensor>>;
  /** The dims of an output that the file holds. */
  readonly dimsOf: (output: string) => readonly number[] | undefined;
};

/** The outputs of a case by name; those that the file does not hold are left out of the comparison. */
export type Answer = (run: CaseRun) => Promise<Readonly<Record<string, Tensor>>>;

/** The dims of an input of the case at hand, where it has one of that name. */
export type InputDims = (input: string) => readonly number[] | undefined;

export type Family = {
  /** What keys of a checkpoint may begin with; taken off where they do. */
  readonly prefixes: readonly string[];
  /** Files besides the checkpoint, in the same folder. */
  readonly furtherFiles?: (config: unknown) => readonly string[];
  /** Tensors that such a checkpoint holds and no network here reads. */
  readonly isUnused?: (key: string) => boolean;
  /** Graphs whose inputs and outputs have the names of the vectors; `dimsOf` tells how large a case's inputs are. */
  readonly graphs: (config: unknown, weights: Weights, dimsOf?: InputDims) => readonly Graph[];
  /** How a graph is brought to answer; by running it once unless said. */
  readonly answer?: Answer;
  /** What is computed without a graph; no outputs for cases that it does not know. */
  readonly compute?: (run: PlainRun) => Promise<Readonly<Record<string, Tensor>>>;
};

export type Families = Readonly<Record<string, Family>>;

/** [height, width] of [batch, channels, height, width]. */
const sidesOf = (dims: readonly number[] | undefined): readonly [number, number] | undefined => {
  const [, , height, width] = dims ?? [];
  return height === undefined || width === undefined ? undefined : [height, width];
};

/** Whisper's features of a waveform at its own rate, which the encoder is shown. */
function logMelOf({ inputs, feeds }: PlainRun): Readonly<Record<string, Tensor>> {
  const waveform = inputs.includes("waveform") ? feeds()["waveform"] : undefined;
  if (waveform?.dtype !== "float32") return {};
  const { melBins, melFrames, values } = whisperLogMel(asFloat32(waveform).data);
  return { log_mel: floats([melBins, melFrames], values) };
}

/** The families that run forward. */
export const forwardFamilies = {
  "latentsync-unet": {
    prefixes: ["state_dict."],
    graphs: (config, weights, dimsOf) => {
      const timesteps = (dimsOf?.("timestep")?.[0] ?? 1) === 1 ? "shared" : "per-item";
      return [unetGraph({ config: unetConfigOf(config, weights.keys()), weights, timesteps })];
    },
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
    compute: async (run) => await Promise.resolve(logMelOf(run)),
  },
  "stable-syncnet": {
    prefixes: ["state_dict."],
    graphs: (config, weights, dimsOf) => {
      const [visualSize, audioSize] = [sidesOf(dimsOf?.("visual")), sidesOf(dimsOf?.("mel"))];
      const known = { ...syncNetPixelPlain, ...(visualSize && { visualSize }), ...(audioSize && { audioSize }) };
      return [syncNetGraph({ config: syncNetConfigOf(config, known), weights })];
    },
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
