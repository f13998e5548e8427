#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "detect/attack.hpp"
#include "detect/attack_definition.hpp"

namespace nightjar {

/// Finds carpets (AttackDefinition::carpet_addresses) in requests that come by prefix, port or service, sensor and time
/// (RequestsWalk::by_prefix). Those of one prefix that touch in time are one, over all sensors, ports and services. Only addresses that
/// were asked for often enough count in anything. Memory: the addresses of one stream, at most kMostAddresses (more are not looked at, so
/// of an IPv6 carpet `victims` means "at least"), and the carpets.
class Carpets {
 public:
  static constexpr std::size_t kMostAddresses = 65'536;

  explicit Carpets(const AttackDefinition& definition) : definition_(definition) {}

  void add(const RequestsSeen& seen);
  /// After the last row.
  void end();

  /// In order of prefix and beginning, ids set by the caller.
  std::vector<Attack>& found() { return found_; }
  /// The carpet that an attack of level 1 is part of: same prefix, a service in common, touching in time; nullptr if none.
  const Attack* around(const Attack& attack) const;

 private:
  using AddressKey = std::pair<std::uint64_t, std::uint64_t>;
  /// A stream of one sensor and port that has enough addresses.
  struct Stretch {
    Attack attack;
    std::int64_t first_ms, last_ms;
    std::vector<AddressKey> victims;
  };

  void close_stream();
  void close_prefix();

  AttackDefinition definition_;
  std::pair<std::uint8_t, std::uint64_t> prefix_{};  ///< IP version and first address; version 0: none yet
  std::optional<RequestsSeen> key_;                  ///< whose port, service and sensor the stream shares; none: no stream is open
  std::int64_t last_ms_ = 0;
  std::map<AddressKey, Attack> addresses_;  ///< of the stream
  std::vector<Stretch> stretches_;          ///< of the prefix
  std::vector<Attack> found_;
};

}  // namespace nightjar
