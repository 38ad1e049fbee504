// Learning rates by step, as plain functions: step 0 is the first update.
import { assert } from "../../../shared/failure/index.ts";

export type RateSchedule = (step: number) => number;

export const constantRate =
  (learningRate: number): RateSchedule =>
  () =>
    learningRate;

/** From rate / steps up to the full rate in equal parts, then as `after` says, which counts on from the first step. */
export const warmUp =
  (steps: number, after: RateSchedule): RateSchedule =>
  (step) =>
    step < steps ? (after(step) * (step + 1)) / steps : after(step);

/** Half a cosine from `learningRate` down to `floor` at step `steps`; stays there (Loshchilov & Hutter 2017, without restarts). */
export function cosineRate(learningRate: number, steps: number, floor = 0): RateSchedule {
  assert(steps > 0, "a cosine over no steps");
  return (step) => floor + 0.5 * (learningRate - floor) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)));
}
