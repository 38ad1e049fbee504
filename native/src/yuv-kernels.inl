// The picture kernels, written so that the compiler vectorises them; each instruction set compiles this file once with
// its own flags and defines DUBWRIGHT_SIMD (namespace) and DUBWRIGHT_SIMD_NAME before it includes it.
// The arithmetic is the one stated in src/core/native/yuv-twin.ts, integer by integer.
#include "yuv-plans.hpp"
#if defined(__SSSE3__)
#include <tmmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace dubwright::DUBWRIGHT_SIMD {
namespace {

#include "interleave.inl"

// Not std::min and std::max: a template shared with other files could be kept in its AVX2 form for machines without it.
inline int32_t smaller(int32_t a, int32_t b) { return a < b ? a : b; }
inline int32_t larger(int32_t a, int32_t b) { return a > b ? a : b; }
inline int32_t clamped(int32_t value, int32_t top) { return smaller(larger(value, 0), top); }

struct Rows {
  uint8_t* next;
  std::size_t stepBytes;
  template <typename T>
  T* take() {
    uint8_t* row = next;
    next += stepBytes;
    return reinterpret_cast<T*>(row);
  }
};

// Chroma of picture row `y` at every column of the box, centred on 0, with the plan's fraction bits.
// Wide holds 8 times a sample: uint16 up to 12 bits, int32 above.
template <typename Sample, typename Wide>
void upsampleChroma(const YuvToRgbPlan& plan, const Sample* plane, int32_t y, Wide* __restrict blend,
                    int16_t* __restrict out) {
  const int32_t width = chromaWidth(plan), height = chromaHeight(plan);
  const int32_t shiftX = plan.chromaShiftX, shiftY = plan.chromaShiftY;
  const int32_t first = plan.boxXPx >> shiftX;
  const int32_t last = smaller(width - 1, ((plan.boxXPx + plan.boxWidthPx - 1) >> shiftX) + 1);
  const int32_t count = last - first + 1;
  const int32_t nearRow = y >> shiftY;
  const Sample* __restrict nearest = plane + static_cast<std::size_t>(nearRow) * width + first;
  if (shiftY == 1) {
    const int32_t farRow = smaller(larger(nearRow + ((y & 1) == 1 ? 1 : -1), 0), height - 1);
    const Sample* __restrict farther = plane + static_cast<std::size_t>(farRow) * width + first;
    for (int32_t i = 0; i < count; i++) blend[i] = static_cast<Wide>(3 * nearest[i] + farther[i]);
  } else {
    for (int32_t i = 0; i < count; i++) blend[i] = nearest[i];
  }
  blend[count] = blend[count - 1];

  const int32_t weightBits = shiftX + 2 * shiftY;
  const int32_t up = larger(plan.fractionBits - weightBits, 0), down = larger(weightBits - plan.fractionBits, 0);
  const int32_t half = (1 << down) >> 1, centre = 1 << (plan.depthBits + plan.fractionBits - 1);
  const auto settle = [=](int32_t sum) { return static_cast<int16_t>((((sum << up) + half) >> down) - centre); };
  if (shiftX == 0) {
    for (int32_t x = 0; x < plan.boxWidthPx; x++) out[x] = settle(blend[x]);
    return;
  }
  int32_t x = 0;
  const Wide* at = blend;
  if ((plan.boxXPx & 1) == 1) {
    out[x++] = settle(at[0] + at[1]);
    at++;
  }
  const int32_t pairs = (plan.boxWidthPx - x) / 2;
  int16_t* __restrict paired = out + x;
  for (int32_t i = 0; i < pairs; i++) {
    paired[2 * i] = settle(2 * at[i]);
    paired[2 * i + 1] = settle(at[i] + at[i + 1]);
  }
  if (x + 2 * pairs < plan.boxWidthPx) paired[2 * pairs] = settle(2 * at[pairs]);
}

struct YuvRows {
  int16_t* luma;
  int16_t* blue;
  int16_t* red;
};

template <typename Sample, typename Wide>
void centredRows(const YuvToRgbPlan& plan, const Planes& planes, int32_t y, const YuvRows& rows, void* blend) {
  const Sample* __restrict luma =
      static_cast<const Sample*>(planes.luma) + static_cast<std::size_t>(y) * plan.widthPx + plan.boxXPx;
  const int32_t fraction = plan.fractionBits, centre = 1 << (plan.depthBits + fraction - 1);
  int16_t* __restrict out = rows.luma;
  for (int32_t x = 0; x < plan.boxWidthPx; x++) out[x] = static_cast<int16_t>((luma[x] << fraction) - centre);
  upsampleChroma(plan, static_cast<const Sample*>(planes.blue), y, static_cast<Wide*>(blend), rows.blue);
  upsampleChroma(plan, static_cast<const Sample*>(planes.red), y, static_cast<Wide*>(blend), rows.red);
}

// The matrix, once for bytes and once for floats: `write(accumulator)` makes the output value.
template <typename Out, typename Write>
inline void matrixRow(const YuvToRgbPlan& plan, const YuvRows& rows, int32_t bias, Out* __restrict r, Out* __restrict g,
                      Out* __restrict b, const Write& write) {
  const int16_t* __restrict luma = rows.luma;
  const int16_t* __restrict blue = rows.blue;
  const int16_t* __restrict red = rows.red;
  const int16_t gain = static_cast<int16_t>(plan.lumaGain), redRed = static_cast<int16_t>(plan.redFromRed);
  const int16_t greenBlue = static_cast<int16_t>(plan.greenFromBlue), greenRed = static_cast<int16_t>(plan.greenFromRed);
  const int16_t blueBlue = static_cast<int16_t>(plan.blueFromBlue);
  for (int32_t x = 0; x < plan.boxWidthPx; x++) {
    const int32_t grey = gain * luma[x] + bias;
    r[x] = write(grey + redRed * red[x]);
    g[x] = write(grey + greenBlue * blue[x] + greenRed * red[x]);
    b[x] = write(grey + blueBlue * blue[x]);
  }
}

template <typename RowSink>
void eachRow(const YuvToRgbPlan& plan, const Planes& planes, Rows& scratch, const RowSink& sink) {
  void* blend = scratch.take<int32_t>();
  const YuvRows rows{scratch.take<int16_t>(), scratch.take<int16_t>(), scratch.take<int16_t>()};
  for (int32_t row = 0; row < plan.boxHeightPx; row++) {
    const int32_t y = plan.boxYPx + row;
    if (plan.sampleBytes == 1) centredRows<uint8_t, uint16_t>(plan, planes, y, rows, blend);
    else if (plan.depthBits <= 12) centredRows<uint16_t, uint16_t>(plan, planes, y, rows, blend);
    else centredRows<uint16_t, int32_t>(plan, planes, y, rows, blend);
    sink(row, rows);
  }
}

void yuvToRgb8(const YuvToRgbPlan& plan, const Planes& planes, uint8_t* rgb, uint8_t* scratchBytes) {
  Rows scratch{scratchBytes, scratchRowBytes(plan.widthPx)};
  uint8_t* r = scratch.take<uint8_t>();
  uint8_t* g = scratch.take<uint8_t>();
  uint8_t* b = scratch.take<uint8_t>();
  const int32_t shift = plan.shiftBits;
  eachRow(plan, planes, scratch, [&](int32_t row, const YuvRows& rows) {
    matrixRow(plan, rows, plan.bias, r, g, b,
              [shift](int32_t sum) { return static_cast<uint8_t>(clamped(sum >> shift, 255)); });
    interleave(r, g, b, rgb + static_cast<std::size_t>(row) * plan.boxWidthPx * 3, plan.boxWidthPx);
  });
}

void yuvToRgbFloats(const YuvToRgbPlan& plan, const Planes& planes, float* rgb, uint8_t* scratchBytes) {
  Rows scratch{scratchBytes, scratchRowBytes(plan.widthPx)};
  const std::size_t planePx = static_cast<std::size_t>(plan.boxWidthPx) * plan.boxHeightPx;
  const float scale = static_cast<float>(2.0 / 255.0 / static_cast<double>(1 << plan.shiftBits));
  const int32_t bias = plan.bias - ((1 << plan.shiftBits) >> 1);
  eachRow(plan, planes, scratch, [&](int32_t row, const YuvRows& rows) {
    float* out = rgb + static_cast<std::size_t>(row) * plan.boxWidthPx;
    matrixRow(plan, rows, bias, out, out + planePx, out + 2 * planePx, [scale](int32_t sum) {
      const float value = static_cast<float>(sum) * scale - 1.0f;
      const float above = value < -1.0f ? -1.0f : value;
      return above > 1.0f ? 1.0f : above;
    });
  });
}

struct RgbRows {
  uint16_t* r;
  uint16_t* g;
  uint16_t* b;
};

// One 16-bit row of each colour at the chroma row's place: rows `top` and `bottom` averaged, columns filtered [1 2 1]/4
// around even columns, all with one rounding at the end.
inline void downsampleColour(const RgbToYuvPlan& plan, const uint16_t* __restrict top, const uint16_t* __restrict bottom,
                             int32_t* __restrict sums, int16_t* __restrict out) {
  const int32_t width = plan.widthPx, count = chromaWidth(plan);
  for (int32_t x = 0; x < width; x++) sums[x + 1] = top[x] + bottom[x];
  sums[0] = sums[1];
  sums[width + 1] = sums[width];
  if (plan.chromaShiftX == 0) {
    for (int32_t x = 0; x < count; x++) out[x] = static_cast<int16_t>(((sums[x + 1] + 1) >> 1) - 32768);
    return;
  }
  for (int32_t i = 0; i < count; i++) {
    const int32_t sum = sums[2 * i] + 2 * sums[2 * i + 1] + sums[2 * i + 2];
    out[i] = static_cast<int16_t>(((sum + 4) >> 3) - 32768);
  }
}

template <typename Sample>
void lumaRow(const RgbToYuvPlan& plan, const RgbRows& rows, Sample* __restrict out) {
  const int32_t top = (1 << plan.depthBits) - 1;
  for (int32_t x = 0; x < plan.widthPx; x++) {
    const int32_t sum = plan.lumaFromR * (rows.r[x] - 32768) + plan.lumaFromG * (rows.g[x] - 32768) +
                        plan.lumaFromB * (rows.b[x] - 32768) + plan.lumaBias;
    out[x] = static_cast<Sample>(clamped(sum >> plan.shiftBits, top));
  }
}

template <typename Sample>
void chromaRow(const RgbToYuvPlan& plan, const int16_t* const colours[3], Sample* __restrict blue,
               Sample* __restrict red) {
  const int32_t top = (1 << plan.depthBits) - 1, count = chromaWidth(plan);
  const int16_t* __restrict r = colours[0];
  const int16_t* __restrict g = colours[1];
  const int16_t* __restrict b = colours[2];
  const int32_t shift = plan.shiftBits, bias = plan.chromaBias;
  const int32_t br = plan.blueFromR, bg = plan.blueFromG, bb = plan.blueFromB;
  const int32_t rr = plan.redFromR, rg = plan.redFromG, rb = plan.redFromB;
  for (int32_t i = 0; i < count; i++) {
    blue[i] = static_cast<Sample>(clamped((br * r[i] + bg * g[i] + bb * b[i] + bias) >> shift, top));
    red[i] = static_cast<Sample>(clamped((rr * r[i] + rg * g[i] + rb * b[i] + bias) >> shift, top));
  }
}

// `fetch(y, rows)` brings picture row y to 16 bits per colour.
template <typename Sample, typename Fetch>
void rgbToYuv(const RgbToYuvPlan& plan, const Planes& planes, Rows& scratch, const Fetch& fetch) {
  const RgbRows pair[2] = {{scratch.take<uint16_t>(), scratch.take<uint16_t>(), scratch.take<uint16_t>()},
                           {scratch.take<uint16_t>(), scratch.take<uint16_t>(), scratch.take<uint16_t>()}};
  int32_t* sums = scratch.take<int32_t>();
  int16_t* colours[3] = {scratch.take<int16_t>(), scratch.take<int16_t>(), scratch.take<int16_t>()};
  const int32_t rowsPerChroma = 1 << plan.chromaShiftY;
  const std::size_t lumaStep = plan.widthPx, chromaStep = chromaWidth(plan);
  for (int32_t j = 0; j < chromaHeight(plan); j++) {
    const int32_t firstY = j * rowsPerChroma, count = smaller(rowsPerChroma, plan.heightPx - firstY);
    for (int32_t k = 0; k < count; k++) {
      fetch(firstY + k, pair[k]);
      lumaRow(plan, pair[k], static_cast<Sample*>(planes.luma) + lumaStep * (firstY + k));
    }
    const RgbRows& top = pair[0];
    const RgbRows& bottom = pair[count - 1];
    downsampleColour(plan, top.r, bottom.r, sums, colours[0]);
    downsampleColour(plan, top.g, bottom.g, sums, colours[1]);
    downsampleColour(plan, top.b, bottom.b, sums, colours[2]);
    chromaRow(plan, colours, static_cast<Sample*>(planes.blue) + chromaStep * j,
              static_cast<Sample*>(planes.red) + chromaStep * j);
  }
}

template <typename Fetch>
void rgbToYuvOfAnyDepth(const RgbToYuvPlan& plan, const Planes& planes, Rows& scratch, const Fetch& fetch) {
  if (plan.sampleBytes == 1) rgbToYuv<uint8_t>(plan, planes, scratch, fetch);
  else rgbToYuv<uint16_t>(plan, planes, scratch, fetch);
}

void rgb8ToYuv(const RgbToYuvPlan& plan, const uint8_t* rgb, const Planes& planes, uint8_t* scratchBytes) {
  Rows scratch{scratchBytes, scratchRowBytes(plan.widthPx)};
  // The three byte rows share one scratch row: it has four bytes per pixel.
  uint8_t* bytes = scratch.take<uint8_t>();
  const std::size_t stepBytes = scratch.stepBytes / 4 / 16 * 16;
  const auto widen = [&](const uint8_t* __restrict from, uint16_t* __restrict to) {
    for (int32_t x = 0; x < plan.widthPx; x++) to[x] = static_cast<uint16_t>(from[x] * 257);
  };
  rgbToYuvOfAnyDepth(plan, planes, scratch, [&](int32_t y, const RgbRows& rows) {
    deinterleave(rgb + static_cast<std::size_t>(y) * plan.widthPx * 3, bytes, bytes + stepBytes, bytes + 2 * stepBytes,
                 plan.widthPx);
    widen(bytes, rows.r);
    widen(bytes + stepBytes, rows.g);
    widen(bytes + 2 * stepBytes, rows.b);
  });
}

void rgbFloatsToYuv(const RgbToYuvPlan& plan, const float* rgb, const Planes& planes, uint8_t* scratchBytes) {
  Rows scratch{scratchBytes, scratchRowBytes(plan.widthPx)};
  const std::size_t planePx = static_cast<std::size_t>(plan.widthPx) * plan.heightPx;
  const auto quantise = [&](const float* __restrict from, uint16_t* __restrict to) {
    for (int32_t x = 0; x < plan.widthPx; x++) {
      const float scaled = from[x] * 32767.5f + 32768.0f;
      const float above = scaled > 0.0f ? scaled : 0.0f;  // also turns NaN to 0
      to[x] = static_cast<uint16_t>(static_cast<int32_t>(above < 65535.0f ? above : 65535.0f));
    }
  };
  rgbToYuvOfAnyDepth(plan, planes, scratch, [&](int32_t y, const RgbRows& rows) {
    const float* row = rgb + static_cast<std::size_t>(y) * plan.widthPx;
    quantise(row, rows.r);
    quantise(row + planePx, rows.g);
    quantise(row + 2 * planePx, rows.b);
  });
}

}  // namespace
}  // namespace dubwright::DUBWRIGHT_SIMD
