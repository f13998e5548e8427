#pragma once
#include <cstdint>
#include <optional>

#include "incident/rules.hpp"
#include "judge/day_totals.hpp"
#include "judge/dos_groups.hpp"
#include "judge/dos_measure.hpp"

namespace nightjar {

/// A UTC day on which a group moved its daily total.
struct MovedDay {
  std::int64_t day = 0;
  double packets = 0;   ///< of the group
  double observed = 0;  ///< the total
  double usual_backscatter = 0, backscatter = 0, score = 0;
  DayTotals::Level level;
};

/// Says which groups moved a total on days before to_day.
class DosMoves {
 public:
  DosMoves(const Rules& rules, const DayTotals& totals, std::int64_t to_day) : rules_(rules), totals_(totals), to_day_(to_day) {}

  /// Whether all its packets on one day would be enough, on a day on which the total left its range: spares most groups the look at
  /// the backscatter.
  bool may_move(const DosGroup& group) const;
  /// Of the days on which it moved its total the one with most of its packets.
  std::optional<MovedDay> most_moved(const DosGroup& group, const DosCurve& curve) const;

 private:
  std::optional<MovedDay> left_range(const DosGroup& group, std::int64_t day) const;
  std::optional<MovedDay> moves(const DosGroup& group, const DosCurve& curve, std::int64_t day) const;

  const Rules& rules_;
  const DayTotals& totals_;
  std::int64_t to_day_;
};

}  // namespace nightjar
