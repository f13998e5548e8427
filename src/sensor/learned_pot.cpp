#include "sensor/learned_pot.hpp"

#include <cassert>
#include <random>

#include "base/hash.hpp"

namespace nightjar {
namespace {

std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

LearnedPot::LearnedPot(SensorKind kind, std::size_t most_addresses)
    : kind_(kind), most_addresses_(most_addresses), roles_(16, Hash{random_seed()}) {
  assert(kind != SensorKind::darknet);
}

std::size_t LearnedPot::Hash::operator()(const Address& address) const {
  return mix64(mix64(address.high ^ seed) + address.low + address.version);
}

Direction LearnedPot::direction(const Packet& packet, std::uint8_t& destination_index) {
  destination_index = static_cast<std::uint8_t>((packet.ip_version == 6 ? packet.dst_low : packet.dst) % 64);
  if (packet.ip_version == 0) return Direction::observed;
  const Address source{packet.ip_version, packet.src, packet.src_low};
  const auto known = roles_.find(source);
  if (known != roles_.end() && known->second == Role::pot) return Direction::outbound;
  if (opens(packet)) {
    learn(source, Role::client);
    learn({packet.ip_version, packet.dst, packet.dst_low}, Role::pot);
  }
  return Direction::observed;
}

bool LearnedPot::opens(const Packet& packet) const {
  return is_bare_syn(packet) || (kind_ == SensorKind::reflector && packet.protocol == protocol::kUdp);
}

void LearnedPot::learn(const Address& address, Role role) {
  if (roles_.size() < most_addresses_) roles_.emplace(address, role);
}

}  // namespace nightjar
