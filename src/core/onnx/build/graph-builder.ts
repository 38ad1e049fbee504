// graph("name", (g) => ...): the language in which every network of the house is written.
import type { Dim } from "../graph/dim.ts";
import type { DType, Tensor } from "../../tensor/index.ts";
import { tensorFromValues } from "../graph/dtype.ts";
import type { Graph, Value } from "../graph/graph.ts";
import type { Weight, Weights } from "../graph/weights.ts";
import { arithmetic } from "./arithmetic.ts";
import type { Emitter } from "./emitter.ts";
import { continueGraph, createEmitter } from "./emitter.ts";
import { layers } from "./layers.ts";
import { layout } from "./layout.ts";

const words = (e: Emitter) => ({
  /** Where in the network this builder stands: "down_blocks.0". */
  path: e.path,
  /** An input of the graph. Dims may be names: ["batch", 13, "frames", "8*height", "8*width"]. */
  input: (name: string, dtype: DType, dims: readonly Dim[]): Value => e.input(name, dtype, dims),
  /** A tensor of the checkpoint by its key under this scope; dims, when given, must match. */
  weight: (key: string, dims?: readonly number[]): Value => e.weight(key, dims),
  hasWeight: (key: string): boolean => e.hasWeight(key),
  /** A weight from elsewhere, such as one made from a checkpoint's tensors. */
  adopt: (weight: Weight): Value => e.adopt(weight),
  constant: (tensor: Tensor, name?: string): Value => e.constant(tensor, name),
  ints: (values: readonly number[]): Value => e.ints(values),
  scalar: (dtype: DType, value: number): Value => e.scalar(dtype, value),
  /** A float32 tensor from numbers. */
  floats: (dims: readonly number[], values: ArrayLike<number>): Value => e.constant(tensorFromValues("float32", dims, values)),
  /** Any operator of the table by its ONNX name: first output, or all. */
  op: e.op,
  node: e.node,
});

export type Builder = ReturnType<typeof words> &
  ReturnType<typeof arithmetic> &
  ReturnType<typeof layout> &
  ReturnType<typeof layers> & {
    /** A builder one level deeper: its node names and its weights' keys begin with the scope's path. */
    readonly scope: (name: string) => Builder;
  };

export const builderOver = (e: Emitter): Builder => ({
  ...words(e),
  ...arithmetic(e),
  ...layout(e),
  ...layers(e),
  scope: (name) => builderOver(e.scope(name)),
});

/** The named answers of a graph. */
export type Outputs = Readonly<Record<string, Value>>;

/** Builds a graph; every shape is inferred, and proven where two must agree, while the definition runs. */
export function graph(name: string, build: (g: Builder) => Outputs, options: { readonly weights?: Weights } = {}): Graph {
  const emitter = createEmitter({ weights: options.weights });
  const outputs = build(builderOver(emitter));
  return emitter.finish(name, Object.entries(outputs).map(([output, value]) => ({ name: output, value })));
}

/**
 * More graph after a graph. `build` may read every value of the old one, which are the same values in the new one; its
 * outputs join the old ones.
 */
export function extendGraph(base: Graph, build: (g: Builder) => Outputs): Graph {
  const emitter = continueGraph(base);
  const added = build(builderOver(emitter));
  const outputs = Object.entries(added).map(([name, value]) => ({ name, value }));
  return emitter.finish(base.name, [...base.outputs, ...outputs]);
}
