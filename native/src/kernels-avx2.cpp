// The kernels for x86-64 machines with AVX2; compiled with -mavx2 and entered only after the processor was asked.
#if defined(__x86_64__)
#define DUBWRIGHT_SIMD avx2
#include "kernel-table.hpp"
#include "peaks.inl"
#include "polyphase.inl"
#include "warp-kernels.inl"
#include "yuv-kernels.inl"

namespace dubwright {
const KernelTable avx2Kernels = {"avx2", avx2::yuvToRgb8, avx2::yuvToRgbFloats, avx2::rgb8ToYuv,
                                    avx2::rgbFloatsToYuv, avx2::polyphase, avx2::peaks,
                                        avx2::warp, avx2::mixChannels, avx2::blendInto, avx2::addGrain};
}  // namespace dubwright
#endif
