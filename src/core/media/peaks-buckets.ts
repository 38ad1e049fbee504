// The inner loops of peaks: minima and maxima of interleaved 16-bit samples, and of pairs of buckets.

/**
 * Writes minimum and maximum of each bucket and channel: [min, max] per channel, bucket after bucket. `interleaved` starts
 * on a bucket; its last bucket may be shorter. Answers with the number of buckets written.
 */
export function reduceToBuckets(
  interleaved: Int16Array,
  buckets: Int16Array,
  shape: { readonly channelCount: number; readonly samplesPerBucket: number },
): number {
  const { channelCount, samplesPerBucket } = shape;
  // Mono and stereo are nearly everything there is; a loop without the inner stride runs twice as fast.
  if (channelCount === 1) return reduceMono(interleaved, buckets, samplesPerBucket);
  if (channelCount === 2) return reduceStereo(interleaved, buckets, samplesPerBucket);
  const bucketLength = channelCount * samplesPerBucket;
  let bucketCount = 0;
  for (let from = 0; from < interleaved.length; from += bucketLength) {
    const to = Math.min(from + bucketLength, interleaved.length);
    for (let channel = 0; channel < channelCount; channel += 1) {
      let [min, max] = [32767, -32768];
      for (let at = from + channel; at < to; at += channelCount) {
        const sample = interleaved[at] as number;
        if (sample < min) min = sample;
        if (sample > max) max = sample;
      }
      const place = (bucketCount * channelCount + channel) * 2;
      buckets[place] = min;
      buckets[place + 1] = max;
    }
    bucketCount += 1;
  }
  return bucketCount;
}

// Neighbours are compared first, so that two samples cost three comparisons instead of four; a last odd one stands for both.

function reduceMono(samples: Int16Array, buckets: Int16Array, samplesPerBucket: number): number {
  let bucketCount = 0;
  for (let from = 0; from < samples.length; from += samplesPerBucket) {
    const to = Math.min(from + samplesPerBucket, samples.length);
    let min = 32767;
    let max = -32768;
    for (let at = from; at < to; at += 2) {
      const first = samples[at] as number;
      const second = at + 1 < to ? (samples[at + 1] as number) : first;
      if (first < second) {
        if (first < min) min = first;
        if (second > max) max = second;
      } else {
        if (second < min) min = second;
        if (first > max) max = first;
      }
    }
    buckets[bucketCount * 2] = min;
    buckets[bucketCount * 2 + 1] = max;
    bucketCount += 1;
  }
  return bucketCount;
}

function reduceStereo(interleaved: Int16Array, buckets: Int16Array, samplesPerBucket: number): number {
  let bucketCount = 0;
  const bucketLength = samplesPerBucket * 2;
  for (let from = 0; from < interleaved.length; from += bucketLength) {
    const to = Math.min(from + bucketLength, interleaved.length);
    let leftMin = 32767;
    let leftMax = -32768;
    let rightMin = 32767;
    let rightMax = -32768;
    for (let at = from; at < to; at += 4) {
      const left = interleaved[at] as number;
      const right = interleaved[at + 1] as number;
      const nextLeft = at + 2 < to ? (interleaved[at + 2] as number) : left;
      const nextRight = at + 2 < to ? (interleaved[at + 3] as number) : right;
      if (left < nextLeft) {
        if (left < leftMin) leftMin = left;
        if (nextLeft > leftMax) leftMax = nextLeft;
      } else {
        if (nextLeft < leftMin) leftMin = nextLeft;
        if (left > leftMax) leftMax = left;
      }
      if (right < nextRight) {
        if (right < rightMin) rightMin = right;
        if (nextRight > rightMax) rightMax = nextRight;
      } else {
        if (nextRight < rightMin) rightMin = nextRight;
        if (right > rightMax) rightMax = right;
      }
    }
    const place = bucketCount * 4;
    buckets[place] = leftMin;
    buckets[place + 1] = leftMax;
    buckets[place + 2] = rightMin;
    buckets[place + 3] = rightMax;
    bucketCount += 1;
  }
  return bucketCount;
}

/** Joins neighbouring buckets two by two; an odd last one passes unchanged. Answers with the number written. */
export function halveBuckets(finer: Int16Array, coarser: Int16Array, channelCount: number): number {
  const stride = channelCount * 2;
  const finerCount = finer.length / stride;
  const coarserCount = Math.ceil(finerCount / 2);
  for (let bucket = 0; bucket < coarserCount; bucket += 1) {
    const left = bucket * 2 * stride;
    const right = bucket * 2 + 1 < finerCount ? left + stride : left;
    for (let value = 0; value < stride; value += 2) {
      coarser[bucket * stride + value] = Math.min(finer[left + value] ?? 0, finer[right + value] ?? 0);
      coarser[bucket * stride + value + 1] = Math.max(finer[left + value + 1] ?? 0, finer[right + value + 1] ?? 0);
    }
  }
  return coarserCount;
}
