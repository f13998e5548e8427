#include "simulate/day_totals.hpp"

#include <algorithm>
#include <bit>

#include "net/packet.hpp"

namespace nightjar::simulate {
namespace {

// What hosts are unique in, above the 32 bits of the address.
constexpr std::uint64_t kAll = 0, kOfProtocol = 1ULL << 24, kOfFingerprint = 2ULL << 24, kOfPort = 3ULL << 24;

DayTotals::Kind kind_of(std::uint8_t number) {
  switch (number) {
    case protocol::kTcp: return DayTotals::kTcp;
    case protocol::kUdp: return DayTotals::kUdp;
    case protocol::kIcmp:
    case protocol::kIcmpv6: return DayTotals::kIcmp;
    default: return DayTotals::kOther;
  }
}

}  // namespace

void DayTotals::expect(std::size_t packets) {
  // A packet of a new host is new in all, in its protocol, in its port, and in one or two fingerprints.
  constexpr std::size_t kMost = 4'000'000;  // more come many times: the table grows by itself
  seen_.reserve(seen_.size() + std::min(packets * 4, kMost));
}

void DayTotals::add(const Counted& packet) {
  if (packet.broken == Broken::wrong_checksum) {
    ++wrong_checksums;
  } else if (packet.broken != Broken::no) {
    ++undecodable;
    return;
  }
  const Kind kind = kind_of(packet.protocol);
  ++protocols[kind].packets;
  ++total.packets;
  ++classes[static_cast<std::size_t>(packet.traffic_class)];
  if (packet.traffic_class != TrafficClass::scan && packet.traffic_class != TrafficClass::request) return;
  const std::uint64_t source = packet.src;
  const auto first_time = [&](std::uint64_t what) -> std::uint64_t { return seen_.insert(what << 32 | source).second ? 1 : 0; };
  const std::uint64_t host = first_time(kAll);
  total.hosts += host;
  Count& of_country = countries[packet.country];
  ++of_country.packets;
  of_country.hosts += host;
  protocols[kind].hosts += first_time(kOfProtocol | kind);
  const std::uint32_t port = static_cast<std::uint32_t>(kind) << 16 | packet.dst_port;
  Count& of_port = ports[static_cast<std::uint32_t>(packet.protocol) << 16 | packet.dst_port];
  ++of_port.packets;
  of_port.hosts += first_time(kOfPort | port);
  for (std::uint32_t marks = packet.fingerprints; marks != 0; marks &= marks - 1) {
    const auto index = static_cast<std::uint32_t>(std::countr_zero(marks));
    Count& of_fingerprint = fingerprints[index];
    ++of_fingerprint.packets;
    of_fingerprint.hosts += first_time(kOfFingerprint | index);
  }
}

}  // namespace nightjar::simulate
