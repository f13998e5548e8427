#include "ingest/row_keys.hpp"

#include <absl/container/flat_hash_set.h>

#include <cassert>
#include <utility>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "fingerprint/classify.hpp"
#include "payload/udp_request.hpp"

namespace nightjar {
namespace {

constexpr std::int64_t kMinutesPerHour = 60;

std::uint64_t hash_of(const RowKeys::Key& key) {
  std::uint64_t hash = mix64(static_cast<std::uint64_t>(key.minute) << 16 | key.sensor);
  hash = mix64(hash ^ key.src);
  hash = mix64(hash ^ key.src_low);
  hash = mix64(hash ^ (std::uint64_t{key.facts} << 32 | std::uint64_t{key.port} << 16 | key.window));
  return mix64(hash ^ (std::uint64_t{key.ip_version} << 24 | std::uint64_t{key.protocol} << 16 | std::uint64_t{key.traffic_class} << 8 |
                       key.service));
}

/// As BackscatterTable files an answer: under who answers, or whom an ICMP error's quoted packet was sent to.
void set_victim(RowKeys::Key& key, const Packet& packet) {
  const Quote& quote = packet.quote;
  const bool quoted = quote.ip_version != 0;
  key.ip_version = quoted ? quote.ip_version : packet.ip_version;
  key.src = quoted ? quote.dst : packet.src;
  key.src_low = quoted ? quote.dst_low : packet.src_low;
  key.protocol = quoted ? quote.protocol : packet.protocol;
  key.port = quoted ? quote.dst_port : packet.src_port;
}

}  // namespace

struct RowKeys::Sets {
  absl::flat_hash_set<std::uint64_t> keys;
  absl::flat_hash_set<std::pair<std::uint16_t, std::int64_t>> times;  ///< sensor, minute; of flows the hour's first minute
};

RowKeys::RowKeys(Table table) : table_(table), sets_(std::make_unique<Sets>()) {
  assert(table == Table::flows || table == Table::backscatter || table == Table::requests);
}
RowKeys::~RowKeys() = default;
RowKeys::RowKeys(RowKeys&&) noexcept = default;
RowKeys& RowKeys::operator=(RowKeys&&) noexcept = default;

void RowKeys::add(const Key& key) {
  sets_->keys.insert(hash_of(key));
  sets_->times.emplace(key.sensor, key.minute);
}

std::size_t RowKeys::size() const { return sets_->keys.size(); }

bool RowKeys::wants(std::uint16_t sensor, std::int64_t minute) const {
  if (table_ == Table::flows) minute = floor_div(minute, kMinutesPerHour) * kMinutesPerHour;
  return sets_->times.contains({sensor, minute});
}

std::optional<RowKeys::Key> RowKeys::key_of(const Packet& packet, std::span<const std::uint8_t> payload) const {
  Key key;
  key.minute = minute_of(packet.time_ns);
  key.ip_version = packet.ip_version;
  key.src = packet.src;
  key.src_low = packet.src_low;
  const TrafficClass traffic_class = classify(packet);
  if (table_ == Table::flows) {
    key.minute = floor_div(key.minute, kMinutesPerHour) * kMinutesPerHour;
    key.protocol = packet.protocol;
    key.port = row_port(packet, traffic_class);
    key.traffic_class = static_cast<std::uint8_t>(traffic_class);
    key.facts = facts_of(packet);
    key.window = is_bare_syn(packet) ? packet.window : std::uint16_t{0};
    return key;
  }
  if (table_ == Table::backscatter) {
    if (traffic_class != TrafficClass::backscatter) return std::nullopt;
    set_victim(key, packet);
    return key;
  }
  if (packet.protocol != protocol::kUdp || !packet.has_transport || packet.later_fragment) return std::nullopt;
  const UdpRequest request = read_request(payload, packet.dst_port);
  if (request.answer) return std::nullopt;
  // What looks like an answer and asks for nothing that is known was counted at no reflector.
  if (request.service == Service::unknown && traffic_class == TrafficClass::backscatter) return std::nullopt;
  key.port = packet.dst_port;
  key.service = static_cast<std::uint8_t>(request.service);
  return key;
}

bool RowKeys::holds(const Packet& packet, std::span<const std::uint8_t> payload, std::uint16_t sensor) const {
  auto key = key_of(packet, payload);
  if (!key) return false;
  key->sensor = sensor;
  if (sets_->keys.contains(hash_of(*key))) return true;
  // Rows of backscatter that were written before its facts existed have none.
  if (key->facts == 0 || key->traffic_class != static_cast<std::uint8_t>(TrafficClass::backscatter)) return false;
  key->facts = 0;
  return sets_->keys.contains(hash_of(*key));
}

}  // namespace nightjar
