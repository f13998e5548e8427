#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "simulate/drdos.hpp"
#include "simulate/random.hpp"

namespace nightjar::simulate {

/// What reaches the pots beside attacks: scanners that look for reflectors, one packet a pot and service, and NTP clients that took a pot
/// for a time server. Clients have pauses of many hours every day and send far fewer requests in between than an attack has.
class Strays {
 public:
  struct Config {
    std::uint64_t seed = 0;
    std::uint32_t pots = 0, scanners_a_day = 0, ntp_clients = 0;
    std::int64_t from_ns = 0, to_ns = 0;  ///< nothing is sent outside
  };
  /// Sends nothing: `make` gives one that does.
  explicit Strays(Config config) : config_(config) {}
  /// `origins` as in DrdosTraffic::draw; sources come from the countries of the victims.
  static Result<Strays> make(const Reflectors& reflectors, const Origins& origins, Config config);

  /// Whether an address belongs to somebody else, so that no stray may have it.
  using Taken = std::function<bool(std::uint32_t address)>;
  /// Packets of [from_ns, to_ns) with the pots' answers. Cost in proportion to the days, at least one.
  void each(std::int64_t from_ns, std::int64_t to_ns, const Taken& taken, const DrdosSink& sink) const;

 private:
  struct Place {
    const Origins::Pool* pool;
    double utc_offset_hours;
  };
  /// Nothing (0) where all that were tried are taken.
  std::uint32_t address(const Place& place, Random random, const Taken& taken) const;
  void scanner(std::int64_t day, std::uint32_t index, const Taken& taken, const DrdosSink& sink) const;
  void client(std::int64_t day, std::uint32_t index, const Taken& taken, const DrdosSink& sink) const;

  Config config_;
  std::vector<Place> places_;
  std::vector<WeightedChoice> choice_;  ///< one, of places_; none without places
};

}  // namespace nightjar::simulate
