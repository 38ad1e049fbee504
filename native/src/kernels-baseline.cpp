// The kernels with what every machine of this architecture has: SSE2 on x86-64, NEON on arm64.
#define DUBWRIGHT_SIMD baseline
#include "kernel-table.hpp"
#include "peaks.inl"
#include "polyphase.inl"
#include "warp-kernels.inl"
#include "yuv-kernels.inl"

namespace dubwright {
#if defined(__ARM_NEON)
#define DUBWRIGHT_BASELINE "neon"
#elif defined(__SSE2__)
#define DUBWRIGHT_BASELINE "sse2"
#else
#define DUBWRIGHT_BASELINE "none"
#endif
const KernelTable baselineKernels = {DUBWRIGHT_BASELINE, baseline::yuvToRgb8, baseline::yuvToRgbFloats,
                                        baseline::rgb8ToYuv, baseline::rgbFloatsToYuv, baseline::polyphase, baseline::peaks,
                                        baseline::warp, baseline::mixChannels, baseline::blendInto, baseline::addGrain};
}  // namespace dubwright
