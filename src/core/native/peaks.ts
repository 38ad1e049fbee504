// Minimum and maximum of each bucket of sound over whichever kernel serves, with every size checked.
import type { Kernels } from "../../../native/index.d.ts";
import { assert } from "../../shared/failure/index.ts";
import { servedKernels } from "./load-addon.ts";
import { peaksTwin } from "./peaks-twin.ts";

export type PeaksShape = {
  readonly channelCount: number;
  /** Per channel. */
  readonly samplesPerBucket: number;
};

/** As many as the addon has room for; the twin serves beyond. */
const addonChannels = 64;

/** How many buckets `sampleCount` samples per channel fill; the last one may be shorter. */
export function peakBucketCount(shape: PeaksShape, sampleCount: number): number {
  return Math.ceil(sampleCount / shape.samplesPerBucket);
}

/**
 * Writes minimum and maximum of each bucket and channel into the beginning of `buckets`: [min, max] per channel, bucket
 * after bucket. `interleaved` starts on a bucket and holds all channels of each sample. Answers with the buckets written.
 */
export function reducePeaks(
  shape: PeaksShape,
  interleaved: Int16Array,
  options: { readonly buckets: Int16Array; readonly kernels?: Kernels },
): number {
  const { channelCount, samplesPerBucket } = shape;
  const { buckets, kernels = servedKernels().kernels } = options;
  assert(
    interleaved.length % channelCount === 0,
    `samples of ${channelCount} channels, not ${interleaved.length} values`,
  );
  const bucketCount = peakBucketCount(shape, interleaved.length / channelCount);
  assert(bucketCount * channelCount * 2 <= buckets.length, `there is room for ${bucketCount} buckets`);
  const kernel = channelCount <= addonChannels ? kernels.peaks : peaksTwin;
  kernel(Int32Array.of(channelCount, samplesPerBucket), interleaved, buckets);
  return bucketCount;
}
