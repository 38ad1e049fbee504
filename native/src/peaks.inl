// Minimum and maximum of each bucket of interleaved samples; see yuv-kernels.inl for how a file is compiled once per
// instruction set. Its twin is src/core/native/peaks-twin.ts; there is nothing to round, so any order gives the same.
#include "peaks-plan.hpp"

namespace dubwright::DUBWRIGHT_SIMD {
namespace {

inline int16_t lower(int16_t a, int16_t b) { return a < b ? a : b; }
inline int16_t higher(int16_t a, int16_t b) { return a > b ? a : b; }

/** Samples compared side by side: the channels times a power of two, so that a lane holds one channel throughout. */
inline std::size_t lanesFor(std::size_t channelCount) {
  std::size_t laneCount = 8 * channelCount;
  while (laneCount < 64) laneCount *= 2;
  return laneCount;
}

void compare(const int16_t* __restrict samples, std::size_t count, int16_t* __restrict low, int16_t* __restrict high) {
  for (std::size_t j = 0; j < count; j++) {
    low[j] = lower(low[j], samples[j]);
    high[j] = higher(high[j], samples[j]);
  }
}

void peaks(const PeaksPlan& plan, const Interleaved& samples, int16_t* buckets) {
  const std::size_t channelCount = plan.channelCount, bucketLength = channelCount * plan.samplesPerBucket;
  const std::size_t laneCount = lanesFor(channelCount);
  int16_t low[8 * mostPeakChannels], high[8 * mostPeakChannels];
  for (std::size_t from = 0; from < samples.length; from += bucketLength) {
    const std::size_t left = samples.length - from, length = left < bucketLength ? left : bucketLength;
    for (std::size_t j = 0; j < laneCount; j++) low[j] = INT16_MAX;
    for (std::size_t j = 0; j < laneCount; j++) high[j] = INT16_MIN;
    std::size_t at = 0;
    for (; at + laneCount <= length; at += laneCount) compare(samples.values + from + at, laneCount, low, high);
    compare(samples.values + from + at, length - at, low, high);
    for (std::size_t half = laneCount / 2; half >= channelCount; half /= 2) {
      for (std::size_t j = 0; j < half; j++) low[j] = lower(low[j], low[j + half]);
      for (std::size_t j = 0; j < half; j++) high[j] = higher(high[j], high[j + half]);
    }
    for (std::size_t channel = 0; channel < channelCount; channel++) {
      *buckets++ = low[channel];
      *buckets++ = high[channel];
    }
  }
}

}  // namespace
}  // namespace dubwright::DUBWRIGHT_SIMD
