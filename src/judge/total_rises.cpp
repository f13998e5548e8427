#include <algorithm>

#include "judge/attack_incidents.hpp"
#include "judge/day_totals.hpp"

namespace nightjar {

Result<std::vector<TotalRise>> total_rises(QuerySession& session, const Rules& rules, const std::map<std::int64_t, Exposure>& exposures,
                                           std::int64_t from_day, std::int64_t to_day, std::int64_t first_seen_day) {
  auto totals = DayTotals::read(session, rules, exposures, from_day, to_day, first_seen_day);
  if (!totals) return totals.error();
  std::vector<TotalRise> rises;
  for (std::int64_t day = from_day; day < to_day; ++day) {
    if (!totals->comparable(day)) continue;
    for (const std::uint8_t protocol : {6, 17}) {
      const double observed = totals->packets(protocol, day);
      DayTotals::Level level = totals->usual(protocol, day, day);
      if (!totals->is_rise(observed, level.usual)) continue;
      rises.push_back({protocol, day, observed, level.usual.level, score_of(observed, level.usual), std::move(level.days)});
    }
  }
  return rises;
}

}  // namespace nightjar
