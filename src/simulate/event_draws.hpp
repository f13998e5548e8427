#pragma once
#include <cstdint>

#include "base/hash.hpp"
#include "simulate/event.hpp"
#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// The random bits of an event.
struct Draws {
  std::uint64_t host;   ///< the same for all packets of the host
  std::uint64_t probe;  ///< the same for all attempts of a probe

  explicit Draws(const Event& event)
      : host(mix64(event.host_seed + 0x746f6f6c686f7374ULL)), probe(mix64(host ^ (event.probe_seed * 0x9e3779b97f4a7c15ULL))) {}

  /// More bits where 64 do not suffice; `which` names them.
  std::uint64_t more_of_host(std::uint64_t which) const { return mix64(host + which); }
  std::uint64_t more_of_probe(std::uint64_t which) const { return mix64(probe + which); }
};

/// Which of a tool's two sorts of hosts (Tool::host_sorts) it is.
constexpr std::uint8_t host_sort(std::uint64_t host) { return static_cast<std::uint8_t>(host >> 63); }

/// Of 16 bits a number from 0 to bound - 1; bound at most 65536.
constexpr std::uint32_t scaled(std::uint64_t bits, std::uint32_t bound) {
  return static_cast<std::uint32_t>(static_cast<std::uint16_t>(bits) * std::uint64_t{bound} >> 16);
}
/// `first` to `first + count - 1`.
constexpr std::uint16_t port_between(std::uint64_t bits, std::uint32_t first, std::uint32_t count) {
  return static_cast<std::uint16_t>(first + scaled(bits, count));
}

/// Ports that Linux gives to sockets that ask for none (ip_local_port_range until 2015). Above every port of services that answer forged
/// requests, so no question comes from one of them.
constexpr std::uint16_t linux_port(std::uint64_t bits) { return port_between(bits, 32768, 28233); }
/// The same of Windows since Vista (RFC 6335).
constexpr std::uint16_t windows_port(std::uint64_t bits) { return port_between(bits, 49152, 16384); }

/// Routers between the host and the sensor: 5 to 28, the same for all its packets.
constexpr std::uint8_t distance(std::uint64_t host) { return static_cast<std::uint8_t>(5 + scaled(host, 24)); }

/// Clears what an earlier packet left in the knock; time and addresses stay.
inline void start(const Event& event, Knock& knock) {
  Knock fresh;
  fresh.time_ns = knock.time_ns;
  fresh.from = knock.from;
  fresh.to = knock.to;
  fresh.protocol = event.protocol;
  knock = fresh;
}

}  // namespace nightjar::simulate
