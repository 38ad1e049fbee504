// One definition, many files: the graph of a network as one provider runs it, in one precision, at fixed sizes.
import type { Sizes } from "../graph/dim.ts";
import { checkGraph } from "../graph/check.ts";
import type { Graph } from "../graph/graph.ts";
import { toHalf } from "./half.ts";
import type { Lowering } from "./lower.ts";
import { lower } from "./lower.ts";
import { bakeSizes, simplify } from "./simplify.ts";

export type Precision = "float32" | "float16";

export type Variant = {
  readonly lowering: Lowering;
  readonly precision?: Precision;
  /** Sizes to bake in; symbols without one stay open. Fixed shapes let a runtime plan its memory. */
  readonly sizes?: Sizes;
};

/** The graph ready to be written: nothing of it is a composite, every type is checked. */
export function variantOf(graph: Graph, { lowering, precision = "float32", sizes = {} }: Variant): Graph {
  const baked = Object.keys(sizes).length === 0 ? graph : bakeSizes(graph, sizes);
  const lowered = lower(baked, lowering);
  const narrow = precision === "float16" ? toHalf(lowered) : lowered;
  return checkGraph(simplify(narrow));
}
