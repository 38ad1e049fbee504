// How a vectors file names its tensors, and which sizes its inputs give to a graph's symbols.
import { refused } from "../../../shared/failure/index.ts";
import { fitInputs } from "../../onnx/index.ts";
import type { Graph, Sizes } from "../../onnx/index.ts";
import type { Tensor } from "../../tensor/index.ts";

/** One run of a network: "<case>/in/<input>" and "<case>/out/<output>". */
export type Case = {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
};

/** In the order of their first mention; names of outputs may hold slashes ("grad/x"). */
export function casesOf(names: Iterable<string>): readonly Case[] {
  const cases = new Map<string, { inputs: string[]; outputs: string[] }>();
  for (const name of names) {
    const parts = /^([^/]+)\/(in|out)\/(.+)$/.exec(name);
    if (!parts)
      throw refused("models.no-vectors", {
        message: `The tensor "${name}" is not named <case>/in/<input> or <case>/out/<output>, as vectors are.`,
        details: { name },
      });
    const [, caseName = "", side, rest = ""] = parts;
    const found = cases.get(caseName) ?? { inputs: [], outputs: [] };
    (side === "in" ? found.inputs : found.outputs).push(rest);
    cases.set(caseName, found);
  }
  return [...cases].map(([name, { inputs, outputs }]) => ({ name, inputs, outputs }));
}

/** The sizes that these inputs give to the graph's symbols; refused when they do not fit it. */
export const sizesOf = (graph: Graph, feeds: Readonly<Record<string, Tensor>>): Sizes =>
  fitInputs({ inputs: graph.inputs, outputs: [] }, feeds);
