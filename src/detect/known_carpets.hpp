#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "detect/attack.hpp"
#include "detect/victim_definition.hpp"

namespace nightjar {

/// A carpet as its parts know it.
struct KnownCarpet {
  std::uint64_t id = 0;
  std::uint64_t prefix = 0;  ///< its first address
  std::int64_t first_ms = 0, last_ms = 0;
  std::uint16_t sensor = 0;
  std::uint8_t ip_version = 0, protocol = 0;
};
KnownCarpet known(const Attack& carpet);

/// Carpets by prefix, protocol and sensor.
class KnownCarpets {
 public:
  void add(const KnownCarpet& carpet);
  /// The first one that an attack of level 1 is part of: same prefix, protocol and sensor, touching in time; nullptr if none.
  const KnownCarpet* around(const Attack& attack, const VictimDefinition& definition) const;
  bool empty() const { return carpets_.empty(); }

 private:
  using Place = std::tuple<std::uint8_t, std::uint64_t, std::uint8_t, std::uint16_t>;
  std::map<Place, std::vector<KnownCarpet>> carpets_;  ///< each list by its beginning
};

}  // namespace nightjar
