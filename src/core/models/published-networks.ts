// The networks that published checkpoints fill: what each holds by our own keys, and how its publishers spell them.
import { refused } from "../../shared/failure/index.ts";
import type { Graph, Weights } from "../onnx/index.ts";
import { lipsyncNetwork, recogniseLipsyncModel } from "./lipsync/lipsync-model.ts";
import { lpipsGraph, lpipsVgg } from "./lpips/lpips.ts";
import { compareParameters, parametersOf, requireExactParameters } from "./parameters.ts";
import type { Mismatch, ParameterList } from "./parameters.ts";
import { syncNetGraph, syncNetPixelAttention, syncNetPixelPlain } from "./syncnet/stable-syncnet.ts";
import type { SyncNetConfig } from "./syncnet/stable-syncnet.ts";
import { syncNetV2, syncNetV2PictureGraph, syncNetV2SoundGraph } from "./syncnet/syncnet-v2.ts";
import { efficientUnet, latentSyncUnet, stage1Unet } from "./unet/unet-config.ts";
import type { UnetConfig } from "./unet/unet-config.ts";
import { unetGraph } from "./unet/unet.ts";
import { earlierVaeKey, stableDiffusionVae, vaeDecoderGraph, vaeEncoderGraph } from "./vae/vae.ts";
import { videoMaeGiant, videoMaeGraph } from "./videomae/videomae.ts";
import { whisperEncoderGraph, whisperSmall, whisperTiny } from "./whisper/whisper-encoder.ts";
import type { WhisperConfig } from "./whisper/whisper-encoder.ts";

/** A network's sizes as plain JSON, as they are written beside its weights. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

type Network = {
  readonly config: object;
  readonly graphs: (weights: Weights) => readonly Graph[];
  /** Which of the graph's tensors this file holds; all unless said. */
  readonly holds?: (key: string) => boolean;
  /** Our key -> a publisher's. */
  readonly spellings: readonly ((key: string) => string)[];
  /** Tensors that stand in published files and that no graph of ours reads. */
  readonly isUnused?: (key: string) => boolean;
};

/** What training scripts put before every key of a checkpoint. */
const prefixes = ["", "state_dict.", "model_state_dict.", "module.", "model."];

const asWritten = (key: string): string => key;

/** Release 1.0 has names of its own for the audio cross-attention; ours are those of all later releases. */
const release10Key = (key: string): string =>
  key.replace(/\.norm2\./, ".audio_cross_attn.norm.").replace(/\.attn2\./, ".audio_cross_attn.attn.");

/** Only inside transformer blocks: residual blocks have a norm2 of their own. */
const release10Spelling = (key: string): string => (key.includes(".transformer_blocks.") ? release10Key(key) : key);

const unet = (config: UnetConfig, spelling = asWritten): Network => ({
  config,
  graphs: (weights) => [unetGraph({ config, weights })],
  spellings: [spelling],
});

const syncNet = (config: SyncNetConfig): Network => ({
  config,
  graphs: (weights) => [syncNetGraph({ config, weights })],
  spellings: [asWritten],
});

const whisper = (config: WhisperConfig): Network => ({
  config,
  graphs: (weights) => [whisperEncoderGraph({ config, weights })],
  spellings: [asWritten],
  // The decoder writes text, and the last norm stands after what LatentSync listens to.
  isUnused: (key) => key.startsWith("decoder.") || key.startsWith("encoder.ln_post."),
});

const lpips = { config: lpipsVgg, graphs: (weights: Weights) => [lpipsGraph({ config: lpipsVgg, weights })] };

const networks = {
  "latentsync-unet": unet(latentSyncUnet),
  "latentsync-unet-efficient": unet(efficientUnet),
  "latentsync-unet-stage1": unet(stage1Unet),
  // Stage 1's shape, and its keys once they are renamed: one definition serves both.
  "latentsync-unet-1.0": unet(stage1Unet, release10Spelling),
  "sd-vae": {
    config: stableDiffusionVae,
    graphs: (weights) => {
      const options = { config: stableDiffusionVae, weights };
      return [vaeEncoderGraph(options), vaeDecoderGraph(options)];
    },
    spellings: [asWritten, earlierVaeKey],
  },
  "whisper-tiny": whisper(whisperTiny),
  "whisper-small": whisper(whisperSmall),
  "stable-syncnet-attention": syncNet(syncNetPixelAttention),
  "stable-syncnet-plain": syncNet(syncNetPixelPlain),
  "syncnet-v2": {
    config: syncNetV2,
    graphs: (weights) => [
      syncNetV2PictureGraph({ config: syncNetV2, weights }),
      syncNetV2SoundGraph({ config: syncNetV2, weights }),
    ],
    spellings: [asWritten],
    // How many batches a norm has seen matters to training alone.
    isUnused: (key) => key.endsWith(".num_batches_tracked"),
  },
  "vgg16-features": {
    ...lpips,
    holds: (key) => key.startsWith("features."),
    spellings: [asWritten],
    isUnused: (key) => key.startsWith("classifier."),
  },
  "lpips-linear": { ...lpips, holds: (key) => key.startsWith("lin"), spellings: [asWritten] },
  "videomae-giant": {
    config: videoMaeGiant,
    graphs: (weights) => [videoMaeGraph({ config: videoMaeGiant, weights })],
    spellings: [asWritten],
    isUnused: (key) => key.startsWith("head."),
  },
} as const satisfies Readonly<Record<string, Network>>;

