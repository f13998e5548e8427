#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "net/packet.hpp"
#include "schema/rows.hpp"
#include "schema/traffic.hpp"

namespace nightjar {

/// One worker's rows of `minutes`.
class MinuteTable {
 public:
  MinuteTable();
  ~MinuteTable();
  MinuteTable(MinuteTable&&) noexcept;

  void add(const Packet& packet, std::uint16_t sensor, TrafficClass traffic_class);
  /// Merges another worker's rows in.
  void merge(MinuteTable& other);
  /// All rows in the table's order; empties the table.
  std::vector<MinuteRow> take();
  std::uint64_t memory_bytes() const;

 private:
  /// A minute holds a handful of keys that come again packet by packet: they are counted here and moved to the map when
  /// another key needs the place.
  struct Hot {
    std::int64_t minute = 0;
    std::uint64_t packets = 0, bytes = 0;
    std::uint16_t sensor = 0;
    std::uint8_t protocol = 0, traffic_class = 0;
  };
  void flush(Hot& hot);

  struct Map;
  std::array<Hot, 64> hot_{};
  std::unique_ptr<Map> map_;
};

}  // namespace nightjar
