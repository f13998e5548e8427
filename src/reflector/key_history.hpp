#pragma once
#include <algorithm>
#include <cstdint>

#include "budget/rolling_count.hpp"

namespace nightjar::reflector {

/// What is remembered of an address, or of a network, that was answered or attacked. Times are seconds of the budget's own clock.
struct KeyHistory {
  using Replies = budget::RollingCount<std::uint8_t, 6>;
  using Bytes = budget::RollingCount<std::uint32_t, 6>;
  static constexpr std::uint32_t kSlotSeconds = 600;       ///< six make the hour of the budgets
  static constexpr std::uint32_t kTellAgainSeconds = 600;  ///< an attack that goes on is told to the hub so often
  static constexpr std::uint8_t kAttack = 1;               ///< found here: enough packets, counted one by one
  static constexpr std::uint8_t kSuspected = 2;            ///< enough packets by the sketch, which may count too many
  static constexpr std::uint8_t kShared = 4;               ///< another sensor's attack, told by the hub
  static constexpr std::uint8_t kMarks = 7;

  std::uint64_t streak = 0;  ///< number of the stream of requests, in the ledger the attack's; 0: none was begun
  std::uint32_t last_seen =
      0;  ///< of the last request; of a shared attack until when there may have been one elsewhere, which may be later than now
  std::uint32_t packets = 0;  ///< since the entry or the streak began; stops at 2^32 - 1
  std::uint32_t told_at = 0;  ///< when the hub was told last that this is an attack
  std::uint32_t granted_at = 0;
  std::uint8_t granted = 0;  ///< replies beyond what a sensor gives alone
  std::uint8_t marks = 0;
  Replies replies;
  Bytes bytes_out;  ///< with headers
  Bytes bytes_in;   ///< without

  static std::uint32_t slot(std::uint32_t now) { return now / kSlotSeconds + 1; }
  std::uint64_t replies_in_hour(std::uint32_t now) const { return replies.at_most(slot(now)); }

  /// Whether the stream of requests ended: a gap of more than `gap` seconds.
  bool ended(std::uint32_t now, std::uint32_t gap) const { return now > last_seen && now - last_seen > gap; }

  /// Nothing that is known of it restricts anything any more.
  bool idle(std::uint32_t now, std::uint32_t gap) const { return ended(now, gap) && replies_in_hour(now) == 0; }

  /// What may be added to its replies by the hub's word, for an hour after it.
  std::uint8_t granted_now(std::uint32_t now) const {
    return now - std::min(granted_at, now) <= 6 * kSlotSeconds ? granted : std::uint8_t{0};
  }
};

}  // namespace nightjar::reflector
