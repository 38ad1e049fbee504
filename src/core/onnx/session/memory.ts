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

/** The value whose memory each value lies in: itself, or what it is another shape of. */
function placesOf(graph: Graph): ReadonlyMap<Value, Value> {
  const places = new Map<Value, Value>();
  for (const node of graph.nodes) {
    const [source] = node.inputs;
    for (const output of node.outputs)
      places.set(output, inPlace.has(node.op) && source !== undefined ? (places.get(source) ?? source) : output);
  }
  return places;
}

/** Weights plus the peak of live activations, node by node. An estimate: kernels' scratch space is not in it. */
export function estimateMemory(graph: Graph, sizes: Sizes = {}): MemoryEstimate {
  const weightBytes = initialisersOf(graph).reduce((bytes, value) => bytes + bytesOfValue(value, sizes), 0);
  const places = placesOf(graph);
  const placeOf = (value: Value): Value => places.get(value) ?? value;
  const lastUse = new Map<Value, number>();
  graph.nodes.forEach((node, index) => {
    for (const value of [...node.inputs, ...node.outputs]) if (value !== undefined) lastUse.set(placeOf(value), index);
  });
  for (const { value } of graph.outputs) lastUse.set(placeOf(value), graph.nodes.length);
  let live = graph.inputs.reduce((bytes, input) => bytes + bytesOfValue(input, sizes), 0);
  let activationBytes = live;
  graph.nodes.forEach((node, index) => {
    const made = node.outputs.filter((output) => placeOf(output) === output);
    live += made.reduce((bytes, value) => bytes + bytesOfValue(value, sizes), 0);
    activationBytes = Math.max(activationBytes, live);
    const touched = new Set([...node.inputs, ...node.outputs].flatMap((value) => (value ? [placeOf(value)] : [])));
    for (const value of touched)
      if (value.origin.kind === "node" && lastUse.get(value) === index) live -= bytesOfValue(value, sizes);
  });
  return { weightBytes, activationBytes, totalBytes: Math.round(weightBytes * overheadRatio + activationBytes) };
}
