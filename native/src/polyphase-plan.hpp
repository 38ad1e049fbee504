// What a polyphase filter needs to know: the fields of src/core/native/polyphase.ts, in the same order, as int32.
#pragma once
#include <cstddef>
#include <cstdint>

namespace dubwright {

/** Output k stands at source position (firstPhase + k * down) / up from the first sample given. */
struct PolyphasePlan {
  int32_t up, down, tapCount, firstPhase;
};

struct Outputs {
  float* values;
  std::size_t count;
};

}  // namespace dubwright
