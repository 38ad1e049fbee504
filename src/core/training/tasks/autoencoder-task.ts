// The tasks of the picture autoencoder: draw pictures again from their latents, or draw them from latents that others made.
import { gaussian } from "../../diffusion/index.ts";
import { randomFrom } from "../../base/index.ts";
import { vaeDecoderGraph, vaeEncoderGraph } from "../../models/index.ts";
import type { VaeConfig } from "../../models/index.ts";
import { bakeSizes, embedGraph, graph } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import { tensorOf } from "../../tensor/index.ts";
import { divergence, redrawingLosses } from "../losses/redrawing.ts";
import type { RedrawingWeights } from "../losses/redrawing.ts";
import { openLossTask } from "./loss-task.ts";
import { stackNamed } from "./noising.ts";
import type { Device } from "./open-graphs.ts";
import type { TrainingTask } from "./task.ts";

export type AutoencoderTaskOptions = {
  readonly config: VaeConfig;
  readonly weights: Weights;
  readonly batch: number;
  /** Side of the square pictures; a multiple of a latent cell's. */
  readonly sidePx: number;
  readonly lossWeights: RedrawingWeights;
  readonly device: Device;
};

type Sizes = { readonly batch: number; readonly height: number; readonly width: number };

const sizesOf = ({ config, batch, sidePx }: AutoencoderTaskOptions): Sizes => {
  const side = sidePx / 2 ** (config.levelChannels.length - 1);
  return { batch, height: side, width: side };
};

type Seen = { readonly truth: Value; readonly pixelWeights: Value };

function seenBy(g: Builder, { batch, sidePx, config }: AutoencoderTaskOptions): Seen {
  return {
    truth: g.input("image", "float32", [batch, config.pictureChannels, sidePx, sidePx]),
    pixelWeights: g.input("pixel_weights", "float32", [batch, 1, sidePx, sidePx]),
  };
}

function draw(g: Builder, latent: Value, options: AutoencoderTaskOptions): Value {
  const decoder = bakeSizes(vaeDecoderGraph(options), sizesOf(options));
  return embedGraph(g, decoder, { inputs: { latent } })["image"] ?? latent;
}

function weighed(g: Builder, parts: Readonly<Record<string, Value>>, weights: RedrawingWeights): Value {
  const { absolute, squared, edges, divergence: distance } = parts;
  const terms = [
    [absolute, weights.absolute],
    [squared, weights.squared],
    [edges, weights.edges],
    [distance, weights.divergence],
  ] as const;
  return terms.reduce(
    (sum, [part, weight]) => (part && weight > 0 ? g.add(sum, g.mul(part, weight)) : sum),
    g.scalar("float32", 0),
  );
}

/** Outputs: "absolute", "squared", "edges", "divergence" and "total". Inputs: "image", "pixel_weights", "noise". */
function autoencoderGraph(options: AutoencoderTaskOptions): Graph {
  const { config, lossWeights } = options;
  const sizes = sizesOf(options);
  return graph("autoencoder-losses", (g) => {
    const { truth, pixelWeights } = seenBy(g, options);
    const encoder = bakeSizes(vaeEncoderGraph(options), sizes);
    const { latent_mean: centre = truth, latent_logvar: logvar = truth } = embedGraph(g, encoder, {
      inputs: { image: truth },
    });
    const noise = g.input("noise", "float32", [sizes.batch, config.latentChannels, sizes.height, sizes.width]);
    const latent = g.add(centre, g.mul(g.exp(g.mul(logvar, 0.5)), noise));
    const drawn = draw(g, latent, options);
    const parts = {
      ...redrawingLosses(g, { drawn, truth, pixelWeights }),
      divergence: divergence(g, { mean: centre, logvar }),
    };
    return { ...parts, total: weighed(g, parts, lossWeights) };
  });
}

/** The same losses but the divergence; inputs "latent" (unscaled), "image", "pixel_weights". */
function decoderGraph(options: AutoencoderTaskOptions): Graph {
  const { config, lossWeights } = options;
  const { batch, height, width } = sizesOf(options);
  return graph("decoder-losses", (g) => {
    const { truth, pixelWeights } = seenBy(g, options);
    const latent = g.input("latent", "float32", [batch, config.latentChannels, height, width]);
    const parts = redrawingLosses(g, { drawn: draw(g, latent, options), truth, pixelWeights });
    return { ...parts, total: weighed(g, parts, lossWeights) };
  });
}

/** Examples: "image" [3, side, side], -1..1, and "pixel_weights" [1, side, side]. */
export function openAutoencoderTask(options: AutoencoderTaskOptions): Promise<TrainingTask> {
  const { height, width } = sizesOf(options);
  const channels = options.config.latentChannels;
  const length = channels * height * width;
  return openLossTask({
    graph: autoencoderGraph(options),
    isTrained: () => true,
    device: options.device,
    feedsOf: (examples) => {
      const noise = new Float32Array(examples.length * length);
      examples.forEach(({ seed }, at) => noise.set(gaussian(length, randomFrom(seed)), at * length));
      return {
        ...stackNamed(examples, ["image", "pixel_weights"]),
        noise: tensorOf("float32", [examples.length, channels, height, width], noise),
      };
    },
  });
}

/** Trains the decoder alone. Examples have besides the above "latent" [channels, cells, cells], unscaled. */
export function openDecoderTask(options: AutoencoderTaskOptions): Promise<TrainingTask> {
  return openLossTask({
    graph: decoderGraph(options),
    isTrained: () => true,
    device: options.device,
    feedsOf: (examples) => stackNamed(examples, ["latent", "image", "pixel_weights"]),
  });
}
