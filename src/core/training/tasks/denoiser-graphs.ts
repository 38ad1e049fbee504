// The denoiser's graphs: its estimate of clean latents alone, and its losses with their gradients.
import { assert } from "../../../shared/failure/index.ts";
import { backward, gradientName, planRecomputation } from "../../autodiff/index.ts";
import type { RecomputationPlan } from "../../autodiff/index.ts";
import type { Predicts } from "../../diffusion/index.ts";
import { addAdapter, unetGraph } from "../../models/index.ts";
import type { AdapterSpec, UnetConfig } from "../../models/index.ts";
import { bakeSizes, extendGraph, rebuild, weightsToInputs } from "../../onnx/index.ts";
import type { Builder, Graph, Value, Weights } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { trainedWeights } from "../parameters.ts";
import { unscaledGradients } from "./unscaled-gradients.ts";
import { cleanEstimate, weighedSquaredError } from "../losses/denoising.ts";

export type DenoiserSizes = {
  readonly batch: number;
  readonly frames: number;
  readonly latentHeight: number;
  readonly latentWidth: number;
  readonly audioTokens: number;
};

export type Denoiser = {
  readonly config: UnetConfig;
  readonly weights: Weights;
  readonly adapter?: { readonly spec: AdapterSpec; readonly tensors: Readonly<Record<string, Tensor>> } | undefined;
};

/** The definition of the network counts height and width in eights, which its levels halve. */
const cells = 8;

/** The network at fixed sizes, one timestep for each item, with its adapter beside it. */
export function denoiserNetwork({ config, weights, adapter }: Denoiser, sizes: DenoiserSizes): Graph {
  const { batch, frames, latentHeight, latentWidth, audioTokens: tokens } = sizes;
  assert(
    latentHeight % cells === 0 && latentWidth % cells === 0,
    `latents are multiples of ${cells} cells high and wide, not ${latentHeight} x ${latentWidth}`,
  );
  const network = unetGraph({ config, weights, timesteps: "per-item" });
  const adapted = adapter ? addAdapter(network, adapter.spec, adapter.tensors) : network;
  return bakeSizes(adapted, { batch, frames, height: latentHeight / cells, width: latentWidth / cells, tokens });
}

export type StepOptions = {
  readonly predicts: Predicts;
  readonly isTrained: (key: string) => boolean;
  /** Of the loss on latents, beside those on pictures. */
  readonly denoisingWeight: number;
};

type Parts = { readonly latents: Value; readonly prediction: Value; readonly signal: Value; readonly noise: Value };

/** The noisy latents and the network's answer, with the item's roots as new inputs "signal" and "noise_level". */
function partsOf(g: Builder, network: Graph): Parts {
  const sample = network.inputs.find(({ name }) => name === "sample");
  const prediction = network.outputs.find(({ name }) => name === "noise")?.value;
  assert(sample !== undefined && prediction !== undefined, "the denoiser takes a sample and gives a prediction");
  const [batch = 1, channels = 1] = prediction.dims;
  const latents = g.slice(sample, { axis: 1, to: channels });
  const root = (name: string) => g.input(name, "float32", [batch, 1, 1, 1, 1]);
  return { latents, prediction, signal: root("signal"), noise: root("noise_level") };
}

const only = (graph: Graph, names: readonly string[]): Graph =>
  rebuild({ ...graph, outputs: graph.outputs.filter(({ name }) => names.includes(name)) }, () => undefined);

/** Output: "clean" [batch, 4, frames, height, width], estimated in one step. What is trained is an input. */
export function estimateGraph(network: Graph, { predicts, isTrained }: StepOptions): Graph {
  const open = weightsToInputs(network, isTrained);
  return only(
    extendGraph(open, (g) => ({ clean: cleanEstimate[predicts](g, partsOf(g, open)) })),
    ["clean"],
  );
}

/** Output: "denoising", the loss on latents alone. */
export function denoisingGraph(network: Graph, { isTrained }: StepOptions): Graph {
  const open = weightsToInputs(network, isTrained);
  return only(
    extendGraph(open, (g) => ({ denoising: denoisingLoss(g, partsOf(g, open)) })),
    ["denoising"],
  );
}

function denoisingLoss(g: Builder, { prediction }: Parts): Value {
  const [, , , height = 1, width = 1] = prediction.dims;
  const target = g.input("target", "float32", prediction.dims);
  const cellWeights = g.input("cell_weights", "float32", [1, 1, 1, height, width]);
  return weighedSquaredError(g, { x: prediction, target, cellWeights });
}

export type GradientGraph = { readonly graph: Graph; readonly plan: RecomputationPlan };

/**
 * Outputs: "denoising", and "grad/KEY" of denoisingWeight · denoising + Σ clean · slope for each trained key. On the way
 * back everything is multiplied by "loss_scale", and divided by it at the end.
 * "slope" [batch, 4, frames, height, width] is the gradient that losses on pictures have with respect to the estimated clean
 * latents: the chain rule is cut there, so that decoder and judges need not live while the denoiser does.
 */
export function gradientGraph(network: Graph, options: StepOptions, budgetBytes: number): GradientGraph {
  const { predicts, isTrained, denoisingWeight } = options;
  const open = weightsToInputs(network, isTrained);
  const forward = extendGraph(open, (g) => {
    const parts = partsOf(g, open);
    const denoising = denoisingLoss(g, parts);
    const clean = g.cast(cleanEstimate[predicts](g, parts), "float32");
    const slope = g.input("slope", "float32", clean.dims);
    const pictures = g.reduceSum(g.mul(clean, slope), [...clean.dims.keys()], "drop");
    const objective = g.add(g.mul(denoising, denoisingWeight), pictures);
    return { denoising, objective: g.mul(objective, g.input("loss_scale", "float32", [])) };
  });
  const of = [...new Set(trainedWeights(network, isTrained).map(({ key }) => key))];
  const asked = { loss: "objective", of };
  const plan = planRecomputation(forward, { ...asked, budgetBytes });
  const gradients = unscaledGradients(backward(forward, { ...asked, recompute: plan.blockOf }), of);
  return { graph: only(gradients, ["denoising", ...of.map(gradientName)]), plan };
}
