// Minimum and maximum of each bucket in TypeScript: the specification of native/src/peaks.inl, and what serves without the
// addon.

/** The kernel's specification; there is nothing to round, so any order of comparing gives the same. */
export function peaksTwin(plan: Int32Array, interleaved: Int16Array, buckets: Int16Array): void {
  const [channelCount = 1, samplesPerBucket = 1] = plan;
  // Mono and stereo are nearly everything there is; a loop without the inner stride runs twice as fast.
  if (channelCount === 1) return reduceMono(interleaved, buckets, samplesPerBucket);
  if (channelCount === 2) return reduceStereo(interleaved, buckets, samplesPerBucket);
  const bucketLength = channelCount * samplesPerBucket;
  for (let from = 0, place = 0; from < interleaved.length; from += bucketLength) {
    const to = Math.min(from + bucketLength, interleaved.length);
    for (let channel = 0; channel < channelCount; channel += 1, place += 2) {
      let [min, max] = [32767, -32768];
      for (let at = from + channel; at < to; at += channelCount) {
        const sample = interleaved[at] as number;
        if (sample < min) min = sample;
        if (sample > max) max = sample;
      }
      buckets[place] = min;
      buckets[place + 1] = max;
    }
  }
}

// Neighbours are compared first, so that two samples cost three comparisons instead of four; a last odd one stands for both.

function reduceMono(samples: Int16Array, buckets: Int16Array, samplesPerBucket: number): void {
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
}

function reduceStereo(interleaved: Int16Array, buckets: Int16Array, samplesPerBucket: number): void {
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
}
