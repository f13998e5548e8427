#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "detect/attack.hpp"

namespace nightjar {

/// Backscatter of one victim in one minute at one darknet, as the lake has it (schema/rows.hpp, BackscatterRow). One minute may come in
/// several of them: of several ports, or of several batches.
struct BackscatterSeen {
  std::uint64_t src = 0, src_low = 0;      ///< the victim
  std::int64_t minute = 0;                 ///< minutes since 1970
  std::int64_t first_ms = 0, last_ms = 0;  ///< milliseconds since 1970
  std::uint64_t packets = 0, bytes = 0;
  std::array<std::uint64_t, 6> bins{};  ///< packets per 10 seconds
  std::uint64_t dst_bits = 0, mismatches = 0;
  std::uint32_t asn = 0;
  std::uint16_t sensor = 0;  ///< index into the names of BackscatterWalk
  std::uint16_t port = 0;    ///< the attacked service
  CountryCode country = 0;
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;
};

/// Takes in another row of the same victim and minute.
void merge_into(BackscatterSeen& seen, const BackscatterSeen& other);

/// Distinct ports of one attack.
class PortSet {
 public:
  void add(std::uint16_t port);
  std::size_t size() const { return listed_.size(); }
  void clear();
  const std::vector<std::uint16_t>& ports() const { return listed_; }

 private:
  std::vector<std::uint64_t> bits_;  ///< of all ports; made when there are several
  std::vector<std::uint16_t> listed_;
};

/// An attack that begins with this backscatter, and more of the same victim (or prefix) for it. Ports, peak_per_minute, destinations and
/// victims are left to the caller.
Attack attack_of(const BackscatterSeen& seen);
void extend(Attack& attack, const BackscatterSeen& seen);
/// Sets port, ports, and the service where there is one port and it is that of a service. `ports` has one at least.
void name_ports(Attack& attack, const PortSet& ports);

/// Most packets in 60 seconds that end in this minute, in windows that slide by 10 s: those that begin in the minute before included.
/// `before`: that minute's, 0 where it had no packets of the attack.
std::uint64_t peak_of(const std::array<std::uint64_t, 6>& before, const std::array<std::uint64_t, 6>& bins);

}  // namespace nightjar
