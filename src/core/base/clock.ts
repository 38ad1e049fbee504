// Wall and monotonic time as an argument, so that leases, backups and rates can be tested without waiting.

export type Clock = {
  /** Milliseconds since the Unix epoch; may jump when the system's clock is set. */
  readonly nowMs: () => number;
  /** Milliseconds that never go back; for durations only. */
  readonly monotonicMs: () => number;
  /** Resolves after `delayMs`, or rejects with the signal's reason when aborted. */
  readonly sleep: (delayMs: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, delayMs);
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};
