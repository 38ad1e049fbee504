// Noise like film grain over whichever kernels serve: the same place and seed, the same grain.
import type { Kernels } from "../../../native/index.d.ts";
import { assert } from "../../shared/failure/index.ts";
import { servedKernels } from "./load-addon.ts";
import type { PixelBox } from "./yuv-plan.ts";

/** How strong grain is, in codes, and how soft: the weight of a sample's neighbours, 0 for white noise up to 1. */
export type Grain = { readonly deviationCodes: number; readonly softnessRatio: number };

/** The standard deviation of the sum of four even bytes. */
const rawDeviation = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/** Adds grain to the float samples of a box of a plane, in place; normal, with the deviation asked for. */
export function addGrain(
  values: Float32Array,
  box: PixelBox,
  grain: Grain & { readonly seed: number; readonly kernels?: Kernels },
): void {
  const { deviationCodes, softnessRatio, seed, kernels = servedKernels().kernels } = grain;
  assert(values.length === box.widthPx * box.heightPx, "there is a value for each sample of the box");
  if (values.length === 0) return;
  const plan = Int32Array.of(box.widthPx, box.heightPx, box.xPx, box.yPx, seed);
  // Across and down alike, so the deviation of the weighed sum is the weights' own squared length.
  const gain = 1 + 2 * softnessRatio ** 2;
  kernels.addGrain(plan, Float32Array.of(deviationCodes / rawDeviation / gain, softnessRatio), values);
}
