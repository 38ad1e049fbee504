// A timer over the given clock that can be called off.
import type { Clock } from "../base/index.ts";

/** Does `act` after `delayMs`, unless the returned function is called before. */
export function later(clock: Clock, delayMs: number, act: () => void): () => void {
  const controller = new AbortController();
  void clock.sleep(delayMs, controller.signal).then(act, (reason: unknown) => {
    // Called off: the only way a clock's sleep rejects.
    if (!controller.signal.aborted) throw reason;
  });
  return () => controller.abort();
}
