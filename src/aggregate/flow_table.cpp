#include "aggregate/flow_table.hpp"

#include "base/hash.hpp"
#include "base/time.hpp"

namespace nightjar {
namespace {

/// A day with more records than this is sorted into buckets; fewer are one part anyway, which one thread sorts and writes at once while
/// others do the same for other days. Also the size of the sample.
constexpr std::uint64_t kSpreadAt = 65'536;
constexpr std::size_t kWideBuckets = 64;

}  // namespace

FlowDay& FlowTable::day_of_packet(std::int64_t day) {
  if (last_ == nullptr || day != last_day_) {
    last_ = &days_[day];
    last_day_ = day;
  }
  return *last_;
}

void FlowTable::add(const Packet& packet, std::uint16_t sensor, TrafficClass traffic_class, std::uint32_t facts, std::uint16_t port,
                    std::uint8_t destination_index) {
  ++packets_;
  const std::int64_t second = second_of(packet.time_ns);
  const std::int64_t day_number = floor_div(second, kSecondsPerDay);
  const auto second_of_day = static_cast<unsigned>(second - day_number * kSecondsPerDay);
  FlowDay& day = day_of_packet(day_number);
  const std::uint16_t window = is_bare_syn(packet) ? packet.window : std::uint16_t{0};
  // Of backscatter the port is the victim's; what remains of the pair is the port it answered to.
  const std::uint16_t other_port = traffic_class == TrafficClass::backscatter ? packet.dst_port : packet.src_port;
  const std::uint64_t place =
      FlowRecord::place_of(packet.protocol, port, static_cast<std::uint32_t>(packet.src), second_of_day / kSecondsPerHour, traffic_class);
  const std::uint64_t marks = FlowRecord::marks_of(sensor, facts, window);
  const std::uint64_t value = FlowRecord::value_of(second_of_day % kSecondsPerHour, static_cast<std::uint16_t>(packet.ip_length),
                                                   other_port, packet.ttl, destination_index);
  if (packet.ip_version != 4 || packet.ip_length > 0xffff) {
    FlowRow row = row_of({place, marks, value}, day_number);
    row.ip_version = packet.ip_version;
    row.src = packet.src;
    row.src_low = packet.src_low;
    row.bytes = packet.ip_length;
    if (packet.ip_length > 0xffff) row.ip_length = 0;
    add_wide(day, packet, row);
    return;
  }
  RecordList& list = day.buckets.empty() ? day.unsorted : day.buckets[layout_.made()->bucket_of(place)];
  FlowRecord& record = list.next(arena_);
  record.place = place;
  record.marks = marks;
  record.value = value;
  ++day.records;
  if (day.buckets.empty() && day.records >= kSpreadAt) spread(day);
}

void FlowTable::add_wide(FlowDay& day, const Packet& packet, const FlowRow& row) {
  if (day.wide.empty()) day.wide.resize(kWideBuckets);
  day.wide[mix64(packet.src ^ mix64(packet.src_low)) % kWideBuckets].push_back(row);
  ++wide_rows_;
}

void FlowTable::clear() {
  days_.clear();
  arena_.reset();
  last_ = nullptr;
  packets_ = wide_rows_ = 0;
}

void FlowTable::spread(FlowDay& day) {
  const std::lock_guard lock(spreading_);
  std::vector<FlowRecord> records;
  day.unsorted.append_to(records);
  day.unsorted = {};
  if (records.empty() && layout_.made() == nullptr) return;
  const FlowLayout& layout = layout_.get(records);
  if (day.buckets.empty()) day.buckets.resize(layout.buckets());
  for (const FlowRecord& record : records) day.buckets[layout.bucket_of(record.place)].next(arena_) = record;
}

}  // namespace nightjar
