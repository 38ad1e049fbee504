// A whole training step as one graph: forward, loss, gradients, clipping, AdamW. Parameters go in and come out changed.
import { assert, refused } from "../../../shared/failure/index.ts";
import { extendGraph, initialisersOf, weightsToInputs } from "../../onnx/index.ts";
import type { Builder, Graph, Value } from "../../onnx/index.ts";
import { backward, gradientName } from "../backward.ts";
import type { AdamWOptions, AdamWRates, AdamWScalars } from "./adam-w.ts";
import { adamW, adamWDefaults } from "./adam-w.ts";
import { clipByGlobalNorm, globalNorm } from "./clip.ts";

export type TrainingStepOptions = {
  readonly loss: string;
  /** Which weights are trained, by key; the others stay constants of the file and never travel. */
  readonly isTrained: (key: string) => boolean;
  readonly optimiser?: AdamWOptions;
  /** Largest global norm of the gradients. */
  readonly clipNorm?: number;
};

export type TrainingStep = {
  /**
   * Inputs: those of the network; per trained key KEY the parameter itself, "first/KEY" and "second/KEY"; the scalars "decay",
   * "stepSize", "secondScale" of `adamWRates`. Outputs: those of the network, "grad/KEY" (before clipping), "grad_norm", and
   * "next/KEY", "next/first/KEY", "next/second/KEY".
   */
  readonly graph: Graph;
  /** Key -> dims of what is trained. Moments start as zeros. */
  readonly trained: ReadonlyMap<string, readonly number[]>;
};

/** Of a graph with fixed sizes. Refuses a choice that trains nothing. */
export function trainingStep(network: Graph, options: TrainingStepOptions): TrainingStep {
  const { loss, isTrained, optimiser = adamWDefaults, clipNorm } = options;
  const trained = trainedWeights(network, isTrained);
  const withGradients = backward(weightsToInputs(network, isTrained), { loss, of: [...trained.keys()] });
  const graph = extendGraph(withGradients, (g) => {
    const scalars = scalarInputs(g);
    const raw = [...trained.keys()].map((key) => gradientOf(withGradients, key));
    const { clipped, norm } =
      clipNorm === undefined ? { clipped: raw, norm: globalNorm(g, raw) } : clipByGlobalNorm(g, raw, clipNorm);
    const updates = [...trained].flatMap(([key, dims], index) => {
      const state = {
        parameter: inputOf(withGradients, key),
        gradient: at(clipped, index),
        firstMoment: g.input(`first/${key}`, "float32", dims),
        secondMoment: g.input(`second/${key}`, "float32", dims),
      };
      const next = adamW(g.scope("step").scope(key), state, scalars, optimiser);
      return [
        [`next/${key}`, next.parameter],
        [`next/first/${key}`, next.firstMoment],
        [`next/second/${key}`, next.secondMoment],
      ] as const;
    });
    return { grad_norm: norm, ...Object.fromEntries(updates) };
  });
  return { graph, trained };
}

function trainedWeights(network: Graph, isTrained: (key: string) => boolean): ReadonlyMap<string, readonly number[]> {
  const trained = new Map<string, readonly number[]>();
  for (const { origin } of initialisersOf(network))
    if (origin.kind === "weight" && isTrained(origin.weight.key)) trained.set(origin.weight.key, origin.weight.dims);
  if (trained.size > 0) return trained;
  throw refused("autodiff.nothing-trained", {
    message: `No weight of ${network.name} is among those to be trained.`,
    hint: "The name patterns of the recipe must fit the keys of the checkpoint.",
  });
}

function scalarInputs(g: Builder): AdamWScalars {
  const scalar = (name: keyof AdamWRates) => g.input(name, "float32", []);
  return { decay: scalar("decay"), stepSize: scalar("stepSize"), secondScale: scalar("secondScale") };
}

const inputOf = (graph: Graph, name: string): Value => {
  const input = graph.inputs.find((each) => each.name === name);
  assert(input !== undefined, `${name} became no input`);
  return input;
};

const gradientOf = (graph: Graph, key: string): Value => {
  const output = graph.outputs.find(({ name }) => name === gradientName(key));
  assert(output !== undefined, `${key} has no gradient`);
  return output.value;
};

const at = (values: readonly Value[], index: number): Value => {
  const value = values[index];
  assert(value !== undefined, `there is no value ${index}`);
  return value;
};
