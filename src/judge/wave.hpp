#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "incident/incident.hpp"
#include "judge/port_series.hpp"

namespace nightjar {

/// A day of a wave, as it was judged.
struct WaveDay {
  std::int64_t day = 0;
  double observed = 0;  ///< of the metric, its population
  double expected = 0;  ///< usual level before the wave, at this day's exposure
  double score = 0;
  double hosts = 0, packets = 0, largest = 0, squares = 0;
  double excess() const { return observed > expected ? observed - expected : 0; }
};

/// A rise of one population at one port, from the first day that left the usual range until it is back for some days.
struct Wave {
  std::uint8_t protocol = 6;
  std::uint16_t port = 0;
  Metric metric = Metric::hosts;
  PortPopulation population;
  PortPopulation born;         ///< the population of its first day: with it and that day it is told from others
  std::int64_t first_day = 0;  ///< first day out of the usual range
  std::int64_t onset_day = 0;  ///< first day of the rise: at most 4 days earlier
  std::int64_t peak_day = 0;
  std::int64_t last_day = 0;                 ///< last judged day while it went on
  std::optional<std::int64_t> end_day;       ///< first day on which hardly anything of it was left
  bool closed = false;                       ///< back in the usual range for some days: what comes now is another wave
  std::int64_t world_since = 0;              ///< day on which a wave of some countries became one of all; 0: it is of some, or always was
  std::vector<std::int64_t> surge_days;      ///< later days on which it rose again
  std::vector<std::int64_t> usual_days;      ///< before the onset, with which it is compared: ascending
  double peak = 0, expected = 0, score = 0;  ///< at the peak
  double usual_rate = 0;                     ///< usual level before the wave, per address day (Exposure::address_days)
  double dispersion = 1;                     ///< Usual::dispersion before the wave
  std::optional<std::int64_t> quiet_since;   ///< first of the latest days with hardly anything of it
  std::optional<std::int64_t> calm_since;    ///< first of the latest days in the usual range
  double usual_at_port = 0;                  ///< hosts that the whole port usually has, at the exposure of the first day
  double peak_at_port = 0;                   ///< hosts of the whole port at the peak
  std::vector<WaveDay> days;                 ///< from the onset on
  std::size_t group = 0;                     ///< waves of one incident have one number

  double peak_excess() const { return peak > expected ? peak - expected : 0; }
};

}  // namespace nightjar
