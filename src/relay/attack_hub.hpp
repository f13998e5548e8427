#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "net/address.hpp"
#include "reflector/hub_message.hpp"

namespace nightjar {

/// The attack list that all reflectors share (safety rule 4): what one sensor tells, the others ask for. Owned by one thread; times are
/// nanoseconds of a monotonic clock.
class AttackHub {
 public:
  struct Limits {
    std::size_t of_sensor = 20'000;  ///< attacks of one sensor at a time: whoever has its token fills nobody else's
    std::size_t sensors = 1'000;
  };
  /// A sensor tells again every ten minutes of what goes on, and is silent to it for an hour after its last packet.
  static constexpr std::int64_t kKeptNs = 70LL * 60 * 1'000'000'000;

  /// `first_number`: of the next attack. Larger than any of a run before: cursors of sensors then are those of the past.
  AttackHub(std::uint64_t first_number, const Limits& limits) : limits_(limits), next_(first_number) {}

  /// `sensor` sees an attack on a prefix (see reflector::is_shared_prefix), now. False: it has told of too many.
  bool tell(const std::string& sensor, const Prefix& attack, std::int64_t now_ns);

  struct News {
    std::vector<Prefix> attacks;
    std::uint64_t cursor = 0;  ///< to ask with next time
  };
  /// What others told since `cursor` (0, or of another run: all that is kept), oldest first, at most `most` of them.
  News since(const std::string& sensor, std::uint64_t cursor, std::int64_t now_ns, std::size_t most);

  std::size_t size() const { return told_.size(); }

 private:
  using Key = std::pair<std::string, Prefix>;
  struct KeyOrder {
    bool operator()(const Key& a, const Key& b) const {
      return a.first != b.first ? a.first < b.first : reflector::PrefixOrder()(a.second, b.second);
    }
  };
  struct Told {
    std::uint64_t number = 0;
    std::int64_t at_ns = 0;
  };
  void forget_old(std::int64_t now_ns);

  Limits limits_;
  std::uint64_t next_;
  std::map<Key, Told, KeyOrder> told_;
  std::map<std::uint64_t, Key> by_number_;  ///< oldest first
  std::map<std::string, std::size_t> of_sensor_;
};

}  // namespace nightjar
