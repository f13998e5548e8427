#include "ingest/worker.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/time.hpp"
#include "fingerprint/classify.hpp"
#include "payload/udp_request.hpp"

namespace nightjar {
namespace {

/// Whether the lake would take an address of ::/64 (::1, mapped and compatible IPv4) for an IPv4 one: the upper half alone is a host.
bool looks_like_ipv4(std::uint8_t ip_version, std::uint64_t high) { return ip_version == 6 && high >> 32 == 0; }

std::span<const std::uint8_t> payload_of(const RawPacket& raw, const Packet& packet) {
  return {raw.bytes + packet.payload_offset, packet.payload_size};
}

}  // namespace

Worker::Worker(const std::vector<Sensor>& sensors, const DecodeOptions& options, SharedLayout& layout)
    : flows(std::make_unique<FlowTable>(layout)), sensors_(sensors), options_(options), places_(sensors.size()) {}

Worker::Place& Worker::place_of(std::int64_t day, std::uint16_t sensor) {
  Place& place = places_[sensor];
  if (!place.view || place.day != day) {
    place.day = day;
    place.view = std::make_unique<DayView>(sensors_[sensor], day);
    place.ledger = &sensor_days.row(day, sensor);
    place.ledger->addresses = place.view->addresses();
    place.kind = sensors_[sensor].kind;
    place.ledger->kind = static_cast<std::uint8_t>(place.kind);
  }
  return place;
}

void Worker::take(const RawPacket& raw, LearnedPot* pot) {
  Packet& packet = packet_;
  const Undecodable reason = decode(raw, options_, packet);
  Place& place = place_of(day_of(raw.time_ns), raw.sensor);
  SensorDayRow& ledger = *place.ledger;
  if (reason != Undecodable::none) {
    ++ledger.undecodable[static_cast<std::size_t>(reason)];
    return;
  }
  if (packet.ip_version == 0) {
    ++ledger.not_ip;
    return;
  }
  if (looks_like_ipv4(packet.ip_version, packet.src)) {
    ++ledger.outside;
    return;
  }
  // Whoever quotes such an address is counted as the victim itself.
  if (looks_like_ipv4(packet.quote.ip_version, packet.quote.dst)) packet.quote.ip_version = 0;
  std::uint8_t destination_index = 0;
  const Direction direction = pot != nullptr ? pot->direction(packet, destination_index) : place.view->direction(packet, destination_index);
  if (place.kind != SensorKind::darknet) take_at_pot(raw, place.kind, direction, false);
  if (direction != Direction::observed) {
    ++(direction == Direction::outbound ? ledger.outbound : ledger.outside);
    return;
  }
  const TrafficClass traffic_class = classify(packet);
  flows->add(packet, raw.sensor, traffic_class, facts_of(packet), row_port(packet, traffic_class), destination_index);
  minutes.add(packet, raw.sensor, traffic_class);
  if (traffic_class == TrafficClass::backscatter) {
    backscatter.add(packet, raw.sensor, destination_index);
  } else if (packet.protocol == protocol::kUdp && place.kind != SensorKind::reflector) {
    datagrams.add(packet, payload_of(raw, packet), raw.sensor);
  }
  ++ledger.packets;
  ledger.bytes += packet.ip_length;
}

void Worker::take_at_pot(const RawPacket& raw, SensorKind kind, Direction direction, bool known) {
  const Packet& packet = packet_;
  if (direction == Direction::outside) return;
  if (kind == SensorKind::honeypot) {
    if (door && packet.protocol == protocol::kTcp)
      door->take(packet, payload_of(raw, packet), raw.sensor, direction, direction == Direction::observed ? facts_of(packet) : 0, known);
    return;
  }
  if (known || packet.protocol != protocol::kUdp) return;
  if (direction == Direction::outbound) {
    requests.add_reply(packet, raw.sensor);
  } else if (asks(sensors_[raw.sensor], payload_of(raw, packet))) {
    requests.add(packet, payload_of(raw, packet), raw.sensor);
  }
}

bool Worker::asks(const Sensor& reflector, std::span<const std::uint8_t> payload) const {
  std::optional<Service> service = service_of_port(packet_.dst_port);
  if (!reflector.services.empty()) {
    if (!service) service = read_request(payload, packet_.dst_port).service;
    return std::find(reflector.services.begin(), reflector.services.end(), *service) != reflector.services.end();
  }
  // Whom an attack is to hit chooses the forged source port, 443 or 53 as well as any: so a source port alone makes nothing an answer here.
  if (service || classify(packet_) != TrafficClass::backscatter) return true;
  return read_request(payload, packet_.dst_port).service != Service::unknown;
}

void Worker::take_all(const PacketBlock& block, LearnedPot* pot) {
  // The block was written by the reading thread: its lines come over from another core's cache unless asked for in time.
  constexpr std::size_t kAhead = 12;
  const std::vector<RawPacket>& packets = block.packets;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i + 2 * kAhead < packets.size()) {
      __builtin_prefetch(&packets[i + 2 * kAhead]);
      __builtin_prefetch(packets[i + kAhead].bytes);
      __builtin_prefetch(packets[i + kAhead].bytes + 53);
    }
    take(packets[i], pot);
  }
  flow_bytes_ = flows->memory_bytes();
  rest_bytes_ = minutes.memory_bytes() + backscatter.memory_bytes() + sensor_days.memory_bytes() + requests.memory_bytes() +
                datagrams.memory_bytes() + (door ? door->sessions.memory_bytes() : 0);
}

void Worker::work(const PacketBlock& block) { take_all(block, nullptr); }

void Worker::work_in_order(const PacketBlock& block, LearnedPot* pot) { take_all(block, pot); }

void Worker::teach(const PacketBlock& block, LearnedPot* pot) {
  std::uint8_t unused = 0;
  std::optional<std::pair<std::int64_t, DayView>> view;
  for (const RawPacket& raw : block.packets) {
    if (decode(raw, options_, packet_) != Undecodable::none || packet_.ip_version == 0) continue;
    if (looks_like_ipv4(packet_.ip_version, packet_.src)) continue;
    const Sensor& sensor = sensors_[raw.sensor];  // the same for all packets of a block
    const std::int64_t day = day_of(raw.time_ns);
    if (!view || view->first != day) view.emplace(day, DayView(sensor, day));
    const Direction direction = pot != nullptr ? pot->direction(packet_, unused) : view->second.direction(packet_, unused);
    take_at_pot(raw, sensor.kind, direction, true);
  }
}

}  // namespace nightjar
