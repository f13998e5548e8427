#include "aggregate/minute_table.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <tuple>

#include "base/time.hpp"

namespace nightjar {
namespace {

using Key = std::tuple<std::uint16_t, std::uint8_t, std::uint8_t, std::int64_t>;  // sensor, protocol, class, minute: the table's order
struct Sums {
  std::uint64_t packets = 0, bytes = 0;
};

}  // namespace

struct MinuteTable::Map {
  absl::flat_hash_map<Key, Sums> sums;
};

MinuteTable::MinuteTable() : map_(std::make_unique<Map>()) {}
MinuteTable::~MinuteTable() = default;
MinuteTable::MinuteTable(MinuteTable&&) noexcept = default;

void MinuteTable::add(const Packet& packet, std::uint16_t sensor, TrafficClass traffic_class) {
  const auto number = static_cast<std::uint8_t>(traffic_class);
  const std::int64_t minute = minute_of(packet.time_ns);
  Hot& hot = hot_[(packet.protocol * 5u + number + sensor * 11u) % hot_.size()];
  if (hot.minute != minute || hot.sensor != sensor || hot.protocol != packet.protocol || hot.traffic_class != number) {
    flush(hot);
    hot = {minute, 0, 0, sensor, packet.protocol, number};
  }
  ++hot.packets;
  hot.bytes += packet.ip_length;
}

void MinuteTable::flush(Hot& hot) {
  if (hot.packets == 0) return;
  Sums& sums = map_->sums[Key(hot.sensor, hot.protocol, hot.traffic_class, hot.minute)];
  sums.packets += hot.packets;
  sums.bytes += hot.bytes;
  hot.packets = hot.bytes = 0;
}

void MinuteTable::merge(MinuteTable& other) {
  for (Hot& hot : other.hot_) other.flush(hot);
  for (const auto& [key, sums] : other.map_->sums) {
    Sums& mine = map_->sums[key];
    mine.packets += sums.packets;
    mine.bytes += sums.bytes;
  }
  other.map_->sums.clear();
}

std::vector<MinuteRow> MinuteTable::take() {
  for (Hot& hot : hot_) flush(hot);
  std::vector<std::pair<Key, Sums>> sorted(map_->sums.begin(), map_->sums.end());
  map_->sums.clear();
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<MinuteRow> rows;
  rows.reserve(sorted.size());
  for (const auto& [key, sums] : sorted) {
    const auto& [sensor, protocol, traffic_class, minute] = key;
    rows.push_back({minute, sums.packets, sums.bytes, 0, sensor, protocol, traffic_class});
  }
  return rows;
}

std::uint64_t MinuteTable::memory_bytes() const { return map_->sums.capacity() * (sizeof(std::pair<Key, Sums>) + 1); }

}  // namespace nightjar
