// The families of vectors that need more than a network: gradients and optimiser steps of a loss on top of it, and sampling.
import { z } from "zod";
import { assert } from "../../../shared/failure/index.ts";
import { backward } from "../../autodiff/index.ts";
import { forwardFamilies, runOnce } from "../../models/index.ts";
import type { Answer, Families, Family } from "../../models/index.ts";
import { extendGraph } from "../../onnx/index.ts";
import type { Builder, Graph, Value } from "../../onnx/index.ts";
import { meanSquaredError } from "../losses/mean-squared-error.ts";
import { diffusionFamily } from "./diffusion-family.ts";
import { optimiserSteps } from "./optimiser-steps.ts";

const outputOf = (graph: Graph, name: string): Value => {
  const output = graph.outputs.find((each) => each.name === name);
  assert(output !== undefined, `${graph.name} has no output ${name}`);
  return output.value;
};

/** Σ of all elements. */
const sum = (g: Builder, x: Value): Value => g.reduceSum(x, [...x.dims.keys()], "drop");

/** Σ x · weight, the weight being an input of the vectors: a loss that sees every element differently. */
const weightedSum = (g: Builder, x: Value): Value => sum(g, g.mul(x, g.input("weight", x.dtype, x.dims)));

type LossOn = { readonly output: string; readonly loss: (g: Builder, x: Value) => Value };

/** The graphs of a family that have the output, with a loss on it. */
const withLoss = (graphs: readonly Graph[], { output, loss }: LossOn): readonly Graph[] =>
  graphs
    .filter((graph) => graph.outputs.some(({ name }) => name === output))
    .map((graph) => extendGraph(graph, (g) => ({ loss: loss(g, outputOf(graph, output)) })));

const gradientOf =
  (...names: readonly string[]): Answer =>
  (run) =>
    runOnce({ ...run, graph: backward(run.graph, { loss: "loss", of: names }) });

/** A forward family whose one network is differentiated with respect to one of its inputs. */
const differentiated = (family: Family, on: LossOn, input: string): Family => ({
  ...family,
  graphs: (config, weights, dimsOf) => withLoss(family.graphs(config, weights, dimsOf), on),
  answer: gradientOf(input),
});

const vae = forwardFamilies["sd-vae"];
const decoderLoss: LossOn = { output: "image", loss: weightedSum };

const unetTraining = z.object({ model: z.unknown() });
const unet = forwardFamilies["latentsync-unet"];

export const trainingFamilies: Families = {
  ...forwardFamilies,
  ddim: diffusionFamily,
  "videomae-v2": differentiated(forwardFamilies["videomae-v2"], { output: "features", loss: weightedSum }, "clip"),
  "lpips-vgg": differentiated(forwardFamilies["lpips-vgg"], { output: "distance", loss: sum }, "a"),
  "sd-vae-train": {
    ...vae,
    // The encoder stays beside the decoder, for the checkpoint holds both.
    graphs: (config, weights) => {
      const graphs = vae.graphs(config, weights);
      return [
        ...graphs.filter((graph) => !graph.outputs.some(({ name }) => name === "image")),
        ...withLoss(graphs, decoderLoss),
      ];
    },
    answer: gradientOf("latent"),
  },
  "latentsync-unet-train": {
    ...unet,
    graphs: (config, weights, dimsOf) =>
      withLoss(unet.graphs(unetTraining.parse(config).model, weights, dimsOf), {
        output: "noise",
        loss: (g, noise) => meanSquaredError(g, noise, g.input("target", noise.dtype, noise.dims)),
      }),
    answer: optimiserSteps,
  },
};
