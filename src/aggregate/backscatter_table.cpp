#include "aggregate/backscatter_table.hpp"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/time.hpp"

namespace nightjar {
namespace {

// Version, source, low source, protocol, port, minute, sensor: the table's order.
using Key = std::tuple<std::uint8_t, std::uint64_t, std::uint64_t, std::uint8_t, std::uint16_t, std::int64_t, std::uint16_t>;

Key key_of(const BackscatterRow& row) { return {row.ip_version, row.src, row.src_low, row.protocol, row.port, row.minute, row.sensor}; }

void merge_into(BackscatterRow& row, const BackscatterRow& other) {
  row.packets += other.packets;
  row.bytes += other.bytes;
  for (std::size_t i = 0; i < row.bins.size(); ++i) row.bins[i] += other.bins[i];
  row.dst_bits |= other.dst_bits;
  row.mismatches += other.mismatches;
  row.first_ms = std::min(row.first_ms, other.first_ms);
  row.last_ms = std::max(row.last_ms, other.last_ms);
}

}  // namespace

struct BackscatterTable::Map {
  absl::flat_hash_map<Key, BackscatterRow> rows;

  void add(const BackscatterRow& row) {
    const auto [at, added] = rows.try_emplace(key_of(row), row);
    if (!added) merge_into(at->second, row);
  }
};

BackscatterTable::BackscatterTable() : map_(std::make_unique<Map>()) {}
BackscatterTable::~BackscatterTable() = default;
BackscatterTable::BackscatterTable(BackscatterTable&& other) noexcept : map_(std::exchange(other.map_, std::make_unique<Map>())) {}

void BackscatterTable::add(const Packet& packet, std::uint16_t sensor, std::uint8_t destination_index) {
  constexpr std::int64_t kNanosPerMilli = 1'000'000;
  BackscatterRow row;
  row.minute = minute_of(packet.time_ns);
  const std::int64_t offset_ns = packet.time_ns - row.minute * kSecondsPerMinute * kNanosPerSecond;
  row.first_ms = row.last_ms = static_cast<std::uint16_t>(offset_ns / kNanosPerMilli);
  row.bins[static_cast<std::size_t>(offset_ns / (10 * kNanosPerSecond))] = 1;
  row.packets = 1;
  row.bytes = packet.ip_length;
  row.dst_bits = 1ULL << (destination_index & 63);
  row.sensor = sensor;
  if (packet.quote.ip_version != 0) {
    row.ip_version = packet.quote.ip_version;
    row.src = packet.quote.dst;
    row.src_low = packet.quote.dst_low;
    row.protocol = packet.quote.protocol;
    row.port = packet.quote.dst_port;
    row.mismatches = packet.quote.src != packet.dst || packet.quote.src_low != packet.dst_low;
  } else {
    row.ip_version = packet.ip_version;
    row.src = packet.src;
    row.src_low = packet.src_low;
    row.protocol = packet.protocol;
    row.port = packet.src_port;
  }
  map_->add(row);
}

void BackscatterTable::merge(BackscatterTable& other) {
  for (const auto& [key, row] : other.map_->rows) map_->add(row);
  other.map_->rows.clear();
}

std::vector<BackscatterRow> BackscatterTable::take() {
  std::vector<BackscatterRow> rows;
  rows.reserve(map_->rows.size());
  for (const auto& [key, row] : map_->rows) rows.push_back(row);
  map_->rows.clear();
  std::sort(rows.begin(), rows.end(), [](const BackscatterRow& a, const BackscatterRow& b) { return key_of(a) < key_of(b); });
  return rows;
}

std::uint64_t BackscatterTable::memory_bytes() const { return map_->rows.capacity() * (sizeof(std::pair<Key, BackscatterRow>) + 1); }

}  // namespace nightjar
