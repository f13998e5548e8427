#pragma once
#include <array>
#include <cstdint>
#include <limits>

namespace nightjar::budget {

/// How much happened in a window that rolls: `kParts` slots, and one more, since the present one has only begun. Whoever owns it numbers
/// the slots (time / length of a slot, ascending); a slot before an earlier one counts as that. A slot's count stops at its highest number.
template <class Count, unsigned kParts>
class RollingCount {
 public:
  void add(std::uint32_t slot, Count amount) {
    advance(slot);
    Count& count = counts_[latest_ % kSlots];
    count = amount > std::numeric_limits<Count>::max() - count ? std::numeric_limits<Count>::max() : static_cast<Count>(count + amount);
  }

  /// At least what happened in the window that ends now: up to a slot more than it. For what must not become too much.
  std::uint64_t at_most(std::uint32_t slot) const { return sum(slot, kParts + 1); }
  /// At most what happened in the window that ends now: up to a slot less than it. For what must not be believed to be more than it is.
  std::uint64_t at_least(std::uint32_t slot) const { return sum(slot, kParts); }

 private:
  static constexpr std::uint32_t kSlots = kParts + 1;

  void advance(std::uint32_t slot) {
    if (slot <= latest_) return;
    if (slot - latest_ >= kSlots) {
      counts_.fill(0);
    } else {
      for (std::uint32_t i = latest_ + 1; i <= slot; ++i) counts_[i % kSlots] = 0;
    }
    latest_ = slot;
  }

  /// Of the `slots` slots that end with `slot`.
  std::uint64_t sum(std::uint32_t slot, std::uint32_t slots) const {
    if (slot < latest_) slot = latest_;
    std::uint64_t total = 0;
    // Those after the latest are empty; `latest_ - i` is in the ring for every i below its size.
    for (std::uint32_t i = 0; i < kSlots && i <= latest_; ++i) {
      if (slot - (latest_ - i) < slots) total += counts_[(latest_ - i) % kSlots];
    }
    return total;
  }

  std::array<Count, kSlots> counts_{};
  std::uint32_t latest_ = 0;
};

}  // namespace nightjar::budget
