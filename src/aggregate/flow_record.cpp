#include "aggregate/flow_record.hpp"

#include <algorithm>
#include <tuple>

#include "base/time.hpp"

namespace nightjar {
namespace {

auto key_of(const FlowRow& row) {
  return std::tuple(row.protocol, row.port, row.src, row.src_low, row.hour, row.traffic_class, row.sensor, row.facts, row.window,
                    row.ip_version);
}

}  // namespace

FlowRow row_of(const FlowRecord& record, std::int64_t day) {
  FlowRow row;
  row.hour = day * kHoursPerDay + static_cast<std::int64_t>(record.place >> FlowRecord::kHourShift & 31);
  row.src = record.place >> FlowRecord::kSrcShift & 0xffffffff;
  row.packets = 1;
  row.bytes = record.length();
  row.dst_bits = record.dst_bit();
  row.facts = static_cast<std::uint32_t>(record.marks >> 16) & 0xfffff;
  row.sensor = static_cast<std::uint16_t>(record.marks >> 36);
  row.port = static_cast<std::uint16_t>(record.place >> FlowRecord::kPortShift);
  row.window = static_cast<std::uint16_t>(record.marks);
  row.first = static_cast<std::uint16_t>(record.second());
  row.src_port = record.src_port();
  row.ip_length = record.length();
  row.ip_version = 4;
  row.protocol = static_cast<std::uint8_t>(record.place >> 56);
  row.traffic_class = static_cast<std::uint8_t>(record.place & 7);
  row.ttl = record.ttl();
  return row;
}

void merge_into(FlowRow& row, const FlowRow& other) {
  const unsigned end = std::max<unsigned>(row.first + row.span, other.first + other.span);
  row.first = std::min(row.first, other.first);
  row.span = static_cast<std::uint16_t>(end - row.first);
  row.packets += other.packets;
  row.bytes += other.bytes;
  row.dst_bits |= other.dst_bits;
  if (row.src_port != other.src_port) row.src_port = 0;
  if (row.ttl != other.ttl) row.ttl = 0;
  if (row.ip_length != other.ip_length) row.ip_length = 0;
  row.country = later_country(row.country, other.country);
  row.asn = std::max(row.asn, other.asn);
  row.batch = std::max(row.batch, other.batch);
}

bool same_key(const FlowRow& a, const FlowRow& b) { return key_of(a) == key_of(b); }
bool comes_before(const FlowRow& a, const FlowRow& b) { return key_of(a) < key_of(b); }

}  // namespace nightjar
