#pragma once
#include <cstdint>
#include <vector>

namespace nightjar {

/// The usual level of something counted once a day, from days that can be compared.
struct Usual {
  double level = 0;       ///< expected for the judged day
  double dispersion = 1;  ///< variance beyond chance: variance / level, at least 1
  std::size_t days = 0;   ///< it was made from
};

/// One day: how much was counted, and how much was watched (Exposure::address_days).
struct DayLevel {
  std::int64_t day = 0;
  double count = 0, exposure = 1;
};

/// Usual level on `day` with `exposure`: the larger of the robust middle of all days and that of the same weekday (of fewer than three the
/// lowest), so that a rhythm of the week is no rise; spread by the median of absolute deviations, at least that of counting, wider where
/// few days are known. `burst`: packets that come together, 1 for hosts; the spread of counting is burst x level. `drift`: the share by
/// which a level moves from day to day without anything having happened, however much is counted; of single ports a tenth.
Usual usual_of(const std::vector<DayLevel>& days, std::int64_t day, double exposure, double burst = 1, double drift = 0.1);

/// How far out of the usual range: signed root of the deviance of a Poisson count with the level's dispersion (a standard deviation for
/// large counts, and right in the tails of small ones). 0 or less: not above.
double score_of(double observed, const Usual& usual);

}  // namespace nightjar
