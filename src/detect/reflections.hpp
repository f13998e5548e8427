#pragma once
#include <cstdint>
#include <set>
#include <tuple>

#include "detect/victim_attack.hpp"

namespace nightjar {

/// Minutes in which one dark address was made the target of a reflection: hosts of many networks answered it and no other, as they do when
/// somebody sends them requests in its name. A flood with random forged sources spreads the answers over all addresses; so those who
/// answer here are no victims. Plausible, not published: at least kFewestNetworks networks (/24, IPv6 /48), and at least half of all hosts
/// that answered the sensor in that minute by that protocol.
class Reflections {
 public:
  static constexpr std::uint64_t kFewestNetworks = 100;

  struct Minute {
    std::uint16_t sensor = 0;
    std::uint8_t protocol = 0;
    std::int64_t minute = 0;
    std::uint64_t dst_bit = 0;  ///< that of the address
    friend auto operator<=>(const Minute&, const Minute&) = default;
  };
  void add(const Minute& minute, std::uint64_t hosts, std::uint64_t packets) {
    minutes_.insert(minute);
    most_hosts_ = hosts > most_hosts_ ? hosts : most_hosts_;
    packets_ += packets;
  }
  /// Whether all that a host sent in a minute belongs to one.
  bool hold(const BackscatterSeen& whole_minute) const {
    return !minutes_.empty() && minutes_.contains({whole_minute.sensor, whole_minute.protocol, whole_minute.minute, whole_minute.dst_bits});
  }
  const std::set<Minute>& minutes() const { return minutes_; }
  std::uint64_t most_hosts() const { return most_hosts_; }  ///< in one minute
  std::uint64_t packets() const { return packets_; }

 private:
  std::set<Minute> minutes_;
  std::uint64_t most_hosts_ = 0, packets_ = 0;
};

}  // namespace nightjar
