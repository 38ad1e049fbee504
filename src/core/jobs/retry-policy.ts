// When a failed attempt is worth another, and how long to wait before it.
import type { Random } from "../base/index.ts";
import type { FailureData } from "../../shared/failure/index.ts";

export type RetryPolicy = {
  /** The wait after the first failed attempt; each further one waits `growth` times longer, up to `longestMs`. */
  readonly firstMs: number;
  readonly growth: number;
  readonly longestMs: number;
};

export const defaultRetryPolicy: RetryPolicy = { firstMs: 2_000, growth: 5, longestMs: 300_000 };

/**
 * Only failures of the world are tried again. What was refused stays refused until a person acts, and a bug
 * (code "internal") isn't cured by repeating it.
 */
export const isWorthRetrying = (error: FailureData): boolean => error.kind === "failed" && error.code !== "internal";

/** The wait after `attempts` failed ones: exponential, with up to a quarter more so that jobs don't return as a herd. */
export function backoffMs(attempts: number, policy: RetryPolicy, random: Random): number {
  const plainMs = Math.min(policy.longestMs, policy.firstMs * policy.growth ** (attempts - 1));
  return Math.round(plainMs * (1 + random.uniform() / 4));
}
