// Streams between stages: each works ahead of the next by a bounded number of items, and no further.
import { DubError } from "../../../shared/failure/index.ts";

/**
 * Pulls from `source` before it is asked, at most `ahead` items: what waits for ffmpeg, the disk or compression goes on while
 * the consumer computes. Leaving early ends the source. A failure arrives in its turn.
 */
export async function* workAhead<Item>(source: AsyncIterable<Item>, ahead: number): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  // Settled, because a failure that nobody awaits yet would end the process. A generator answers its calls in order.
  const waiting: Promise<readonly PromiseSettledResult<IteratorResult<Item>>[]>[] = [];
  try {
    for (;;) {
      while (waiting.length <= ahead) waiting.push(Promise.allSettled([iterator.next()]));
      const [next] = (await waiting.shift()) ?? [];
      if (next?.status === "rejected") throw next.reason;
      if (!next || next.value.done === true) return;
      yield next.value.value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** Runs work over groups of items; a group that does not fit the memory is halved, and groups stay small from then on. */
export type Batcher = {
  readonly size: () => number;
  readonly run: <Item, Result>(
    items: readonly Item[],
    work: (group: readonly Item[]) => Promise<readonly Result[]>,
  ) => Promise<readonly Result[]>;
};

export function batcher(firstSize: number, onHalved: (size: number) => void): Batcher {
  let size = Math.max(1, Math.floor(firstSize));
  return {
    size: () => size,
    run: async (items, work) => {
      const results = [];
      for (let done = 0; done < items.length;) {
        const group = items.slice(done, done + size);
        try {
          results.push(...(await work(group)));
          done += group.length;
        } catch (error) {
          const isMemory = error instanceof DubError && error.code === "onnx.out-of-memory";
          if (!isMemory || group.length === 1) throw error;
          size = Math.floor(group.length / 2);
          onHalved(size);
        }
      }
      return results;
    },
  };
}
