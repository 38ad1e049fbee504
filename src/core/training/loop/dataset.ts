// What training reads: examples by number, in an order that follows from the seed alone.
import { assert } from "../../../shared/failure/index.ts";
import { randomFrom } from "../../base/index.ts";
import type { Random } from "../../base/index.ts";
import type { Tensor } from "../../tensor/index.ts";

/** Named tensors without a batch axis; each task says which it needs. */
export type Example = Readonly<Record<string, Tensor>>;

/**
 * Films, clips or made-up data. `random` is this example's own: a dataset that cuts a window out of a clip draws the place
 * from it, and draws the same again when the run is resumed.
 */
export type Dataset = {
  readonly size: number;
  readonly load: (index: number, random: Random) => Promise<Example>;
};

/** What one example of one step draws from: it is told by its place and holds no state, so a checkpoint need not keep any. */
export type DrawnExample = { readonly example: Example; readonly seed: number };

/** FNV-1a over 32-bit words: a seed for each place in a run. */
export function seedOf(...words: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const word of words)
    for (let byte = 0; byte < 4; byte += 1) hash = Math.imul(hash ^ ((word >>> (8 * byte)) & 0xff), 0x01000193) >>> 0;
  return hash;
}

/** Fisher and Yates: the numbers below `size`, each once, in the order of one epoch. */
export function orderOfEpoch(size: number, seed: number, epoch: number): Uint32Array {
  const random = randomFrom(seedOf(seed, epoch, 0x0bde6));
  const order = Uint32Array.from({ length: size }, (_, index) => index);
  for (let left = size - 1; left > 0; left -= 1) {
    const chosen = Math.floor(random.uniform() * (left + 1));
    [order[left], order[chosen]] = [order[chosen] ?? 0, order[left] ?? 0];
  }
  return order;
}

export type BatchOptions = {
  readonly seed: number;
  readonly examplesPerStep: number;
  /** The first step that is wanted; 0 begins anew. */
  readonly fromStep: number;
};

/**
 * One list of examples for each step, without end. Examples go by number through one epoch after the other, each in its own
 * order; the step and the seed alone say which come, so a resumed run reads on as the other would have.
 */
export async function* batchesOf(
  dataset: Dataset,
  { seed, examplesPerStep, fromStep }: BatchOptions,
): AsyncGenerator<readonly DrawnExample[]> {
  assert(dataset.size > 0, "a dataset without examples");
  let known: { readonly epoch: number; readonly order: Uint32Array } = { epoch: -1, order: new Uint32Array() };
  for (let step = fromStep; ; step += 1) {
    const batch: DrawnExample[] = [];
    for (let slot = 0; slot < examplesPerStep; slot += 1) {
      const place = step * examplesPerStep + slot;
      const epoch = Math.floor(place / dataset.size);
      if (known.epoch !== epoch) known = { epoch, order: orderOfEpoch(dataset.size, seed, epoch) };
      const index = known.order[place % dataset.size] ?? 0;
      const example = await dataset.load(index, randomFrom(seedOf(seed, step, slot, 1)));
      batch.push({ example, seed: seedOf(seed, step, slot, 2) });
    }
    yield batch;
  }
}
