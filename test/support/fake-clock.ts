// A test double of Clock: time stands until the test moves it.
import type { Clock } from "../../src/core/base/index.ts";

export type FakeClock = Clock & {
  /** Moves time, waking sleepers in order and letting what they do settle before going on. */
  readonly advance: (byMs: number) => Promise<void>;
  /** Lets everything that is ready to run do so, time standing still. */
  readonly settle: () => Promise<void>;
};

type Sleeper = { readonly atMs: number; readonly wake: () => void };

export function fakeClock(startMs = 1_000_000): FakeClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();
  // Real turns of the event loop: enough for chains of promises and small file work.
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { atMs: nowMs + delayMs, wake: resolve };
        signal?.throwIfAborted();
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    settle,
    advance: async (byMs) => {
      const untilMs = nowMs + byMs;
      await settle();
      for (;;) {
        const next = [...sleepers].filter((each) => each.atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) break;
        sleepers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
