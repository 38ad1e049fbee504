// Resampling through an affine, and blending what was resampled into a plane; see yuv-kernels.inl for how a file is
// compiled once per instruction set. The arithmetic is the one stated in src/core/native/warp-twin.ts, step by step.
#include "warp-plan.hpp"

namespace dubwright::DUBWRIGHT_SIMD {
namespace {

// Eight floats at any address; where vectors are narrower, the compiler uses two.
typedef float Lanes __attribute__((vector_size(32)));
typedef float LooseLanes __attribute__((vector_size(32), aligned(4), may_alias));

/** Samples x0 … x0 + count of source row y; beyond the source its edges go on, or the fill does. */
template <typename Sample>
void loadRow(const WarpPlan& plan, float fill, const Sample* channel, int32_t y, int32_t x0, int32_t count, float* out) {
  if (plan.isFilled && (y < 0 || y >= plan.heightPx)) {
    for (int32_t i = 0; i < count; i++) out[i] = fill;
    return;
  }
  const int32_t inside = y < 0 ? 0 : y < plan.heightPx ? y : plan.heightPx - 1;
  const Sample* row = channel + static_cast<std::size_t>(inside) * plan.rowStep;
  const std::size_t step = plan.sampleStep;
  const float before = plan.isFilled ? fill : static_cast<float>(row[0]);
  const float after = plan.isFilled ? fill : static_cast<float>(row[(plan.widthPx - 1) * step]);
  int32_t i = 0;
  for (; i < count && x0 + i < 0; i++) out[i] = before;
  const int32_t end = plan.widthPx - x0 < count ? plan.widthPx - x0 : count;
  if (step == 1) {
    const Sample* __restrict samples = row + x0;
    for (int32_t k = i; k < end; k++) out[k] = static_cast<float>(samples[k]);
  } else {
    for (int32_t k = i; k < end; k++) out[k] = static_cast<float>(row[static_cast<std::size_t>(x0 + k) * step]);
  }
  for (int32_t k = end > i ? end : i; k < count; k++) out[k] = after;
}

/** One row of the reduced source: means of blocks, rows added first. */
template <typename Sample>
void reduceRow(const WarpPlan& plan, float fill, const Sample* channel, int32_t y, int32_t x0, int32_t count, float* sums,
               float* out) {
  const int32_t block = 1 << plan.reductionBits, wide = count * block;
  float* row = sums + wide;
  loadRow(plan, fill, channel, y * block, x0 * block, wide, sums);
  for (int32_t j = 1; j < block; j++) {
    loadRow(plan, fill, channel, y * block + j, x0 * block, wide, row);
    for (int32_t i = 0; i < wide; i++) sums[i] += row[i];
  }
  const float share = 1.0f / static_cast<float>(block * block);
  for (int32_t x = 0; x < count; x++) {
    float sum = sums[x * block];
    for (int32_t i = 1; i < block; i++) sum += sums[x * block + i];
    out[x] = sum * share;
  }
}

/** The first sample under the taps of one place. */
inline int32_t firstUnder(double centre, int32_t half) {
  const double shifted = centre - 0.5;
  const int32_t whole = static_cast<int32_t>(shifted);
  return (static_cast<double>(whole) > shifted ? whole - 1 : whole) - (half - 1);
}

/** Where the pixels of one row of a tile lie along one axis: the first sample under the taps, and which weights serve. */
struct Phases {
  int32_t first[largestTilePx];
  int32_t row[largestTilePx];
  float part[largestTilePx];
};

// In several loops, so that each is one that compilers turn into vectors.
inline void phasesOf(double step, double base, int32_t from, int32_t count, int32_t half, Phases& phases) {
  double shifted[largestTilePx];
  for (int32_t i = 0; i < count; i++) shifted[i] = (step * ((from + i) + 0.5) + base) - 0.5;
  for (int32_t i = 0; i < count; i++) {
    const int32_t whole = static_cast<int32_t>(shifted[i]);
    phases.first[i] = static_cast<double>(whole) > shifted[i] ? whole - 1 : whole;
  }
  for (int32_t i = 0; i < count; i++) {
    const double scaled = (shifted[i] - static_cast<double>(phases.first[i])) * warpPhases;
    const int32_t row = static_cast<int32_t>(scaled);
    const int32_t last = row > warpPhases - 1 ? warpPhases - 1 : row;
    phases.row[i] = last;
    phases.part[i] = static_cast<float>(scaled - static_cast<double>(last));
  }
  for (int32_t i = 0; i < count; i++) phases.first[i] -= half - 1;
}

/** `vectors` is how many vectors a row of weights has, along both axes; 0: as many as padded / 8. */
template <int vectors>
inline void weigh(int32_t row, float part, const float* table, int32_t padded, float* weights) {
  const float* from = table + static_cast<std::size_t>(row) * padded;
  const int32_t count = vectors > 0 ? vectors * warpLanes : padded;
  for (int32_t k = 0; k < count; k += warpLanes) {
    const Lanes here = *reinterpret_cast<const LooseLanes*>(from + k);
    const Lanes next = *reinterpret_cast<const LooseLanes*>(from + padded + k);
    *reinterpret_cast<LooseLanes*>(weights + k) = here + part * (next - here);
  }
}

template <int vectors>
inline float weighted(const float* at, std::size_t rowStep, const float* across, const float* down, int32_t rows,
                      int32_t padded) {
  const int32_t count = vectors > 0 ? vectors : padded / warpLanes;
  const LooseLanes* weights = reinterpret_cast<const LooseLanes*>(across);
  Lanes sum = {};
  for (int32_t r = 0; r < rows; r++, at += rowStep) {
    const LooseLanes* samples = reinterpret_cast<const LooseLanes*>(at);
    Lanes line = weights[0] * samples[0];
    for (int32_t k = 1; k < count; k++) line += weights[k] * samples[k];
    sum += down[r] * line;
  }
  const float a = sum[0] + sum[4], b = sum[1] + sum[5], c = sum[2] + sum[6], d = sum[3] + sum[7];
  return (a + b) + (c + d);
}

struct Corner {
  int32_t column, row;
};

/** Two taps along both axes: the sums of `weighted` that are not zero, in its order. */
inline void warpRowByTwos(const WarpTaps& taps, const Phases& x, const Phases& y, const float* region, int32_t regionWidth,
                          int32_t origin, int32_t count, float* __restrict out) {
  for (int32_t i = 0; i < count; i++) {
    const float* across = taps.across + x.row[i] * warpLanes;
    const float* down = taps.down + y.row[i] * warpLanes;
    const float left = across[0] + x.part[i] * (across[warpLanes] - across[0]);
    const float right = across[1] + x.part[i] * (across[warpLanes + 1] - across[1]);
    const float upper = down[0] + y.part[i] * (down[warpLanes] - down[0]);
    const float lower = down[1] + y.part[i] * (down[warpLanes + 1] - down[1]);
    const float* at = region + (y.first[i] * regionWidth + x.first[i] - origin);
    const float first = 0.0f + upper * (left * at[0]) + lower * (left * at[regionWidth]);
    const float second = 0.0f + upper * (right * at[1]) + lower * (right * at[regionWidth + 1]);
    out[i] = first + second;
  }
}

template <int vectors>
void warpTile(const WarpPlan& plan, const WarpPlace& place, const WarpTaps& taps, const WarpTile& tile, const Corner& from,
              const Corner& to, const Corner& origin, float* target) {
  const int32_t paddedAcross = paddedTaps(plan.halfAcross), paddedDown = paddedTaps(plan.halfDown);
  const std::size_t regionPx = static_cast<std::size_t>(tile.regionWidth) * tile.regionHeight;
  const std::size_t targetPx = static_cast<std::size_t>(plan.targetWidthPx) * plan.targetHeightPx;
  float* across = tile.weights;
  float* down = tile.weights + paddedAcross;
  const int32_t count = to.column - from.column;
  Phases x, y;
  for (int32_t row = from.row; row < to.row; row++) {
    phasesOf(place.a, place.b * (row + 0.5) + place.c, from.column, count, plan.halfAcross, x);
    phasesOf(place.d, place.e * (row + 0.5) + place.f, from.column, count, plan.halfDown, y);
    float* out = target + static_cast<std::size_t>(row) * plan.targetWidthPx + from.column;
    if (vectors == 1 && plan.halfAcross == 1 && plan.halfDown == 1) {
      const int32_t start = origin.row * tile.regionWidth + origin.column;
      for (int32_t channel = 0; channel < plan.channels; channel++)
        warpRowByTwos(taps, x, y, tile.region + channel * regionPx, tile.regionWidth, start, count, out + channel * targetPx);
      continue;
    }
    for (int32_t i = 0; i < count; i++) {
      weigh<vectors>(x.row[i], x.part[i], taps.across, paddedAcross, across);
      weigh<vectors>(y.row[i], y.part[i], taps.down, paddedDown, down);
      const float* at =
          tile.region + static_cast<std::size_t>(y.first[i] - origin.row) * tile.regionWidth + (x.first[i] - origin.column);
      for (int32_t channel = 0; channel < plan.channels; channel++)
        out[channel * targetPx + i] =
            weighted<vectors>(at + channel * regionPx, tile.regionWidth, across, down, 2 * plan.halfDown, paddedAcross);
    }
  }
}

template <typename Sample>
void warpOf(const WarpPlan& plan, const WarpPlace& place, const WarpTaps& taps, const Sample* samples, const WarpTile& tile,
            float* target) {
  const float fill = static_cast<float>(place.fill);
  const std::size_t regionPx = static_cast<std::size_t>(tile.regionWidth) * tile.regionHeight;
  const int32_t paddedAcross = paddedTaps(plan.halfAcross), paddedDown = paddedTaps(plan.halfDown);
  const auto firstX = [&](int32_t column, int32_t row) {
    return firstUnder(place.a * (column + 0.5) + (place.b * (row + 0.5) + place.c), plan.halfAcross);
  };
  const auto firstY = [&](int32_t column, int32_t row) {
    return firstUnder(place.d * (column + 0.5) + (place.e * (row + 0.5) + place.f), plan.halfDown);
  };
  for (int32_t top = 0; top < plan.targetHeightPx; top += tile.sidePx)
    for (int32_t left = 0; left < plan.targetWidthPx; left += tile.sidePx) {
      const Corner from{left, top};
      const Corner to{left + tile.sidePx < plan.targetWidthPx ? left + tile.sidePx : plan.targetWidthPx,
                      top + tile.sidePx < plan.targetHeightPx ? top + tile.sidePx : plan.targetHeightPx};
      // Rounding keeps order, so the least and the most lie in the corners, chosen by the signs.
      const int32_t lastColumn = to.column - 1, lastRow = to.row - 1;
      const Corner least{firstX(place.a < 0 ? lastColumn : left, place.b < 0 ? lastRow : top),
                         firstY(place.d < 0 ? lastColumn : left, place.e < 0 ? lastRow : top)};
      const Corner most{firstX(place.a < 0 ? left : lastColumn, place.b < 0 ? top : lastRow),
                        firstY(place.d < 0 ? left : lastColumn, place.e < 0 ? top : lastRow)};
      const int32_t width = most.column - least.column + paddedAcross;
      const int32_t height = most.row - least.row + 2 * plan.halfDown;
      for (int32_t channel = 0; channel < plan.channels; channel++) {
        const Sample* source = samples + static_cast<std::size_t>(channel) * plan.channelStep;
        float* region = tile.region + channel * regionPx;
        for (int32_t y = 0; y < height; y++, region += tile.regionWidth) {
          if (plan.reductionBits == 0) loadRow(plan, fill, source, least.row + y, least.column, width, region);
          else reduceRow(plan, fill, source, least.row + y, least.column, width, tile.row, region);
        }
      }
      if (paddedAcross == warpLanes && paddedDown == warpLanes) warpTile<1>(plan, place, taps, tile, from, to, least, target);
      else if (paddedAcross == 2 * warpLanes && paddedDown == 2 * warpLanes) warpTile<2>(plan, place, taps, tile, from, to, least, target);
      else warpTile<0>(plan, place, taps, tile, from, to, least, target);
    }
}

void warp(const WarpPlan& plan, const WarpPlace& place, const WarpTaps& taps, const WarpSource& source, const WarpTile& tile,
          float* target) {
  if (source.kind == SampleKind::byte) warpOf(plan, place, taps, static_cast<const uint8_t*>(source.samples), tile, target);
  else if (source.kind == SampleKind::word)
    warpOf(plan, place, taps, static_cast<const uint16_t*>(source.samples), tile, target);
  else warpOf(plan, place, taps, static_cast<const float*>(source.samples), tile, target);
}

void mixChannels(const MixPlan& plan, const float* source, float* target, std::size_t countPx) {
  for (std::size_t i = 0; i < countPx; i++) {
    const float x = source[i], y = source[countPx + i], z = source[2 * countPx + i];
    for (std::size_t k = 0; k < 3; k++) {
      const float* m = plan.coefficients[k];
      const float value = ((m[0] * x + m[1] * y) + m[2] * z) + m[3];
      const float above = value < plan.low ? plan.low : value;
      target[k * countPx + i] = above > plan.high ? plan.high : above;
    }
  }
}

// Four layers of the box's size: alpha, drop, shift, fresh.
template <typename Sample>
void blendRows(const BlendPlan& plan, const float* layers, Sample* plane) {
  const std::size_t boxPx = static_cast<std::size_t>(plan.boxWidthPx) * plan.boxHeightPx;
  const float top = static_cast<float>(plan.topCode);
  for (int32_t row = 0; row < plan.boxHeightPx; row++) {
    Sample* __restrict samples = plane + static_cast<std::size_t>(plan.boxYPx + row) * plan.planeWidthPx + plan.boxXPx;
    const float* __restrict alpha = layers + static_cast<std::size_t>(row) * plan.boxWidthPx;
    const float* __restrict drop = alpha + boxPx;
    const float* __restrict shift = drop + boxPx;
    const float* __restrict fresh = shift + boxPx;
    for (int32_t x = 0; x < plan.boxWidthPx; x++) {
      const float own = static_cast<float>(samples[x]);
      const float value = own + alpha[x] * (shift[x] + drop[x] * ((fresh[x] - shift[x]) - own));
      const float within = value > 0.0f ? (value < top ? value : top) : 0.0f;
      const Sample code = static_cast<Sample>(static_cast<int32_t>(within + 0.5f));
      samples[x] = alpha[x] > 0.0f ? code : samples[x];
    }
  }
}

void blendInto(const BlendPlan& plan, const float* layers, void* samples) {
  if (plan.sampleBytes == 1) blendRows(plan, layers, static_cast<uint8_t*>(samples));
  else blendRows(plan, layers, static_cast<uint16_t*>(samples));
}

// A hash of a place, after Wellons' search for 32-bit mixers of few steps; four of its bytes sum to nearly a Gaussian.
inline float noiseAt(uint32_t x, uint32_t y, uint32_t seed) {
  uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ seed;
  h = (h ^ (h >> 16)) * 0x7feb352du;
  h = (h ^ (h >> 15)) * 0x846ca68bu;
  h ^= h >> 16;
  const uint32_t sum = (h & 255u) + ((h >> 8) & 255u) + ((h >> 16) & 255u) + (h >> 24);
  return static_cast<float>(static_cast<int32_t>(sum) - 510);
}

void addGrain(const GrainPlan& plan, const GrainShape& shape, float* values, float* scratch) {
  const std::size_t width = plan.widthPx;
  float* raw = scratch;
  float* lines[3] = {raw + width + 2, raw + 2 * width + 2, raw + 3 * width + 2};
  const auto make = [&](int32_t row, float* __restrict line) {
    const uint32_t y = static_cast<uint32_t>(plan.yPx + row), seed = static_cast<uint32_t>(plan.seed);
    for (std::size_t i = 0; i < width + 2; i++) raw[i] = noiseAt(static_cast<uint32_t>(plan.xPx) + static_cast<uint32_t>(i), y, seed);
    for (std::size_t x = 0; x < width; x++) line[x] = shape.side * (raw[x] + raw[x + 2]) + raw[x + 1];
  };
  make(0, lines[0]);
  make(1, lines[1]);
  for (int32_t row = 0; row < plan.heightPx; row++) {
    const float* above = lines[row % 3];
    const float* here = lines[(row + 1) % 3];
    float* below = lines[(row + 2) % 3];
    make(row + 2, below);
    float* out = values + static_cast<std::size_t>(row) * width;
    for (std::size_t x = 0; x < width; x++) out[x] += shape.scale * (shape.side * (above[x] + below[x]) + here[x]);
  }
}

}  // namespace
}  // namespace dubwright::DUBWRIGHT_SIMD
