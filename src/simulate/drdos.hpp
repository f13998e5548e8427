#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "simulate/frame_sheet.hpp"
#include "simulate/origins.hpp"
#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// One attack on one victim as the model drew it: what a program that merges requests should find.
struct DrdosAttack {
  std::uint32_t victim = 0;         ///< the address that requests pretend to come from; of a carpet the first of the /24
  std::uint8_t prefix_length = 32;  ///< 24: a carpet over all addresses of the /24
  CountryCode country = 0;
  std::uint32_t asn = 0;                   ///< 0 where unknown
  std::vector<std::string> services;       ///< "dns", "ntp", "chargen", "ssdp"
  std::vector<std::uint8_t> pots;          ///< indices of the pots that see it
  std::int64_t first_ns = 0, last_ns = 0;  ///< of its requests, all pots together
  std::uint64_t requests = 0;              ///< at all pots together
  std::uint32_t counts_as = 0;             ///< attacks in the plain sum over pots and services (footnote 10 of the report)
  std::string incident;                    ///< id, or empty
};

/// The requests that the pots of a scenario get: attacks by quota, scanners that probe once, ordinary NTP clients.
class DrdosTraffic {
 public:
  struct Config {
    double attack_scale = 0.001;  ///< share of the report's attacks
    std::uint64_t seed = 2017;
  };
  /// Draws all attacks, without a packet. Shares and quantiles of the scenario hold exactly, up to rounding.
  static Result<DrdosTraffic> draw(const Reflectors& reflectors, const Origins& origins, Config config);

  const std::vector<DrdosAttack>& attacks() const { return attacks_; }
  /// Adds what the pots get on a UTC day (days since 1970) to their sheets, one a pot. Every day gives the same packets whichever days
  /// were asked for before; cost in proportion to the day's packets.
  void add_day(std::int64_t day, std::span<FrameSheet> sheets) const;

 private:
  std::vector<DrdosAttack> attacks_;
};

}  // namespace nightjar::simulate
