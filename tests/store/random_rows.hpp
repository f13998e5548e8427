#pragma once
#include <random>
#include <vector>

#include "schema/rows.hpp"
#include "schema/traffic.hpp"

namespace nightjar {

/// Rows of a small day in which keys, hosts and cells meet often. The same seed gives the same rows.
inline std::vector<FlowRow> random_flows(std::size_t count, std::int64_t day, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  std::vector<FlowRow> rows(count);
  for (FlowRow& row : rows) {
    row.hour = day * 24 + below(3);
    row.sensor = static_cast<std::uint16_t>(below(3));
    row.src = below(12);
    row.ip_version = 4;
    if (below(8) == 0) {
      row.ip_version = 6;
      row.src = (0x20010db8ULL << 32) + below(2);
      row.src_low = below(2);
    }
    row.protocol = std::array<std::uint8_t, 3>{6, 17, 1}[below(3)];
    row.port = static_cast<std::uint16_t>(below(3) == 0 ? 80 : 23);
    row.traffic_class = row.protocol == 6 ? (below(3) == 0 ? 2 : 1) : row.protocol == 17 ? (below(4) == 0 ? 2 : 3) : 4;
    row.facts = row.traffic_class == 1 ? below(2) : 0;
    row.window = row.traffic_class == 1 && below(2) == 0 ? 14600 : 0;
    row.packets = 1 + below(40);
    row.bytes = row.packets * (40 + below(20));
    row.dst_bits = 1ULL << below(64);
    row.first = static_cast<std::uint16_t>(below(3600));
    row.span = static_cast<std::uint16_t>(below(3600 - row.first));
    row.src_port = static_cast<std::uint16_t>(below(3));
    row.ttl = static_cast<std::uint8_t>(50 + below(2));
    row.ip_length = static_cast<std::uint16_t>(below(2) == 0 ? 44 : 0);
    row.country = std::array<CountryCode, 4>{0, country_code('J', 'P'), country_code('B', 'R'), country_code('A', 'Z')}[below(4)];
    row.asn = below(3) * 1000;
    row.batch = 1 + below(5);
  }
  return rows;
}

inline std::vector<BackscatterRow> random_backscatter(std::size_t count, std::int64_t day, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  std::vector<BackscatterRow> rows(count);
  for (BackscatterRow& row : rows) {
    row.minute = day * 1440 + below(4);
    row.sensor = static_cast<std::uint16_t>(below(2));
    row.ip_version = 4;
    row.src = below(3);
    row.protocol = 6;
    row.port = static_cast<std::uint16_t>(80 + below(2));
    for (auto& bin : row.bins) bin = below(9);
    row.packets = 1 + below(50);
    row.bytes = row.packets * 40;
    row.dst_bits = 1ULL << below(64);
    row.mismatches = below(2);
    row.first_ms = static_cast<std::uint16_t>(below(60'000));
    row.last_ms = static_cast<std::uint16_t>(row.first_ms + below(60'000 - row.first_ms));
    row.country = country_code('D', 'E');
    row.asn = 5;
    row.batch = 1 + below(3);
  }
  return rows;
}

}  // namespace nightjar
