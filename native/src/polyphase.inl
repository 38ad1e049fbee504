// A polyphase FIR filter; see yuv-kernels.inl for how a file is compiled once per instruction set.
// The arithmetic is the one stated in src/core/native/polyphase.ts: products of floats are exact in double, and eight
// running sums are added in a fixed order, so that it gives the same bits whatever the width of a vector.
#include "polyphase-plan.hpp"

namespace dubwright::DUBWRIGHT_SIMD {
namespace {

inline float filtered(const float* __restrict samples, const float* __restrict taps, int32_t tapCount) {
  double sums[8] = {};
  for (int32_t k = 0; k < tapCount; k += 8)
    for (int32_t j = 0; j < 8; j++) sums[j] += static_cast<double>(samples[k + j]) * static_cast<double>(taps[k + j]);
  const double a = sums[0] + sums[4], b = sums[1] + sums[5], c = sums[2] + sums[6], d = sums[3] + sums[7];
  return static_cast<float>((a + b) + (c + d));
}

void polyphase(const PolyphasePlan& plan, const float* taps, const float* samples, const Outputs& outputs) {
  const int32_t wholeStep = plan.down / plan.up, partStep = plan.down % plan.up;
  int32_t phase = plan.firstPhase;
  for (std::size_t k = 0; k < outputs.count; k++) {
    outputs.values[k] = filtered(samples, taps + static_cast<std::size_t>(phase) * plan.tapCount, plan.tapCount);
    samples += wholeStep;
    phase += partStep;
    if (phase >= plan.up) {
      phase -= plan.up;
      samples += 1;
    }
  }
}

}  // namespace
}  // namespace dubwright::DUBWRIGHT_SIMD
