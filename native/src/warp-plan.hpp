// What resampling and blending need to know: the fields of src/core/native/warp-plan.ts, in the same order.
#pragma once
#include <cstddef>
#include <cstdint>

namespace dubwright {

/** Steps are counted in samples. Of the source, blocks of 2^reductionBits squared count as one pixel. */
struct WarpPlan {
  int32_t widthPx, heightPx, rowStep, sampleStep, channelStep, channels;
  int32_t reductionBits, targetWidthPx, targetHeightPx;
  int32_t halfAcross, halfDown;
  int32_t isFilled;
};

/** From a point of the target to the (reduced) source, row-major 2 x 3, and the value of what lies beyond. */
struct WarpPlace {
  double a, b, c, d, e, f;
  double fill;
};

/** Weights between two samples: warpPhases + 1 rows, each a multiple of warpLanes long. */
struct WarpTaps {
  const float* across;
  const float* down;
};
constexpr int32_t warpPhases = 256;
constexpr int32_t warpLanes = 8;
static inline int32_t paddedTaps(int32_t half) { return (2 * half + warpLanes - 1) / warpLanes * warpLanes; }

enum class SampleKind { byte, word, real };
struct WarpSource {
  const void* samples;
  SampleKind kind;
};

constexpr int32_t largestTilePx = 64;

/** How much of the target is made at once, and room for the part of the source under it; no result depends on it. */
struct WarpTile {
  int32_t sidePx;
  int32_t regionWidth, regionHeight;
  /** channels * regionWidth * regionHeight. */
  float* region;
  /** Two rows of the unreduced source under a region. */
  float* row;
  /** The padded taps of both axes. */
  float* weights;
};

/** R = clamp(m0 . source + bias), and so on: rows of three coefficients and a bias, then the limits. */
struct MixPlan {
  float coefficients[3][4];
  float low, high;
};

struct BlendPlan {
  int32_t planeWidthPx, planeHeightPx, sampleBytes, topCode;
  int32_t boxXPx, boxYPx, boxWidthPx, boxHeightPx;
};

/** Noise of a box of a plane: its first sample stands at (xPx, yPx), which with the seed decides every value. */
struct GrainPlan {
  int32_t widthPx, heightPx, xPx, yPx, seed;
};

/** How much of it, and the weight of a sample's neighbours: 0 is white noise. */
struct GrainShape {
  float scale, side;
};

}  // namespace dubwright
