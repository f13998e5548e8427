#pragma once
#include <chrono>
#include <cstdint>

#include "base/time.hpp"

namespace nightjar {

/// Nanoseconds of a clock that nobody sets.
inline std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace nightjar
