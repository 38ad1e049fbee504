// One definition, many files: the graph of a network as one provider runs it, in one precision, at fixed sizes.
import type { Sizes } from "../graph/dim.ts";
import { checkGraph } from "../graph/check.ts";
import type { Graph } from "../graph/graph.ts";
import { blockGatedProducts } from "./gated.ts";
import { toHalf } from "./half.ts";
import type { Int8Options } from "./int8.ts";
import { toInt8 } from "./int8.ts";
import type { Lowering } from "./lower.ts";
import { lower } from "./lower.ts";
import { bakeSizes, simplify } from "./simplify.ts";
import { writeOutSines } from "./sines.ts";

/** int8: u8 x s8 products on the CPU, inexact; for drafts, and where its error is printed. */
export type Precision = "float32" | "float16" | "int8";

export type Variant = {
  readonly lowering: Lowering;
  readonly precision?: Precision;
  /** Sizes to bake in; symbols without one stay open. Fixed shapes let a runtime plan its memory. */
  readonly sizes?: Sizes;
  /** Which layers the int8 variant quantises. */
  readonly int8?: Int8Options;
};

/** Shaders' sines are rough: WGSL promises 2^-11, Direct3D 8e-4. */
const hasExactSines = (lowering: Lowering): boolean => lowering === "cpu" || lowering === "cuda";

/** The graph ready to be written: nothing of it is a composite, every type is checked. */
export function variantOf(graph: Graph, { lowering, precision = "float32", sizes = {}, int8 = {} }: Variant): Graph {
  const baked = Object.keys(sizes).length === 0 ? graph : bakeSizes(graph, sizes);
  const suited = lowering === "cpu" ? blockGatedProducts(baked) : baked;
  const lowered = lower(precision === "int8" ? toInt8(suited, int8) : suited, lowering);
  const narrow = precision === "float16" ? toHalf(lowered) : lowered;
  return checkGraph(simplify(hasExactSines(lowering) ? narrow : writeOutSines(narrow)));
}
