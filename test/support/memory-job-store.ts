// The JobStore of core/jobs that lives in memory, with a disk that can be full.
import { memoryJobStore as plainStore } from "../../src/core/jobs/index.ts";
import type { JobStore } from "../../src/core/jobs/index.ts";

export type MemoryJobStore = JobStore & {
  /** While set, every write throws it: a full disk. */
  refuseWrites: Error | undefined;
};

export function memoryJobStore(): MemoryJobStore {
  const plain = plainStore();
  const afterCheck =
    <Args extends readonly unknown[], Result>(write: (...args: Args) => Result) =>
    (...args: Args): Result => {
      if (store.refuseWrites) throw store.refuseWrites;
      return write(...args);
    };
  const store: MemoryJobStore = {
    ...plain,
    refuseWrites: undefined,
    insert: afterCheck(plain.insert),
    update: afterCheck(plain.update),
    remove: afterCheck(plain.remove),
    putPiece: afterCheck(plain.putPiece),
    appendLog: afterCheck(plain.appendLog),
  };
  return store;
}
