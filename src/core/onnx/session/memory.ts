// How much memory a graph needs, before it is loaded.
import { assert } from "../../../shared/failure/index.ts";
import { elementCount } from "../../tensor/index.ts";
import { bindDim } from "../graph/dim.ts";
import type { Sizes } from "../graph/dim.ts";
import { dtypes } from "../graph/dtype.ts";
import type { Graph, Value } from "../graph/graph.ts";
import { initialisersOf } from "../graph/graph.ts";

export type MemoryEstimate = {
  readonly weightBytes: number;
  /** The most that lives at once between nodes, in the order the runtime follows. */
  readonly activationBytes: number;
  readonly totalBytes: number;
};

/** Names, node tables and the allocator's rounding; measured once on the U-Net, where 5.06 GB of weights gave 5.2 GB. */
const overheadRatio = 1.04;

/** These give their input under another shape: the runtime reuses its memory. */
const inPlace: ReadonlySet<string> = new Set(["Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout"]);

function bytesOfValue(value: Value, sizes: Sizes): number {
  const dims = value.dims.map((size) => bindDim(size, sizes));
  assert(
    dims.every((size) => typeof size === "number"),
    `the size of ${value.name} depends on ${value.dims.join(", ")}, whose sizes were not given`,
  );
  return elementCount(dims.map(Number)) * dtypes[value.dtype].bytes;
}

/** Weights plus the peak of live activations, node by node. An estimate: kernels' scratch space is not in it. */
export function estimateMemory(graph: Graph, sizes: Sizes = {}): MemoryEstimate {
  const weightBytes = initialisersOf(graph).reduce((bytes, value) => bytes + bytesOfValue(value, sizes), 0);
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach((node, index) => {
    for (const input of node.inputs) if (input !== undefined) lastUse.set(input, index);
  });
  for (const { value } of graph.outputs) lastUse.set(value, graph.nodes.length);
  let live = graph.inputs.reduce((bytes, input) => bytes + bytesOfValue(input, sizes), 0);
  let activationBytes = live;
  graph.nodes.forEach((node, index) => {
    const made = inPlace.has(node.op) ? [] : node.outputs;
    live += made.reduce((bytes, value) => bytes + bytesOfValue(value, sizes), 0);
    activationBytes = Math.max(activationBytes, live);
    const dying = new Set(
      [...node.inputs, ...node.outputs].filter((value) => value !== undefined && (lastUse.get(value) ?? -1) <= index),
    );
    for (const value of dying) {
      const counted =
        value?.origin.kind === "node" ? !inPlace.has(value.origin.node.op) : value?.origin.kind === "input";
      if (value !== undefined && counted) live -= bytesOfValue(value, sizes);
    }
  });
  return { weightBytes, activationBytes, totalBytes: Math.round(weightBytes * overheadRatio + activationBytes) };
}
