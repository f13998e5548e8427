#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "incident/rules.hpp"
#include "judge/drdos_counts.hpp"

namespace nightjar {

/// A rise of attacks on one country or network.
struct DrdosRise {
  std::int64_t onset_day = 0;  ///< the first that is not usual
  std::int64_t found_day = 0;  ///< on which it was out of the usual range
  std::int64_t peak_day = 0;
  std::optional<std::int64_t> end_day;  ///< the first that is usual again
  double observed = 0, expected = 0;    ///< at the peak, of the window that shows it best
  double score = 0;
  std::int64_t window = 1;  ///< days of that window, which ends on peak_day
  std::vector<std::int64_t> usual_days;
  bool since_new_usual = false;
};

/// Rises of a population day after day, by what is known up to that day. Judged are the victims of each day, since one victim is as many
/// attacks as there are reflectors and services that are abused against it. Windows of 1, 7 and 28 days are compared with windows as long
/// before: a few victims a week more show in a month only. While a rise lasts its days are no history.
std::vector<DrdosRise> rises_of(const AttackDays& attacks, const std::map<std::int64_t, double>& watch, const Rules& rules);

/// Attacks, or victims, a day usually, by days that are given.
double usual_rate(const AttackDays& attacks, const std::map<std::int64_t, double>& watch, const std::vector<std::int64_t>& days,
                  std::int64_t day, std::uint64_t AttackDay::*counted = &AttackDay::attacks);

}  // namespace nightjar
