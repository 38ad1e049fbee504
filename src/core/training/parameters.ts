// Which weights a recipe trains: all, those whose names hold a pattern, or low-rank adapters beside them.
import { assert, refused } from "../../shared/failure/index.ts";
import { isAdapterKey } from "../models/index.ts";
import type { AdapterSpec } from "../models/index.ts";
import { initialisersOf, readWeight } from "../onnx/index.ts";
import type { Graph, Weight } from "../onnx/index.ts";
import { asFloat32 } from "../tensor/index.ts";
import type { Tensor } from "../tensor/index.ts";
import type { Parameters } from "./tasks/task.ts";

export type TrainedPart =
  | { readonly kind: "all" }
  /** Substrings of checkpoint keys, as the published recipes give them: ["motion_modules.", "attentions."]. */
  | { readonly kind: "patterns"; readonly patterns: readonly string[] }
  | ({ readonly kind: "adapter" } & AdapterSpec);

/** Positions are buffers of the reference, not parameters: nothing trains them. */
const isParameter = (key: string): boolean => !key.endsWith("pos_encoder.pe");

/** Whether the recipe trains the weight of that key. Networks that stand in the graph for their losses have prefixes of their own. */
export function isTrainedBy(part: TrainedPart): (key: string) => boolean {
  if (part.kind === "adapter") return isAdapterKey;
  if (part.kind === "all") return isParameter;
  return (key) => isParameter(key) && part.patterns.some((pattern) => key.includes(pattern));
}

/** Refuses patterns of which one fits no weight at all: it is misspelt, or of another network. */
export function requireFittingPatterns(network: Graph, patterns: readonly string[]): void {
  const keys = initialisersOf(network).flatMap(({ origin }) => (origin.kind === "weight" ? [origin.weight.key] : []));
  const idle = patterns.filter((pattern) => !keys.some((key) => key.includes(pattern)));
  if (idle.length === 0) return;
  throw refused("training.pattern-fits-nothing", {
    message: `No weight of ${network.name} has a name that holds ${idle.map((each) => `"${each}"`).join(" or ")}.`,
    hint: `Names look like ${keys.slice(0, 3).join(", ")}.`,
    details: { idle },
  });
}

/** The trained weights of a network, in its order. */
export const trainedWeights = (network: Graph, isTrained: (key: string) => boolean): readonly Weight[] =>
  initialisersOf(network).flatMap(({ origin }) =>
    origin.kind === "weight" && isTrained(origin.weight.key) ? [origin.weight] : [],
  );

/** What training begins from, in float32. */
export async function initialParameters(weights: readonly Weight[]): Promise<Parameters> {
  const parameters: Record<string, Tensor<"float32">> = {};
  for (const weight of weights) {
    const tensor = await readWeight(weight);
    assert(tensor.dtype === "float32" || tensor.dtype === "float16", `${weight.key} is no float`);
    parameters[weight.key] = asFloat32(tensor);
  }
  return parameters;
}
