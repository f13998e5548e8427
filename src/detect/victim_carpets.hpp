#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "detect/reflections.hpp"
#include "detect/victim_attack.hpp"
#include "detect/victim_definition.hpp"

namespace nightjar {

/// Finds carpets (VictimDefinition::carpet_addresses) in backscatter that comes by prefix, protocol, sensor and minute
/// (BackscatterWalk::by_prefix). Minutes that bring packets to such a window, and those between them while no silence lies between, are one
/// carpet, with all that the prefix sends in them. Memory: the addresses of one carpet and of the minutes that may become part of it, each
/// at most kMostAddresses (more are not told apart, so of an IPv6 carpet `victims` means "at least").
class VictimCarpets {
 public:
  static constexpr std::size_t kMostAddresses = 65'536;

  /// Gets each stretch of such minutes when it ended, without id; `carpet`: whether it is long enough for one.
  using Finish = std::function<void(Attack&& stretch, bool carpet)>;

  VictimCarpets(const VictimDefinition& definition, const Reflections& reflections, Finish finish)
      : definition_(definition), reflections_(reflections), finish_(std::move(finish)) {}

  void add(const BackscatterSeen& seen);
  /// After the last row.
  void end();

 private:
  using AddressKey = std::pair<std::uint64_t, std::uint64_t>;
  using Bins = std::array<std::uint64_t, 6>;
  struct Minute {
    std::int64_t minute = 0;
    std::int64_t first_ms = 0;  ///< milliseconds since 1970
    std::map<AddressKey, BackscatterSeen> addresses;
    Bins bins{};  ///< of all of them
    std::set<std::uint16_t> ports;
    bool taken = false;  ///< part of the stretch already
  };

  bool same_prefix(const BackscatterSeen& seen) const;
  void close_minute();
  /// What counts of the packets in the six windows that end in this minute, ten seconds apart. `before`: the minute before it, or none.
  Bins windows_of(const Minute* before, const Minute& minute) const;
  void take(Minute& minute);
  void close_stretch();
  void close_prefix();

  const VictimDefinition& definition_;
  const Reflections& reflections_;
  Finish finish_;
  std::optional<BackscatterSeen> key_;  ///< whose prefix, protocol and sensor are open
  Minute minute_;                       ///< the one that is being read
  std::deque<Minute> waiting_;          ///< those before it that may become part of the stretch, and the last one
  std::optional<Attack> stretch_;
  std::set<AddressKey> victims_;  ///< of the stretch
  PortSet ports_;
  Bins last_bins_{};  ///< of the minute that the stretch took last
  std::int64_t last_minute_ = 0;
};

}  // namespace nightjar
