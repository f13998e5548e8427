#pragma once
#include <algorithm>
#include <cstdint>

#include "budget/rolling_count.hpp"

namespace nightjar::budget {

/// At most `limit` in any window of `window_ns`, wherever it begins. A bucket of tokens would let twice as much through when it was full.
class RollingLimit {
 public:
  /// `window_ns` at least 1 microsecond.
  RollingLimit(std::uint64_t limit, std::int64_t window_ns) : limit_(limit), slot_ns_((window_ns + kParts - 1) / kParts) {}

  bool allows(std::uint64_t amount, std::int64_t now_ns) const {
    const std::uint64_t used = count_.at_most(slot(now_ns));
    return used <= limit_ && amount <= limit_ - used;
  }
  /// Counts what was sent, whether it was allowed or not.
  void spend(std::uint64_t amount, std::int64_t now_ns) { count_.add(slot(now_ns), amount); }

 private:
  static constexpr unsigned kParts = 10;
  std::uint32_t slot(std::int64_t now_ns) const {
    // Slot 0 of the counter is before all: the first is 1. The number wraps only after years (429 million seconds of 100 ms slots).
    return static_cast<std::uint32_t>(std::max<std::int64_t>(now_ns, 0) / slot_ns_ + 1);
  }

  std::uint64_t limit_;
  std::int64_t slot_ns_;
  RollingCount<std::uint64_t, kParts> count_;
};

}  // namespace nightjar::budget
