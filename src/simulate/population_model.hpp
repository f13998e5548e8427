#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "simulate/scenario.hpp"

namespace nightjar::simulate {

/// Addresses of IPv4: what probes are spread over evenly.
inline constexpr double kAddressSpace = 4294967296.0;

/// A population that comes and goes, in numbers, hour by hour. Hosts are born evenly within an hour and live exponential times, so
/// that ages never matter: of those alive, the share exp(-hazard) is alive an hour later.
class PopulationModel {
 public:
  /// Hours are whole hours since 1970; tables cover first_hour to last_hour - 1. `reference_addresses`: see Scenario.
  /// `packets_a_probe` is what a probe that nobody answers comes to (Tool::attempts).
  PopulationModel(const Population& population, std::int64_t first_hour, std::int64_t last_hour, double reference_addresses,
                  double packets_a_probe);

  std::int64_t first_hour() const { return first_hour_; }
  std::int64_t last_hour() const { return last_hour_; }
  /// Hosts alive when the hour begins; also of last_hour().
  double alive(std::int64_t hour) const { return hours_[at(hour)].alive; }
  /// Hosts born in the hour.
  double births(std::int64_t hour) const { return hours_[at(hour)].births; }
  /// Clean-ups an hour, relative to the hosts alive: 1 / life, and more while the population shrinks faster than hosts live.
  double hazard(std::int64_t hour) const { return 1 / life_hours_ + hours_[at(hour)].extra_hazard; }
  /// Sum of what `hazard` is above 1 / life, from the first hour to a time in hours since 1970.
  double extra_hazard_until(double hour) const;
  /// The earliest time, in hours since 1970, at which extra_hazard_until is `sum`; infinite if it never is.
  double when_extra_hazard_is(double sum) const;
  double life_hours() const { return life_hours_; }
  /// Probes a second of a host that is on, averaged over hosts.
  double mean_rate() const { return mean_rate_; }
  /// Hosts that live at some time from `from` to `to`, hours since 1970 inside the tables.
  double hosts_between(std::int64_t from, std::int64_t to) const;

 private:
  struct Hour {
    double alive = 0, births = 0, extra_hazard = 0;
    double extra_before = 0;  ///< sum of extra_hazard of all hours before
  };
  std::size_t at(std::int64_t hour) const;

  std::int64_t first_hour_, last_hour_;
  double life_hours_, mean_rate_ = 0;
  std::vector<Hour> hours_;  ///< one more than there are hours
};

/// How much is sent in each hour of the UTC day, 1 on average.
class Rhythm {
 public:
  /// `strength` 0 to 0.9, `peak_hour` in local time, which is `utc_offset_hours` ahead of UTC.
  Rhythm(double strength, double peak_hour, double utc_offset_hours);
  double at(std::int64_t hour) const { return hours_[static_cast<std::size_t>(((hour % 24) + 24) % 24)]; }
  double highest() const { return highest_; }
  /// Integral from 1970 to a time in hours since then (not before).
  double until(double hour) const;

 private:
  std::array<double, 24> hours_;
  std::array<double, 25> before_;
  double highest_ = 1;
};

}  // namespace nightjar::simulate
