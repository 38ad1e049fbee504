// What a picture conversion needs to know: the fields of src/core/native/yuv-plan.ts, in the same order, as int32.
#pragma once
#include <cstddef>
#include <cstdint>

namespace dubwright {

/** Y'CbCr to R'G'B'. Coefficients come from TypeScript, so that twin and addon cannot disagree about them. */
struct YuvToRgbPlan {
  int32_t widthPx, heightPx, chromaShiftX, chromaShiftY, sampleBytes, depthBits;
  int32_t boxXPx, boxYPx, boxWidthPx, boxHeightPx;
  int32_t fractionBits;
  int32_t lumaGain, redFromRed, greenFromBlue, greenFromRed, blueFromBlue;
  int32_t bias, shiftBits;
};

/** R'G'B' to Y'CbCr; R, G, B are first brought to 16 bits. */
struct RgbToYuvPlan {
  int32_t widthPx, heightPx, chromaShiftX, chromaShiftY, sampleBytes, depthBits;
  int32_t lumaFromR, lumaFromG, lumaFromB, lumaBias;
  int32_t blueFromR, blueFromG, blueFromB;
  int32_t redFromR, redFromG, redFromB;
  int32_t chromaBias, shiftBits;
};

template <typename Plan>
constexpr std::size_t planLength = sizeof(Plan) / sizeof(int32_t);

template <typename Plan>
inline int32_t chromaWidth(const Plan& plan) {
  return (plan.widthPx + plan.chromaShiftX) >> plan.chromaShiftX;
}
template <typename Plan>
inline int32_t chromaHeight(const Plan& plan) {
  return (plan.heightPx + plan.chromaShiftY) >> plan.chromaShiftY;
}

/** Y', Cb, Cr with tight rows; the sample type is the plan's. */
struct Planes {
  void* luma;
  void* blue;
  void* red;
};

/** Every scratch row starts on a multiple of 64 bytes and has room for a whole vector past its end. */
inline std::size_t scratchRowBytes(int32_t widthPx) {
  return ((static_cast<std::size_t>(widthPx) + 16) * 4 + 63) / 64 * 64;
}
constexpr std::size_t scratchRows = 12;
inline std::size_t scratchBytes(int32_t widthPx) {
  return scratchRowBytes(widthPx) * scratchRows;
}

}  // namespace dubwright
