#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "net/packet.hpp"
#include "schema/rows.hpp"
#include "schema/traffic.hpp"

namespace nightjar {

/// One worker's rows of `minutes`: a series of minutes for each sensor, protocol and class. There are few series, and time goes forward
/// in nearly all traffic: a packet belongs to the last minute of its series or to a new one behind it. What comes out of order is
/// brought together later, before it is much.
class MinuteTable {
 public:
  MinuteTable() = default;
  /// The other one is empty afterwards, and goes on.
  MinuteTable(MinuteTable&& other) noexcept;

  void add(const Packet& packet, std::uint16_t sensor, TrafficClass traffic_class);
  /// Merges another worker's rows in, which is empty afterwards.
  void merge(MinuteTable& other);
  /// All rows in the table's order; empties the table.
  std::vector<MinuteRow> take();
  std::uint64_t memory_bytes() const { return bytes_ + series_.size() * sizeof(Series); }

 private:
  struct Minute {
    std::int64_t minute;
    std::uint64_t packets, bytes;
  };
  struct Series {
    std::vector<Minute> minutes;
    std::size_t tidy = 0;  ///< so many at the beginning ascend, each minute once
  };
  /// Sensor, protocol, class: the table's order.
  using Key = std::uint32_t;

  static void append(Series& series, std::int64_t minute);
  static void tidy(Series& series);
  void clear();

  std::map<Key, Series> series_;
  /// The series seen last: a map is too slow for every packet.
  struct Hot {
    Key key;
    Series* series;
  };
  std::array<Hot, 64> hot_{};
  std::uint64_t bytes_ = 0;  ///< of all minutes, with the room kept for more
};

}  // namespace nightjar
