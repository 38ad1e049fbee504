// What every instruction set offers: one table of kernels each, chosen once when the addon is loaded.
#pragma once
#include "peaks-plan.hpp"
#include "polyphase-plan.hpp"
#include "warp-plan.hpp"
#include "yuv-plans.hpp"

namespace dubwright {

/** `scratch` holds at least `scratchBytes(width)` and is aligned to 64 bytes. */
struct KernelTable {
  const char* simd;
  void (*yuvToRgb8)(const YuvToRgbPlan&, const Planes&, uint8_t* rgb, uint8_t* scratch);
  void (*yuvToRgbFloats)(const YuvToRgbPlan&, const Planes&, float* rgb, uint8_t* scratch);
  void (*rgb8ToYuv)(const RgbToYuvPlan&, const uint8_t* rgb, const Planes&, uint8_t* scratch);
  void (*rgbFloatsToYuv)(const RgbToYuvPlan&, const float* rgb, const Planes&, uint8_t* scratch);
  void (*polyphase)(const PolyphasePlan&, const float* taps, const float* samples, const Outputs&);
  void (*peaks)(const PeaksPlan&, const Interleaved&, int16_t* buckets);
  void (*warp)(const WarpPlan&, const WarpPlace&, const WarpTaps&, const WarpSource&, const WarpTile&, float* target);
  void (*mixChannels)(const MixPlan&, const float* source, float* target, std::size_t countPx);
  void (*blendInto)(const BlendPlan&, const float* layers, void* samples);
  /** `scratch` holds four rows and two samples more. */
  void (*addGrain)(const GrainPlan&, const GrainShape&, float* values, float* scratch);
};

extern const KernelTable baselineKernels;
#if defined(__x86_64__)
extern const KernelTable avx2Kernels;
#endif

}  // namespace dubwright
