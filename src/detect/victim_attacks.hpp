#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/attack.hpp"
#include "detect/attack_definition.hpp"

namespace nightjar {

/// Whether two requests agree in port and service, as far as the key names them.
bool same_port_and_service(const AttackKey& key, const RequestsSeen& a, const RequestsSeen& b);

/// Makes the attacks of one victim after the other out of requests that come by victim, by what attacks are told apart by
/// (AttackDefinition::told_apart_by) and by time (RequestsWalk::by_victim). Memory: the streams of what may become one attack, each a few
/// numbers (65,536 ports a sensor at most), and the attacks of one victim.
class VictimAttacks {
 public:
  /// Gets the attacks of level 1 (without id and parent) of one victim, by their beginning.
  using Finish = std::function<void(std::vector<Attack>&& attacks)>;

  VictimAttacks(const AttackDefinition& definition, Finish finish)
      : definition_(definition), apart_(definition.told_apart_by()), finish_(std::move(finish)) {}

  void add(const RequestsSeen& seen);
  /// After the last row.
  void end();

  /// The most attacks of one victim that were held at a time.
  std::size_t most_held() const { return most_held_; }

 private:
  /// Port, service and sensor, as far as the definition's key names them; the sensor always.
  using StreamKey = std::tuple<std::uint16_t, std::uint8_t, std::uint16_t>;
  struct Stream {
    std::int64_t last_ms = 0;
    std::uint64_t packets = 0;
  };

  bool same_victim(const RequestsSeen& seen) const;
  void note(const RequestsSeen& seen);
  void close_attack();
  void close_victim();

  AttackDefinition definition_;
  AttackKey apart_;
  Finish finish_;
  std::optional<Attack> open_;           ///< what may become an attack
  RequestsSeen key_;                     ///< its first requests
  std::map<StreamKey, Stream> streams_;  ///< in it
  bool enough_ = false;                  ///< one of them is long enough
  std::vector<Attack> attacks_;          ///< of the victim
  std::size_t most_held_ = 0;
};

/// Attacks of one victim that touch in time and abuse several services, taken together: attacks of level 2 in the order of their beginning,
/// and for each attack of `attacks` the index of the one it belongs to, or -1. Those for which `taken` is set are left alone.
struct ServiceGroups {
  std::vector<Attack> groups;
  std::vector<std::ptrdiff_t> group_of;
};
ServiceGroups group_services(const std::vector<Attack>& attacks, const std::vector<bool>& taken, std::int64_t gap_ms);

}  // namespace nightjar
