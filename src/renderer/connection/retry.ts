// When to try again to reach the core: quickly at first, then every few seconds, for ever.

const firstDelayMs = 250;
const longestDelayMs = 4_000;

/** Delay before attempt number `attempt`, from 1: 250 ms, doubling, at most four seconds. */
export const retryDelayMs = (attempt: number): number => Math.min(longestDelayMs, firstDelayMs * 2 ** (attempt - 1));
