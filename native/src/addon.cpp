// Node-API bindings: checks every argument against its plan, so that no wrong call can read or write out of bounds.
#define NAPI_VERSION 8
#include <node_api.h>

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

// Rows of scratch, kept between calls; 64-byte aligned.
uint8_t* scratchFor(int32_t widthPx) {
  static thread_local std::unique_ptr<uint8_t[]> memory;
  static thread_local std::size_t sizeBytes = 0;
  const std::size_t neededBytes = scratchBytes(widthPx) + 64;
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
  uint8_t* scratch = scratchFor(plan.widthPx);
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
  uint8_t* scratch = scratchFor(plan.widthPx);
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