export type NetworkName = keyof typeof networks;

export const networkNames = Object.keys(networks) as readonly NetworkName[];

const network = (name: NetworkName): Network => networks[name];

const known = new Map<NetworkName, ParameterList>();

/** Key -> dims of the tensors that a file of this network holds, in our own spelling. Worked out once. */
export function networkParameters(name: NetworkName): ParameterList {
  const { graphs, holds = () => true } = network(name);
  const found = known.get(name) ?? new Map([...parametersOf(graphs)].filter(([key]) => holds(key)));
  known.set(name, found);
  return found;
}

export type RecognisedNetwork = {
  readonly network: NetworkName | typeof lipsyncNetwork;
  readonly config: Json;
  /** Where the file itself says it. */
  readonly trainedForPx?: number;
  /** Our key -> the file's: all of the network's tensors and no other. */
  readonly keys: ReadonlyMap<string, string>;
};

/** A configuration is numbers, names and lists of them. */
const plainJson = (config: object): Json => JSON.parse(JSON.stringify(config)) as Json;

/**
 * Tells whose tensors these are, strictly: every tensor there, none too many, each of its shape. What is nearly a network
 * is refused with the tensors that differ; what is none, as none. `metadata` is what stands beside the tensors: a whole
 * lip-sync model says its sizes there.
 */
export function recogniseNetwork(
  found: ParameterList,
  metadata: ReadonlyMap<string, string | number | boolean> = new Map(),
): RecognisedNetwork {
  const whole = recogniseLipsyncModel(found, metadata);
  if (whole) {
    const keys = new Map([...found.keys()].map((key) => [key, key]));
    return { network: lipsyncNetwork, config: plainJson(whole), trainedForPx: whole.faceSizePx, keys };
  }
  const best = nearest(networkNames.flatMap((name) => readings(name, found)));
  if (best === undefined || best.missRatio > 0.5) throw unknownNetwork(found);
  requireExactParameters(best.name, best.mismatch);
  return { network: best.name, config: plainJson(network(best.name).config), keys: best.keys };
}

type Reading = {
  readonly name: NetworkName;
  readonly keys: ReadonlyMap<string, string>;
  readonly mismatch: Mismatch;
  /** Differences per tensor of the network: a small network that is not there at all must not look near. */
  readonly missRatio: number;
};

/** The file read as this network, under each prefix and spelling. */
function readings(name: NetworkName, found: ParameterList): readonly Reading[] {
  const expected = networkParameters(name);
  const { spellings, isUnused = () => false } = network(name);
  const used = prefixes.filter((prefix) => [...found.keys()].some((key) => key.startsWith(prefix)));
  return used.flatMap((prefix) =>
    spellings.map((spell) => {
      const keys = new Map([...expected.keys()].map((key) => [key, prefix + spell(key)]));
      // Beside the network's own: an optimiser's state, and what publishers leave in.
      const isForeign = (key: string) => !key.startsWith(prefix) || isUnused(key.slice(prefix.length));
      const mismatch = compareParameters(expected, inOurSpelling(found, keys), isForeign);
      const misses = mismatch.missing.length + mismatch.extra.length + mismatch.misshapen.length;
      return { name, keys, mismatch, missRatio: misses / expected.size };
    }),
  );
}

const nearest = (all: readonly Reading[]): Reading | undefined =>
  all.toSorted((left, right) => left.missRatio - right.missRatio)[0];

/** The file's tensors by our keys. One that is called like ours and isn't it keeps a name that no network has. */
function inOurSpelling(found: ParameterList, keys: ReadonlyMap<string, string>): ParameterList {
  const ours = new Map([...keys].map(([key, keyInFile]) => [keyInFile, key]));
  return new Map(
    [...found].map(([key, dims]) => [ours.get(key) ?? (keys.has(key) ? `${key} (not the network's)` : key), dims]),
  );
}

const unknownNetwork = (found: ParameterList) =>
  refused("models.unknown-network", {
    message: `The file holds ${found.size} tensors of no network that this program knows; the first is "${found.keys().next().value ?? ""}".`,
    hint: `It knows ${networkNames.join(", ")}.`,
    details: { tensors: [...found.keys()].slice(0, 8) },
  });
