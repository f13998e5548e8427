#include "detect/victim_attack.hpp"

#include <algorithm>

#include "net/packet.hpp"
#include "schema/services.hpp"

namespace nightjar {
namespace {

/// UDP services by their own ports, of those that answer with backscatter.
Service service_of_port(std::uint16_t port) {
  switch (port) {
    case 17: return Service::qotd;
    case 19: return Service::chargen;
    case 53: return Service::dns;
    case 69: return Service::tftp;
    case 111: return Service::portmap;
    case 123: return Service::ntp;
    case 137: return Service::netbios;
    case 161: return Service::snmp;
    case 389: return Service::cldap;
    case 1900: return Service::ssdp;
    case 3283: return Service::ard;
    case 3702: return Service::ws_discovery;
    case 5353: return Service::mdns;
    case 5683: return Service::coap;
    case 11211: return Service::memcached;
    case 27015: return Service::quake;
    default: return Service::unknown;
  }
}

}  // namespace

void merge_into(BackscatterSeen& seen, const BackscatterSeen& other) {
  seen.first_ms = std::min(seen.first_ms, other.first_ms);
  seen.last_ms = std::max(seen.last_ms, other.last_ms);
  seen.packets += other.packets;
  seen.bytes += other.bytes;
  for (std::size_t i = 0; i < seen.bins.size(); ++i) seen.bins[i] += other.bins[i];
  seen.dst_bits |= other.dst_bits;
  seen.mismatches += other.mismatches;
  seen.country = later_country(seen.country, other.country);
  seen.asn = std::max(seen.asn, other.asn);
}

void PortSet::add(std::uint16_t port) {
  if (!listed_.empty() && listed_.back() == port) return;
  if (bits_.empty()) bits_.assign(1024, 0);
  std::uint64_t& word = bits_[port / 64];
  const std::uint64_t bit = std::uint64_t{1} << port % 64;
  if ((word & bit) != 0) return;
  word |= bit;
  listed_.push_back(port);
}

void PortSet::clear() {
  for (const std::uint16_t port : listed_) bits_[port / 64] = 0;
  listed_.clear();
}

Attack attack_of(const BackscatterSeen& seen) {
  Attack attack = begun_by(seen);
  attack.protocol = seen.protocol;
  attack.sensors = {seen.sensor};
  extend(attack, seen);
  return attack;
}

void extend(Attack& attack, const BackscatterSeen& seen) {
  note_packets(attack, seen);
  attack.bytes_in += seen.bytes;
  attack.mismatches += seen.mismatches;
  attack.dst_bits |= seen.dst_bits;
}

void name_ports(Attack& attack, const PortSet& ports) {
  attack.ports = ports.size();
  attack.port = ports.ports().front();
  attack.several_ports = ports.size() > 1;
  if (ports.size() != 1 || attack.protocol != protocol::kUdp) return;
  const Service service = service_of_port(ports.ports().front());
  if (service != Service::unknown) attack.services = 1U << static_cast<unsigned>(service);
}

std::uint64_t peak_of(const std::array<std::uint64_t, 6>& before, const std::array<std::uint64_t, 6>& bins) {
  std::uint64_t inside = 0, most = 0;
  for (const std::uint64_t packets : before) inside += packets;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    inside += bins[i] - before[i];
    most = std::max(most, inside);
  }
  return most;
}

}  // namespace nightjar
