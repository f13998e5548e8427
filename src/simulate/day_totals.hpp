#pragma once
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <array>
#include <cstdint>
#include <map>

#include "schema/rows.hpp"
#include "simulate/knock.hpp"

namespace nightjar::simulate {

/// Packets, and unique hosts (source addresses of the classes scan and request).
struct Count {
  std::uint64_t packets = 0, hosts = 0;
};

/// What of a packet the totals need: 16 bytes.
struct Counted {
  std::uint32_t src;
  std::uint32_t fingerprints;  ///< as in Knock
  std::uint16_t dst_port;
  CountryCode country;
  std::uint8_t protocol;
  TrafficClass traffic_class;
  Broken broken;
  std::int8_t days_later;  ///< of the local clock: 0 while its day has the number of the UTC day, else 1 or -1
};
static_assert(sizeof(Counted) == 16);

/// Exact totals of a darknet's day, counted from what the model declares of each packet, never from its bytes. Packets that no program
/// can decode are counted apart and nowhere else.
class DayTotals {
 public:
  void add(const Counted& packet);
  /// Makes room for the hosts of so many packets more.
  void expect(std::size_t packets);
  /// Frees the memory that tells hosts apart; nothing may be added behind it.
  void forget_hosts() { seen_ = {}; }

  enum Kind : std::uint8_t { kTcp, kUdp, kIcmp, kOther };
  std::array<Count, 4> protocols{};
  Count total;
  std::array<std::uint64_t, 6> classes{};  ///< packets by TrafficClass
  std::uint64_t undecodable = 0;
  std::uint64_t wrong_checksums = 0;                ///< decodable, so counted everywhere else too
  absl::flat_hash_map<std::uint32_t, Count> ports;  ///< of scan and request: protocol << 16 | destination port
  std::map<CountryCode, Count> countries;           ///< of scan and request
  std::map<std::uint32_t, Count> fingerprints;      ///< by index in the catalogue; a packet with several marks counts under each

 private:
  absl::flat_hash_set<std::uint64_t> seen_;  ///< what is counted << 32 | source
};

}  // namespace nightjar::simulate
