// Reconnecting: at once when the core comes back quickly, never hammering when it does not.
import { expect, test } from "vitest";
import { retryDelayMs } from "./retry.ts";

test("delays double from a quarter of a second and stay at four", () => {
  expect([1, 2, 3, 4, 5, 6, 50].map(retryDelayMs)).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
});
