#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/time.hpp"
#include "net/packet.hpp"

namespace nightjar {

/// Where to write flows while a capture is read: between two hours if that can be. Rows of `flows` are kept by hour, so files that meet
/// between hours have no key in common, and questions that need one row a key (filters by ttl ...) need not merge them. That it hits
/// the right place costs or saves time only: files say themselves which hours they hold.
class HourCut {
 public:
  /// Another capture: its times need not go on from those of the last one.
  void begin() { hour_ = kNone; }

  /// Index of the packet before which to write what waits: the first of an hour later than all before, if another hour like the one
  /// that ends (and an eighth) would bring more than `most` packets together. `waiting`: packets that wait before these.
  /// `packets.size()`: go on with all of them. After a cut it is asked again for the rest, with nothing waiting.
  std::size_t place(const std::vector<RawPacket>& packets, std::uint64_t waiting, std::uint64_t most) {
    if (packets.empty()) return 0;
    // Nearly all blocks lie within an hour; a straggler in the middle of one does not matter.
    if (hour_of(packets.front().time_ns) == hour_ && hour_of(packets.back().time_ns) == hour_) {
      hour_packets_ += packets.size();
      return packets.size();
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const std::int64_t hour = hour_of(packets[i].time_ns);
      if (hour > hour_) {
        const std::uint64_t expected = waiting + i + hour_packets_ + hour_packets_ / 8;
        const bool due = hour_ != kNone && waiting + i > 0 && expected > most;
        hour_ = hour;
        hour_packets_ = 0;
        if (due) return i;
      }
      ++hour_packets_;
    }
    return packets.size();
  }

 private:
  static constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::min();
  std::int64_t hour_ = kNone;
  std::uint64_t hour_packets_ = 0;  ///< of that hour so far
};

}  // namespace nightjar
