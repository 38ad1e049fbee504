// Node-API bindings: checks every argument against its plan, so that no wrong call can read or write out of bounds.
#define NAPI_VERSION 8
#include <node_api.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <new>

#include "kernel-table.hpp"

namespace dubwright {
namespace {

const KernelTable& bestKernels() {
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return avx2Kernels;
#endif
  return baselineKernels;
}

// A view of a typed array; data is null when the value was no typed array of the expected kind.
struct View {
  napi_typedarray_type type = napi_int8_array;
  std::size_t length = 0;
  void* data = nullptr;
};

bool viewOf(napi_env env, napi_value value, View* view) {
  bool isTypedArray = false;
  if (napi_is_typedarray(env, value, &isTypedArray) != napi_ok || !isTypedArray) return false;
  return napi_get_typedarray_info(env, value, &view->type, &view->length, &view->data, nullptr, nullptr) == napi_ok;
}

napi_value refuse(napi_env env, const char* message) {
  napi_throw_type_error(env, nullptr, message);
  return nullptr;
}

bool within(int32_t number, int32_t low, int32_t high) { return number >= low && number <= high; }

template <typename Plan>
bool copyPlan(napi_env env, napi_value value, Plan* plan) {
  View view;
  if (!viewOf(env, value, &view) || view.type != napi_int32_array || view.length != planLength<Plan>) return false;
  std::memcpy(plan, view.data, sizeof(Plan));
  return true;
}

template <typename Plan>
bool readPlan(napi_env env, napi_value value, Plan* plan) {
  if (!copyPlan(env, value, plan)) return false;
  const bool wide = plan->sampleBytes == 2;
  return within(plan->widthPx, 1, 32768) && within(plan->heightPx, 1, 32768) && within(plan->chromaShiftX, 0, 1) &&
         within(plan->chromaShiftY, 0, plan->chromaShiftX) && within(plan->sampleBytes, 1, 2) &&
         within(plan->depthBits, wide ? 9 : 8, wide ? 16 : 8) && within(plan->shiftBits, 1, 24);
}

bool boxFits(const YuvToRgbPlan& plan) {
  return plan.boxXPx >= 0 && plan.boxYPx >= 0 && plan.boxWidthPx >= 1 && plan.boxHeightPx >= 1 &&
         plan.boxWidthPx <= plan.widthPx - plan.boxXPx && plan.boxHeightPx <= plan.heightPx - plan.boxYPx &&
         plan.fractionBits >= 0 && plan.fractionBits <= 3 && plan.depthBits + plan.fractionBits <= 16;
}

template <typename Plan>
bool readPlanes(napi_env env, napi_value value, const Plan& plan, Planes* planes) {
  void** const targets[3] = {&planes->luma, &planes->blue, &planes->red};
  const std::size_t lumaLength = static_cast<std::size_t>(plan.widthPx) * plan.heightPx;
  const std::size_t chromaLength = static_cast<std::size_t>(chromaWidth(plan)) * chromaHeight(plan);
  const napi_typedarray_type type = plan.sampleBytes == 1 ? napi_uint8_array : napi_uint16_array;
  for (uint32_t k = 0; k < 3; k++) {
    napi_value plane;
    View view;
    if (napi_get_element(env, value, k, &plane) != napi_ok || !viewOf(env, plane, &view)) return false;
    if (view.type != type || view.length != (k == 0 ? lumaLength : chromaLength)) return false;
    *targets[k] = view.data;
  }
  return true;
}

struct Call {
  const KernelTable* kernels = nullptr;
  napi_value arguments[4] = {};
};

bool readCall(napi_env env, napi_callback_info info, std::size_t expectedCount, Call* call) {
  std::size_t count = 4;
  void* data = nullptr;
  if (napi_get_cb_info(env, info, &count, call->arguments, nullptr, &data) != napi_ok) return false;
  if (count != expectedCount) return false;
  call->kernels = static_cast<const KernelTable*>(data);
  return true;
}

// Memory kept between calls; 64-byte aligned.
uint8_t* scratchOf(std::size_t wantedBytes) {
  static thread_local std::unique_ptr<uint8_t[]> memory;
  static thread_local std::size_t sizeBytes = 0;
  const std::size_t neededBytes = wantedBytes + 64;
  if (sizeBytes < neededBytes) {
    memory.reset(new (std::nothrow) uint8_t[neededBytes]);
    sizeBytes = memory ? neededBytes : 0;
  }
  if (!memory) return nullptr;
  return reinterpret_cast<uint8_t*>((reinterpret_cast<std::uintptr_t>(memory.get()) + 63) / 64 * 64);
}

template <typename Out, napi_typedarray_type OutType, void (*KernelTable::*Kernel)(const YuvToRgbPlan&, const Planes&, Out*, uint8_t*)>
napi_value yuvToRgb(napi_env env, napi_callback_info info) {
  Call call;
  YuvToRgbPlan plan;
  Planes planes;
  View out;
  if (!readCall(env, info, 3, &call)) return refuse(env, "expected (plan, planes, rgb)");
  if (!readPlan(env, call.arguments[0], &plan) || !boxFits(plan)) return refuse(env, "the plan does not hold together");
  if (!readPlanes(env, call.arguments[1], plan, &planes)) return refuse(env, "the planes do not fit the plan");
  const std::size_t length = static_cast<std::size_t>(plan.boxWidthPx) * plan.boxHeightPx * 3;
  if (!viewOf(env, call.arguments[2], &out) || out.type != OutType || out.length != length)
    return refuse(env, "rgb does not fit the plan");
  uint8_t* scratch = scratchOf(scratchBytes(plan.widthPx));
  if (scratch == nullptr) return refuse(env, "no memory for scratch rows");
  (call.kernels->*Kernel)(plan, planes, static_cast<Out*>(out.data), scratch);
  return nullptr;
}

template <typename In, napi_typedarray_type InType, void (*KernelTable::*Kernel)(const RgbToYuvPlan&, const In*, const Planes&, uint8_t*)>
napi_value rgbToYuv(napi_env env, napi_callback_info info) {
  Call call;
  RgbToYuvPlan plan;
  Planes planes;
  View in;
  if (!readCall(env, info, 3, &call)) return refuse(env, "expected (plan, rgb, planes)");
  if (!readPlan(env, call.arguments[0], &plan)) return refuse(env, "the plan does not hold together");
  const std::size_t length = static_cast<std::size_t>(plan.widthPx) * plan.heightPx * 3;
  if (!viewOf(env, call.arguments[1], &in) || in.type != InType || in.length != length)
    return refuse(env, "rgb does not fit the plan");
  if (!readPlanes(env, call.arguments[2], plan, &planes)) return refuse(env, "the planes do not fit the plan");
  uint8_t* scratch = scratchOf(scratchBytes(plan.widthPx));
  if (scratch == nullptr) return refuse(env, "no memory for scratch rows");
  (call.kernels->*Kernel)(plan, static_cast<const In*>(in.data), planes, scratch);
  return nullptr;
}

bool readPolyphasePlan(napi_env env, napi_value value, PolyphasePlan* plan) {
  if (!copyPlan(env, value, plan)) return false;
  return plan->up >= 1 && plan->down >= 1 && within(plan->tapCount, 8, 1 << 24) && plan->tapCount % 8 == 0 &&
         within(plan->firstPhase, 0, plan->up - 1);
}

napi_value polyphase(napi_env env, napi_callback_info info) {
  Call call;
  PolyphasePlan plan;
  View taps, samples, output;
  if (!readCall(env, info, 4, &call)) return refuse(env, "expected (plan, taps, samples, output)");
  if (!readPolyphasePlan(env, call.arguments[0], &plan)) return refuse(env, "the plan does not hold together");
  View* const views[3] = {&taps, &samples, &output};
  for (int k = 0; k < 3; k++) {
    if (!viewOf(env, call.arguments[k + 1], views[k]) || views[k]->type != napi_float32_array)
      return refuse(env, "taps, samples and output are Float32Arrays");
  }
  if (output.length == 0) return nullptr;
  const uint64_t lastPosition = (static_cast<uint64_t>(output.length - 1) * plan.down + plan.firstPhase) / plan.up;
  if (taps.length != static_cast<uint64_t>(plan.up) * plan.tapCount || lastPosition + plan.tapCount > samples.length)
    return refuse(env, "taps or samples do not fit the plan");
  call.kernels->polyphase(plan, static_cast<const float*>(taps.data), static_cast<const float*>(samples.data),
                          Outputs{static_cast<float*>(output.data), output.length});
  return nullptr;
}

napi_value peaks(napi_env env, napi_callback_info info) {
  Call call;
  PeaksPlan plan;
  View samples, buckets;
  if (!readCall(env, info, 3, &call)) return refuse(env, "expected (plan, samples, buckets)");
  if (!copyPlan(env, call.arguments[0], &plan) || !within(plan.channelCount, 1, mostPeakChannels) ||
      plan.samplesPerBucket < 1)
    return refuse(env, "the plan does not hold together");
  View* const views[2] = {&samples, &buckets};
  for (int k = 0; k < 2; k++) {
    if (!viewOf(env, call.arguments[k + 1], views[k]) || views[k]->type != napi_int16_array)
      return refuse(env, "samples and buckets are Int16Arrays");
  }
  const uint64_t bucketLength = static_cast<uint64_t>(plan.channelCount) * plan.samplesPerBucket;
  const uint64_t bucketCount = (samples.length + bucketLength - 1) / bucketLength;
  if (samples.length % plan.channelCount != 0 || buckets.length < bucketCount * 2 * plan.channelCount)
    return refuse(env, "samples or buckets do not fit the plan");
  call.kernels->peaks(plan, Interleaved{static_cast<const int16_t*>(samples.data), samples.length},
                      static_cast<int16_t*>(buckets.data));
  return nullptr;
}

bool viewsOf(napi_env env, const Call& call, std::size_t first, std::size_t count, View* views) {
  for (std::size_t k = 0; k < count; k++)
    if (!viewOf(env, call.arguments[first + k], &views[k])) return false;
  return true;
}

bool pairOf(napi_env env, napi_value pair, View* views) {
  for (uint32_t k = 0; k < 2; k++) {
    napi_value element;
    if (napi_get_element(env, pair, k, &element) != napi_ok || !viewOf(env, element, &views[k])) return false;
  }
  return true;
}

bool floats(const View& view, std::size_t length) { return view.type == napi_float32_array && view.length == length; }

// No result depends on how large a tile is; this keeps the source under one in the cache nearest to the core.
constexpr std::size_t tileFloats = 1 << 13;
constexpr int32_t smallestTilePx = 4;
// Beyond these, places are far outside of any picture, and their integers could overflow.
constexpr double farthestPx = 1 << 24;

bool readWarpPlan(napi_env env, napi_value value, WarpPlan* plan) {
  if (!copyPlan(env, value, plan)) return false;
  return within(plan->widthPx, 1, 32768) && within(plan->heightPx, 1, 32768) && within(plan->sampleStep, 1, 4) &&
         within(plan->rowStep, plan->widthPx * plan->sampleStep - plan->sampleStep + 1, 1 << 18) && plan->channelStep >= 0 &&
         within(plan->channels, 1, 4) && within(plan->reductionBits, 0, 4) && within(plan->targetWidthPx, 1, 32768) &&
         within(plan->targetHeightPx, 1, 32768) && within(plan->halfAcross, 1, 256) && within(plan->halfDown, 1, 256) &&
         within(plan->isFilled, 0, 1);
}

// The six coefficients and the fill; false when a corner of the target is no number or lies too far outside.
bool readPlace(napi_env env, napi_value value, const WarpPlan& plan, WarpPlace* place) {
  View view;
  if (!viewOf(env, value, &view) || view.type != napi_float64_array || view.length != 7) return false;
  std::memcpy(place, view.data, sizeof(WarpPlace));
  for (const double x : {0.0, static_cast<double>(plan.targetWidthPx)})
    for (const double y : {0.0, static_cast<double>(plan.targetHeightPx)}) {
      const double toX = place->a * x + place->b * y + place->c, toY = place->d * x + place->e * y + place->f;
      if (!(toX > -farthestPx && toX < farthestPx && toY > -farthestPx && toY < farthestPx)) return false;
    }
  return true;
}

bool sourceOf(const View& view, const WarpPlan& plan, WarpSource* source) {
  const std::size_t last = static_cast<std::size_t>(plan.channels - 1) * plan.channelStep +
                           static_cast<std::size_t>(plan.heightPx - 1) * plan.rowStep +
                           static_cast<std::size_t>(plan.widthPx - 1) * plan.sampleStep;
  if (view.length <= last) return false;
  source->samples = view.data;
  if (view.type == napi_uint8_array) source->kind = SampleKind::byte;
  else if (view.type == napi_uint16_array) source->kind = SampleKind::word;
  else if (view.type == napi_float32_array) source->kind = SampleKind::real;
  else return false;
  return true;
}

std::size_t extentOf(double across, double down, int32_t sidePx, int32_t taps) {
  return static_cast<std::size_t>((std::fabs(across) + std::fabs(down)) * (sidePx - 1)) + 2 + taps;
}

bool layTile(const WarpPlan& plan, const WarpPlace& place, WarpTile* tile) {
  const int32_t across = paddedTaps(plan.halfAcross), down = paddedTaps(plan.halfDown);
  std::size_t width = 0, height = 0;
  for (tile->sidePx = largestTilePx;; tile->sidePx /= 2) {
    width = extentOf(place.a, place.b, tile->sidePx, across);
    height = extentOf(place.d, place.e, tile->sidePx, down);
    if (tile->sidePx <= smallestTilePx || width * height <= tileFloats) break;
  }
  if (width > 1 << 20 || height > 1 << 20) return false;
  tile->regionWidth = static_cast<int32_t>(width);
  tile->regionHeight = static_cast<int32_t>(height);
  const std::size_t regionFloats = width * height * plan.channels;
  const std::size_t rowFloats = 2 * width << plan.reductionBits;
  uint8_t* scratch = scratchOf((regionFloats + rowFloats + across + down + warpLanes) * sizeof(float));
  if (scratch == nullptr) return false;
  tile->region = reinterpret_cast<float*>(scratch);
  tile->row = tile->region + regionFloats;
  tile->weights = tile->row + rowFloats;
  return true;
}

napi_value warp(napi_env env, napi_callback_info info) {
  Call call;
  WarpPlan plan;
  WarpPlace place;
  WarpSource source;
  WarpTile tile;
  View views[4];
  if (!readCall(env, info, 4, &call)) return refuse(env, "expected (plan, place, taps, pictures)");
  if (!readWarpPlan(env, call.arguments[0], &plan)) return refuse(env, "the plan does not hold together");
  if (!readPlace(env, call.arguments[1], plan, &place)) return refuse(env, "the place is no place near a picture");
  if (!pairOf(env, call.arguments[2], views) || !pairOf(env, call.arguments[3], views + 2))
    return refuse(env, "taps and pictures are pairs of typed arrays");
  const View &across = views[0], &down = views[1], &from = views[2], &target = views[3];
  if (!floats(across, static_cast<std::size_t>(warpPhases + 1) * paddedTaps(plan.halfAcross)) ||
      !floats(down, static_cast<std::size_t>(warpPhases + 1) * paddedTaps(plan.halfDown)))
    return refuse(env, "taps do not fit the plan");
  if (!sourceOf(from, plan, &source)) return refuse(env, "the source does not fit the plan");
  if (!floats(target, static_cast<std::size_t>(plan.targetWidthPx) * plan.targetHeightPx * plan.channels))
    return refuse(env, "the target does not fit the plan");
  if (!layTile(plan, place, &tile)) return refuse(env, "no memory for a tile");
  const WarpTaps taps{static_cast<const float*>(across.data), static_cast<const float*>(down.data)};
  call.kernels->warp(plan, place, taps, source, tile, static_cast<float*>(target.data));
  return nullptr;
}

napi_value mixChannels(napi_env env, napi_callback_info info) {
  Call call;
  View views[3];
  MixPlan plan;
  if (!readCall(env, info, 3, &call)) return refuse(env, "expected (plan, source, target)");
  if (!viewsOf(env, call, 0, 3, views) || !floats(views[0], sizeof(MixPlan) / sizeof(float)))
    return refuse(env, "the plan does not hold together");
  if (views[1].length % 3 != 0 || !floats(views[1], views[2].length) || !floats(views[2], views[1].length))
    return refuse(env, "source and target are three channels of one size");
  std::memcpy(&plan, views[0].data, sizeof(MixPlan));
  call.kernels->mixChannels(plan, static_cast<const float*>(views[1].data), static_cast<float*>(views[2].data),
                            views[1].length / 3);
  return nullptr;
}

napi_value blendInto(napi_env env, napi_callback_info info) {
  Call call;
  View views[2];
  BlendPlan plan;
  if (!readCall(env, info, 3, &call)) return refuse(env, "expected (plan, layers, samples)");
  if (!copyPlan(env, call.arguments[0], &plan) || !within(plan.planeWidthPx, 1, 32768) ||
      !within(plan.planeHeightPx, 1, 32768) || !within(plan.sampleBytes, 1, 2) ||
      !within(plan.topCode, 1, plan.sampleBytes == 1 ? 255 : 65535) ||
      !within(plan.boxXPx, 0, plan.planeWidthPx - 1) || !within(plan.boxYPx, 0, plan.planeHeightPx - 1) ||
      !within(plan.boxWidthPx, 1, plan.planeWidthPx - plan.boxXPx) ||
      !within(plan.boxHeightPx, 1, plan.planeHeightPx - plan.boxYPx))
    return refuse(env, "the plan does not hold together");
  if (!viewsOf(env, call, 1, 2, views)) return refuse(env, "layers and samples are typed arrays");
  if (!floats(views[0], static_cast<std::size_t>(plan.boxWidthPx) * plan.boxHeightPx * 4))
    return refuse(env, "the layers do not fit the plan");
  const napi_typedarray_type type = plan.sampleBytes == 1 ? napi_uint8_array : napi_uint16_array;
  if (views[1].type != type || views[1].length != static_cast<std::size_t>(plan.planeWidthPx) * plan.planeHeightPx)
    return refuse(env, "the samples do not fit the plan");
  call.kernels->blendInto(plan, static_cast<const float*>(views[0].data), views[1].data);
  return nullptr;
}

napi_value addGrain(napi_env env, napi_callback_info info) {
  Call call;
  View views[2];
  GrainPlan plan;
  GrainShape shape;
  if (!readCall(env, info, 3, &call)) return refuse(env, "expected (plan, shape, values)");
  if (!copyPlan(env, call.arguments[0], &plan) || !within(plan.widthPx, 1, 32768) || !within(plan.heightPx, 1, 32768))
    return refuse(env, "the plan does not hold together");
  if (!viewsOf(env, call, 1, 2, views) || !floats(views[0], 2) ||
      !floats(views[1], static_cast<std::size_t>(plan.widthPx) * plan.heightPx))
    return refuse(env, "shape or values do not fit the plan");
  std::memcpy(&shape, views[0].data, sizeof(GrainShape));
  uint8_t* scratch = scratchOf((static_cast<std::size_t>(plan.widthPx) * 4 + 2) * sizeof(float));
  if (scratch == nullptr) return refuse(env, "no memory for scratch rows");
  call.kernels->addGrain(plan, shape, static_cast<float*>(views[1].data), reinterpret_cast<float*>(scratch));
  return nullptr;
}

struct Entry {
  const char* name;
  napi_callback callback;
};

constexpr Entry entries[] = {
    {"yuvToRgb8", yuvToRgb<uint8_t, napi_uint8_array, &KernelTable::yuvToRgb8>},
    {"yuvToRgbFloats", yuvToRgb<float, napi_float32_array, &KernelTable::yuvToRgbFloats>},
    {"rgb8ToYuv", rgbToYuv<uint8_t, napi_uint8_array, &KernelTable::rgb8ToYuv>},
    {"rgbFloatsToYuv", rgbToYuv<float, napi_float32_array, &KernelTable::rgbFloatsToYuv>},
    {"polyphase", polyphase},
    {"peaks", peaks},
    {"warp", warp},
    {"mixChannels", mixChannels},
    {"blendInto", blendInto},
    {"addGrain", addGrain},
};

// One object of kernels with the name of its instruction set.
napi_value kernelObject(napi_env env, const KernelTable& kernels) {
  napi_value object, simd;
  if (napi_create_object(env, &object) != napi_ok) return nullptr;
  for (const Entry& entry : entries) {
    napi_value function;
    void* data = const_cast<KernelTable*>(&kernels);
    if (napi_create_function(env, entry.name, NAPI_AUTO_LENGTH, entry.callback, data, &function) != napi_ok ||
        napi_set_named_property(env, object, entry.name, function) != napi_ok)
      return nullptr;
  }
  if (napi_create_string_utf8(env, kernels.simd, NAPI_AUTO_LENGTH, &simd) != napi_ok ||
      napi_set_named_property(env, object, "simd", simd) != napi_ok)
    return nullptr;
  return object;
}

}  // namespace
}  // namespace dubwright

NAPI_MODULE_INIT() {
  using namespace dubwright;
  napi_value best = kernelObject(env, bestKernels());
  napi_value baseline = kernelObject(env, baselineKernels);
  if (best == nullptr || baseline == nullptr) return nullptr;
  napi_set_named_property(env, exports, "best", best);
  napi_set_named_property(env, exports, "baseline", baseline);
  return exports;
}
