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
  /// Another capture: its times may go on from those of the last one, or be earlier.
  void begin() { first_of_capture_ = true; }

  /// Index of the packet before which to write what waits: the first of an hour later than all before (of a capture: of another hour than
  /// the last capture's), if another hour like the one that ends (and an eighth) would bring more than `most` packets together. `waiting`:
  /// packets that wait before these. `packets.size()`: go on with all of them. After a cut it is asked again for the rest, with nothing
  /// waiting.
  std::size_t place(const std::vector<RawPacket>& packets, std::uint64_t waiting, std::uint64_t most) {
    if (packets.empty()) return 0;
    // Nearly all blocks lie within an hour; a straggler in the middle of one does not matter.
    if (hour_of(packets.front().time_ns) == hour_ && hour_of(packets.back().time_ns) == hour_) {
      hour_packets_ += packets.size();
      first_of_capture_ = false;
      return packets.size();
    }
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const std::int64_t hour = hour_of(packets[i].time_ns);
      const bool another = hour > hour_ || (first_of_capture_ && hour != hour_);
      first_of_capture_ = false;
      if (another) {
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
  bool first_of_capture_ = false;
  std::uint64_t hour_packets_ = 0;  ///< of that hour so far
};

}  // namespace nightjar
