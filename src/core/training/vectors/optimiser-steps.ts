// Optimiser steps as vectors pin them: the first step's loss and gradients, every step's loss, the parameters after the last.
import { z } from "zod";
import { assert } from "../../../shared/failure/index.ts";
import { adamWRates, gradientName, trainingStep } from "../../autodiff/index.ts";
import type { TrainingStep } from "../../autodiff/index.ts";
import type { Answer } from "../../models/index.ts";
import { initialisersOf, readWeight } from "../../onnx/index.ts";
import type { Graph } from "../../onnx/index.ts";
import { floats, reshape, zeros } from "../../tensor/index.ts";
import type { Tensor } from "../../tensor/index.ts";

const trainingSchema = z.object({
  /** Patterns of parameter names; a parameter that holds one of them is trained. */
  trainable: z.array(z.string()).min(1),
  optimizer: z.object({
    kind: z.literal("AdamW"),
    learningRate: z.number().positive(),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number().positive(),
    weightDecay: z.number().nonnegative(),
    clipNorm: z.number().positive(),
    steps: z.int().positive(),
  }),
});

type Tensors = Readonly<Record<string, Tensor>>;

/** Positions are buffers of the reference, not parameters: no pattern reaches them. */
const isParameter = (key: string): boolean => !key.endsWith("pos_encoder.pe");

/** The steps that the configuration asks for, over one session that stays open: parameters and moments go in and out. */
export const optimiserSteps: Answer = async ({ config, graph, feeds, open }) => {
  const { trainable, optimizer } = trainingSchema.parse(config);
  const options = { betas: optimizer.betas, epsilon: optimizer.eps, weightDecay: optimizer.weightDecay };
  const step = trainingStep(graph, {
    loss: "loss",
    isTrained: (key) => isParameter(key) && trainable.some((pattern) => key.includes(pattern)),
    optimiser: options,
    clipNorm: optimizer.clipNorm,
  });
  await using session = await open(step.graph, "float32");
  let state = await initialState(graph, step);
  let first: Tensors | undefined;
  const losses: number[] = [];
  for (let index = 1; index <= optimizer.steps; index += 1) {
    const rates = Object.entries(adamWRates(index, optimizer.learningRate, options));
    const scalars = Object.fromEntries(rates.map(([name, value]) => [name, floats([], [value])]));
    const results = await session.run({ ...feeds, ...state, ...scalars });
    first ??= results;
    losses.push(Number(tensorNamed(results, "loss").data[0]));
    state = Object.fromEntries(Object.keys(state).map((name) => [name, tensorNamed(results, `next/${name}`)]));
  }
  const keys = [...step.trained.keys()];
  assert(first !== undefined, "at least one step was taken");
  const answers = first;
  return {
    noise: tensorNamed(answers, "noise"),
    loss: reshape(tensorNamed(answers, "loss"), [1]),
    grad_norm: reshape(tensorNamed(answers, "grad_norm"), [1]),
    step_losses: floats([losses.length], losses),
    ...Object.fromEntries(keys.map((key) => [gradientName(key), tensorNamed(answers, gradientName(key))])),
    ...Object.fromEntries(keys.map((key) => [`after${optimizer.steps}/${key}`, tensorNamed(state, key)])),
  };
};

/** The parameters of the checkpoint, with moments of zeros. */
async function initialState(graph: Graph, { trained }: TrainingStep): Promise<Tensors> {
  const state: Record<string, Tensor> = {};
  for (const { origin } of initialisersOf(graph)) {
    if (origin.kind !== "weight" || !trained.has(origin.weight.key)) continue;
    const { key, dims } = origin.weight;
    state[key] = await readWeight(origin.weight);
    state[`first/${key}`] = zeros("float32", dims);
    state[`second/${key}`] = zeros("float32", dims);
  }
  return state;
}

const tensorNamed = (tensors: Tensors, name: string): Tensor => {
  const tensor = tensors[name];
  assert(tensor !== undefined, `the step gave no ${name}`);
  return tensor;
};
