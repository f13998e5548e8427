#pragma once
#include <cstdint>

#include "net/packet.hpp"
#include "schema/rows.hpp"
#include "schema/traffic.hpp"

namespace nightjar {

/// One IPv4 packet on its way into `flows`: the key in the table's order, then what its row adds up. 24 bytes, because 20
/// million of them wait in memory until their batch is closed. The day is told by the list the record stands in.
struct FlowRecord {
  std::uint64_t place;  ///< protocol 8 | port 16 | src 32 | hour of the day 5 | class 3
  std::uint64_t marks;  ///< sensor 16 | facts 20 | window 16 (in the lower 52 bits)
  std::uint64_t value;  ///< second of the hour 12 | IP length 16 | source port 16 | TTL 8 | destination index 6

  static constexpr int kPortShift = 40, kSrcShift = 8, kHourShift = 3;
  static constexpr std::uint64_t place_of(std::uint8_t protocol, std::uint16_t port, std::uint32_t src, unsigned hour, TrafficClass c) {
    return std::uint64_t{protocol} << 56 | std::uint64_t{port} << kPortShift | std::uint64_t{src} << kSrcShift | hour << kHourShift |
           static_cast<unsigned>(c);
  }
  static constexpr std::uint64_t marks_of(std::uint16_t sensor, std::uint32_t facts, std::uint16_t window) {
    return std::uint64_t{sensor} << 36 | std::uint64_t{facts} << 16 | window;
  }
  static constexpr std::uint64_t value_of(unsigned second, std::uint16_t length, std::uint16_t src_port, std::uint8_t ttl,
                                          std::uint8_t index) {
    return std::uint64_t{second} << 46 | std::uint64_t{length} << 30 | std::uint64_t{src_port} << 14 | std::uint64_t{ttl} << 6 |
           (index & 63u);
  }

  constexpr unsigned second() const { return static_cast<unsigned>(value >> 46) & 0xfff; }
  constexpr std::uint16_t length() const { return static_cast<std::uint16_t>(value >> 30); }
  constexpr std::uint16_t src_port() const { return static_cast<std::uint16_t>(value >> 14); }
  constexpr std::uint8_t ttl() const { return static_cast<std::uint8_t>(value >> 6); }
  constexpr std::uint64_t dst_bit() const { return 1ULL << (value & 63); }
};
static_assert(sizeof(FlowRecord) == 24);
static_assert(fact::kBits <= 20, "facts outgrow their place in FlowRecord");

/// The row that a record alone makes, on a day (days since 1970).
FlowRow row_of(const FlowRecord& record, std::int64_t day);

/// Adds one packet's or row's measures to a row of the same key, by the rules of schema/columns.cpp.
void merge_into(FlowRow& row, const FlowRow& other);

/// Whether two rows have the same key, and which comes first in the table's order.
bool same_key(const FlowRow& a, const FlowRow& b);
bool comes_before(const FlowRow& a, const FlowRow& b);

}  // namespace nightjar
