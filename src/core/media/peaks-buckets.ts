// The levels above the finest: minima and maxima of pairs of buckets.

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
