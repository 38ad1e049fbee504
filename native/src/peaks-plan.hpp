// What the peaks kernel needs to know: the fields of src/core/native/peaks.ts, in the same order, as int32.
#pragma once
#include <cstddef>
#include <cstdint>

namespace dubwright {

/** At least 8, so that the lanes of few channels fit, too; ffmpeg itself stops at 64. */
constexpr int32_t mostPeakChannels = 64;

struct PeaksPlan {
  int32_t channelCount, samplesPerBucket;
};

/** Samples of all channels, interleaved; `length` counts every one of them. */
struct Interleaved {
  const int16_t* values;
  std::size_t length;
};

}  // namespace dubwright
