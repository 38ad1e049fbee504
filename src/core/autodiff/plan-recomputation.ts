// Which blocks to compute again: as few as bring the estimated memory of a training graph below a budget.
import { estimateMemory } from "../onnx/index.ts";
import type { Graph, Node } from "../onnx/index.ts";
import { backward } from "./backward.ts";
import type { BackwardOptions } from "./backward.ts";
import type { BlockOf } from "./recompute.ts";

export type RecomputationPlan = {
  readonly blockOf: BlockOf;
  /** The blocks that are computed again, largest first. */
  readonly blocks: readonly string[];
  /** Estimated bytes with none of the blocks computed again, and with those that were chosen. */
  readonly keptBytes: number;
  readonly chosenBytes: number;
};

export type PlanOptions = Omit<BackwardOptions, "recompute"> & {
  readonly budgetBytes: number;
  /** The layers of the network, as `layerOf` tells them for all of ours. */
  readonly blockOf?: BlockOf;
};

/** A layer of any of our networks, by the place its node has in the checkpoint: a residual block, a transformer, a motion module. */
export const layerOf: BlockOf = ({ name }) =>
  (
    /^(?:.*?\.)?(?:resnets|attentions|motion_modules)\.\d+(?=\.)/.exec(name) ??
    /^(?:.*?\.)?(?:down_blocks|blocks)\.\d+(?=\.)/.exec(name)
  )?.[0];

/**
 * Blocks are taken in the order of the bytes that they free, until the estimate fits the budget; all of them where it cannot.
 * Whether it does fit, `chosenBytes` says: the caller knows what to make of it.
 */
export function planRecomputation(graph: Graph, options: PlanOptions): RecomputationPlan {
  const { loss, of, budgetBytes, blockOf = layerOf } = options;
  const ordered = [...bytesByBlock(graph, blockOf)].toSorted(([, a], [, b]) => b - a).map(([block]) => block);
  const choose = (count: number): BlockOf => {
    const chosen = new Set(ordered.slice(0, count));
    return (node) => {
      const block = blockOf(node);
      return block !== undefined && chosen.has(block) ? block : undefined;
    };
  };
  const bytesOf = (count: number) => estimateMemory(backward(graph, { loss, of, recompute: choose(count) })).totalBytes;
  const keptBytes = bytesOf(0);
  const fits = keptBytes <= budgetBytes;
  const count = fits ? 0 : fewest(ordered.length, (some) => bytesOf(some) <= budgetBytes);
  const chosenBytes = fits ? keptBytes : bytesOf(count);
  return { blockOf: choose(count), blocks: ordered.slice(0, count), keptBytes, chosenBytes };
}

/** The smallest count from 0 that suffices, where more always does as well; `most` when none below it does. */
function fewest(most: number, suffices: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (suffices(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** What the nodes of each block make, in elements' bytes. */
function bytesByBlock(graph: Graph, blockOf: BlockOf): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  for (const node of graph.nodes) {
    const block = blockOf(node);
    if (block !== undefined) bytes.set(block, (bytes.get(block) ?? 0) + madeBytes(node));
  }
  return bytes;
}

const madeBytes = ({ outputs }: Node): number =>
  outputs.reduce((total, { dims }) => total + 4 * dims.reduce<number>((count, size) => count * Number(size), 1), 0);
