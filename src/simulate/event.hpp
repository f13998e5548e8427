#pragma once
#include <cstdint>
#include <tuple>

namespace nightjar::simulate {

/// One packet that a host of a population sends to an observed address, as the model draws it: 32 bytes, sorted by the million. The
/// population's tool (tool.hpp) makes the packet of it.
struct Event {
  std::int64_t time_ns;      ///< since 1970 UTC
  std::uint32_t src;         ///< the host's address at that time
  std::uint32_t dst;         ///< the observed address
  std::uint32_t host_seed;   ///< the same for all packets of the host
  std::uint32_t probe_seed;  ///< the same for all attempts of one probe
  std::uint16_t population;  ///< index in Scenario::populations
  std::uint16_t port;        ///< what it knocks on; of backscatter the victim's service
  std::uint8_t protocol;     ///< IANA number
  std::uint8_t origin;       ///< index in Population::origins
  std::uint8_t attempt;      ///< 0: the probe; 1, 2, ...: its retransmissions
  std::uint8_t unused = 0;

  /// In time; what happens at the same nanosecond is ordered by its contents, so that no thread's luck shows.
  friend bool operator<(const Event& a, const Event& b) {
    return std::tie(a.time_ns, a.src, a.dst, a.probe_seed, a.attempt) < std::tie(b.time_ns, b.src, b.dst, b.probe_seed, b.attempt);
  }
};
static_assert(sizeof(Event) == 32);

}  // namespace nightjar::simulate
